"""Items and customers by the level they are on and the next one, and why each sits there.

Levels are derived, as in the day's cycle: the highest level an item was told so far, and the
smallest one above it that applies. Credits have no level and are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.dunning import STATES
from dunwell.models import Company, Customer, Item
from dunwell.queries.dry_run import Amounts
from dunwell.queries.ledgers import Books
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import ContactPlan, plan_contacts

NONE = -1
"""Stands for no level: nothing was told yet, or nothing comes next."""

DUE = "due"
MOST_KEYS = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelCount:
    """Items on one level whose next is another; None: none yet, or none that comes."""

    level: int | None
    next_level: int | None
    items: int
    customers: int
    owed: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelSum:
    """All items on one level; `highest` are the customers of whom no item is on a higher one."""

    level: int | None
    items: int
    customers: int
    highest: int
    owed: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class StateSum:
    """Items by where they stand, see `engine.dunning.STATES`."""

    state: str
    items: int
    customers: int
    owed: Amounts


@dataclass(frozen=True, kw_only=True, slots=True)
class Levels:
    """The whole book by level; sums of every part are the same items."""

    as_of: date
    items: int
    customers: int
    owed: Amounts
    levels: tuple[LevelSum, ...]
    moves: tuple[LevelCount, ...]
    states: tuple[StateSum, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelRow:
    """One item on its level; `reasons` are the gate's against contacting its customer now.

    `step_day` is the day of the next step counted from the due date, `told_on` that of the last
    contact. Amounts in minor units.
    """

    item_id: int
    item: str
    customer_id: int
    customer_number: str
    customer_name: str
    strategy: str
    currency: str
    due_on: date
    days_past_due: int
    owed_minor: int
    collect_minor: int
    level: int | None
    told_on: date | None
    next_level: int | None
    channel: str
    template: str
    step_day: int | None
    state: str
    state_text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelFilter:
    """Which items; what is None or empty lets all through, NONE asks for no level."""

    level: int | None = None
    next_level: int | None = None
    state: str = ""
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class LevelBook:
    """The items of a company on a day with their levels, worked out once."""

    company: Company
    as_of: date
    rows: pl.DataFrame
    reasons: Mapping[int, tuple[str, ...]]

    def only(self, chosen: LevelFilter) -> pl.DataFrame:
        """Return the items under a filter."""
        rows = self.rows
        for name, level in (("last_level", chosen.level), ("level", chosen.next_level)):
            if level is not None:
                rows = rows.filter(pl.col(name).fill_null(NONE) == level)
        if chosen.state:
            rows = rows.filter(pl.col("state") == chosen.state)
        if chosen.customer_id is not None:
            rows = rows.filter(pl.col("customer_id") == chosen.customer_id)
        return rows


def level_book(company: Company, *, as_of: date) -> LevelBook:
    """Return the levels of a day under the strategies in force on it; the ledger is read once."""
    strategies = [policy.strategy for policy in strategies_in_force(company, as_of=as_of)]
    plan = plan_contacts(company, books=Books(company), strategies=strategies, as_of=as_of)
    return levels_in(plan)


def levels_in(plan: ContactPlan) -> LevelBook:
    """Return the levels of a plan that was worked out; no query."""
    debits = plan.items.filter(~pl.col("is_credit")).select(
        "item_id", "open_minor", due_day="due_day"
    )
    reasons: dict[int, tuple[str, ...]] = {}
    blocking = plan.reasons.filter(pl.col("is_block")).sort("customer_id", "reason")
    for customer, reason in blocking.select("customer_id", "reason").iter_rows():
        reasons[customer] = (*reasons.get(customer, ()), reason)
    return LevelBook(
        company=plan.company,
        as_of=plan.as_of,
        rows=plan.steps.join(debits, on="item_id", how="inner").sort(
            "days_past_due", "item_id", descending=[True, False]
        ),
        reasons=reasons,
    )


def levels_of(book: LevelBook) -> Levels:
    """Return the sums of a book by level, by move, and by where items stand."""
    rows = book.rows
    highest = rows.group_by("customer_id").agg(
        last_level=pl.col("last_level").fill_null(NONE).max()
    )
    tops = dict(highest.group_by("last_level").len().iter_rows())
    levels = _counts(rows, ["last_level"])
    moves = _counts(rows, ["last_level", "level"])
    states = _counts(rows, ["state"])
    order = {state: place for place, state in enumerate(STATES)}
    return Levels(
        as_of=book.as_of,
        items=rows.height,
        customers=rows["customer_id"].n_unique(),
        owed=_owed(rows, []).get((), ()),
        levels=tuple(
            LevelSum(
                level=_level(key[0]),
                items=items,
                customers=customers,
                highest=tops.get(_number(key[0]), 0),
                owed=owed,
            )
            for key, items, customers, owed in levels
        ),
        moves=tuple(
            LevelCount(
                level=_level(key[0]),
                next_level=_level(key[1]),
                items=items,
                customers=customers,
                owed=owed,
            )
            for key, items, customers, owed in moves
        ),
        states=tuple(
            StateSum(state=str(key[0]), items=items, customers=customers, owed=owed)
            for key, items, customers, owed in sorted(
                states, key=lambda row: order.get(str(row[0][0]), len(order))
            )
        ),
    )


def level_rows(
    book: LevelBook, chosen: LevelFilter, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[LevelRow]:
    """Return one page of items under a filter, the longest late first: two queries."""
    limit = page_limit(limit)
    rows = book.only(chosen)
    if cursor:
        late, item = read_cursor(cursor, (int, int))
        days = pl.col("days_past_due")
        rows = rows.filter((days < late) | ((days == late) & (pl.col("item_id") > item)))
    found = _rows(book, rows.head(limit + 1))
    return page_of(found, limit=limit, key=lambda row: (row.days_past_due, row.item_id))


def level_totals(book: LevelBook, chosen: LevelFilter) -> LevelCount:
    """Return the sums of all items under a filter."""
    rows = book.only(chosen)
    return LevelCount(
        level=chosen.level,
        next_level=chosen.next_level,
        items=rows.height,
        customers=rows["customer_id"].n_unique(),
        owed=_owed(rows, []).get((), ()),
    )


def _counts(
    rows: pl.DataFrame, keys: list[str]
) -> list[tuple[tuple[object, ...], int, int, Amounts]]:
    filled = [pl.col(key).fill_null(NONE) if key != "state" else pl.col(key) for key in keys]
    known = rows.with_columns(filled)
    owed = _owed(known, keys)
    counts = known.group_by(keys).agg(items=pl.len(), customers=pl.col("customer_id").n_unique())
    return [
        (tuple(key), items, customers, owed.get(tuple(key), ()))
        for *key, items, customers in counts.sort(keys).iter_rows()
    ]


def _owed(rows: pl.DataFrame, keys: list[str]) -> dict[tuple[object, ...], Amounts]:
    """Return the open amounts per currency, by the values of the keys."""
    sums = rows.group_by(*keys, "currency").agg(pl.col("open_minor").sum()).sort("currency")
    found: dict[tuple[object, ...], Amounts] = {}
    for *key, currency, total in sums.select(*keys, "currency", "open_minor").iter_rows():
        found[tuple(key)] = (*found.get(tuple(key), ()), (currency, total))
    return found


def _rows(book: LevelBook, rows: pl.DataFrame) -> list[LevelRow]:
    items = _texts(Item, rows["item_id"].to_list(), ("number",))
    customers = _texts(Customer, rows["customer_id"].unique().to_list(), ("number", "name"))
    return [
        LevelRow(
            item_id=row["item_id"],
            item=items[row["item_id"]][0],
            customer_id=row["customer_id"],
            customer_number=customers[row["customer_id"]][0],
            customer_name=customers[row["customer_id"]][1],
            strategy=row["strategy"] or "",
            currency=row["currency"],
            due_on=day_date(row["due_day"]),
            days_past_due=row["days_past_due"],
            owed_minor=row["open_minor"],
            collect_minor=row["collect_minor"],
            level=row["last_level"],
            told_on=None if row["last_day"] is None else day_date(row["last_day"]),
            next_level=row["level"],
            channel=row["channel"] or "",
            template=row["template"] or "",
            step_day=row["step_day"],
            state=row["state"],
            state_text=STATES[row["state"]],
            reasons=book.reasons.get(row["customer_id"], ()) if row["state"] == DUE else (),
        )
        for row in rows.iter_rows(named=True)
    ]


def _texts(
    model: type[Item] | type[Customer], keys: list[int], names: tuple[str, ...]
) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(keys), MOST_KEYS):
        part = keys[start : start + MOST_KEYS]
        for key, *texts in model.objects.filter(pk__in=part).values_list("id", *names):
            found[key] = tuple(texts)
    return found


def _level(value: object) -> int | None:
    number = _number(value)
    return None if number == NONE else number


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected a level, found {value!r}")
    return value
