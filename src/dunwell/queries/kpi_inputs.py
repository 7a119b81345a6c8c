"""The rows behind an input of a figure, for the whole book or a part of it: they sum to it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.kpi_desk_tables import DESK_INPUTS
from dunwell.engine.kpi_parts import narrowed
from dunwell.engine.kpi_rows import DRILLS, input_rows
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.models import (
    Company,
    Conversation,
    Customer,
    Dispute,
    Invoice,
    Item,
    Payment,
)
from dunwell.queries.customer_ledgers import ledger_of
from dunwell.queries.kept_sums import of_large
from dunwell.queries.kpi_parts import REST, book_parts
from dunwell.queries.kpi_records import record_rows
from dunwell.queries.kpi_slices import kept_figures
from dunwell.queries.ledgers import Books
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

FEW_CUSTOMERS = 500
"""So many customers are read by themselves; for more the whole ledger is."""

BIG_BOOK = 100_000
"""From so many items on a page does not read the whole ledger unless it is asked to."""

INPUTS = (*DRILLS, *DESK_INPUTS)
"""Every input that has rows."""

NUMBERED: Mapping[str, tuple[type, str]] = {
    "item": (Item, "number"),
    "payment": (Payment, "number"),
    "invoice": (Invoice, "number"),
    "conversation": (Conversation, "subject"),
    "dispute": (Dispute, "item__number"),
}
"""Subjects people know by a number or a title of their own, and where it stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a figure is asked for: day, window, what was known when, and which part of the book."""

    as_of: date
    window_days: int = WINDOW_DAYS
    known_at: date | None = None
    dimension: str = "company"
    key: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all customers are asked for."""
        return self.dimension in {"company", "currency"}


@dataclass(frozen=True, kw_only=True, slots=True)
class InputRow:
    """What one subject adds to an input, in the input's unit."""

    subject: str
    subject_id: int
    number: str
    customer_id: int | None
    customer_name: str
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InputPage:
    """The rows of an input in a currency (empty: without one): `total` is the sum of them all."""

    name: str
    currency: str
    total: int
    count: int
    page: Page[InputRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerShare:
    """What a customer adds to an input; `key` is `rest` for those that have no line."""

    key: str
    name: str
    amount: int


@of_large
def input_page(
    company: Company,
    *,
    name: str,
    currency: str,
    asked: Asked,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> InputPage:
    """Return one page of the rows behind an input, the largest first, and their sum.

    Raises ValueError for a name that is not among INPUTS, CursorError for a foreign cursor.
    """
    rows = input_frame(company, name=name, currency=currency, asked=asked)
    limit = page_limit(limit)
    shown = rows
    if cursor:
        most, subject, last = read_cursor(cursor, (int, str, int))
        is_after = (pl.col("subject") > subject) | (
            (pl.col("subject") == subject) & (pl.col("subject_id") > last)
        )
        shown = rows.filter((pl.col("amount") < most) | ((pl.col("amount") == most) & is_after))
    return InputPage(
        name=name,
        currency=currency,
        total=int(rows["amount"].sum()),
        count=rows.height,
        page=page_of(
            _named(company, shown.head(limit + 1)),
            limit=limit,
            key=lambda row: (row.amount, row.subject, row.subject_id),
        ),
    )


def every_input_row(
    company: Company, *, name: str, currency: str, asked: Asked
) -> Iterator[InputRow]:
    """Yield every row behind an input, the largest first."""
    rows = input_frame(company, name=name, currency=currency, asked=asked)
    for chunk in rows.iter_slices(FEW_CUSTOMERS):
        yield from _named(company, chunk)


def input_frame(company: Company, *, name: str, currency: str, asked: Asked) -> pl.DataFrame:
    """Return every row behind an input: subject, subject_id, customer_id, amount; largest first.

    A subject that adds several times (an item paid in parts) is one row.
    """
    if name not in INPUTS:
        raise ValueError(f"no rows behind {name}; choose one of {', '.join(INPUTS)}")
    if name in DRILLS:
        rows = _of_ledger(company, name, asked)
    else:
        rows = _of_records(company, name, asked)
    by = ["subject", "subject_id", "customer_id"]
    return (
        rows.filter(pl.col("currency") == currency)
        .group_by(by)
        .agg(pl.col("amount").sum())
        .sort("amount", "subject", "subject_id", descending=[True, False, False])
    )


def customer_shares(
    company: Company, *, name: str, currency: str, as_of: date
) -> tuple[CustomerShare, ...]:
    """Return what each customer adds to an input on a kept day, largest first; they sum to it."""
    found = [
        (one.key, one.inputs.get(name, 0))
        for one in kept_figures(company, as_of=as_of, dimension="customer")
        if one.currency == currency
    ]
    keys = [int(key) for key, _ in found if key.isdigit()]
    names = dict(Customer.objects.filter(company=company, pk__in=keys).values_list("pk", "name"))
    shares = [
        CustomerShare(key=key, name=names.get(int(key), "") if key.isdigit() else "", amount=n)
        for key, n in found
        if n
    ]
    return tuple(sorted(shares, key=lambda one: (-one.amount, one.key)))


def is_big(company: Company) -> bool:
    """Return whether the ledger is too big to be read while somebody waits; one short query."""
    return Item.objects.filter(company=company).order_by("pk")[BIG_BOOK : BIG_BOOK + 1].exists()


def _of_ledger(company: Company, name: str, asked: Asked) -> pl.DataFrame:
    members, has_unknown = _members(company, asked)
    if members is None:
        ledger = Books(company).whole()
    elif len(members) <= FEW_CUSTOMERS and not has_unknown:
        ledger = ledger_of(company, members)
    else:
        ledger = _of_members(Books(company).whole(), members, has_unknown=has_unknown)
    if asked.known_at is not None:
        ledger = known_ledger(ledger, on=asked.known_at)
    found = input_rows(ledger, name, as_of=asked.as_of, window_days=asked.window_days)
    rows: pl.DataFrame = found.collect("polars").to_native()
    return rows.rename({"amount_minor": "amount"})


def _of_members(ledger: Ledger, members: Collection[int], *, has_unknown: bool) -> Ledger:
    """Return the ledger of some customers; with money of payers nobody knows where asked."""
    theirs = pl.DataFrame({"customer_id": sorted(members)}, schema={"customer_id": pl.Int64})
    cut = narrowed(ledger, nw.from_native(theirs.lazy()))
    if not has_unknown:
        return cut
    unknown = ledger.payments.filter(nw.col("customer_id").is_null())
    return Ledger(
        items=cut.items,
        allocations=cut.allocations,
        payments=nw.concat([cut.payments, unknown], how="vertical"),
        disputes=cut.disputes,
        promises=cut.promises,
    )


def _of_records(company: Company, name: str, asked: Asked) -> pl.DataFrame:
    rows = record_rows(
        company, as_of=asked.as_of, window_days=asked.window_days, known_at=asked.known_at
    ).filter(pl.col("input") == name)
    members, has_unknown = _members(company, asked)
    if members is None:
        return rows
    is_theirs = pl.col("customer_id").is_in(list(members))
    if has_unknown:
        # a customer of another company never occurs; what is nobody's belongs to no part
        is_theirs |= pl.col("customer_id").is_null()
    if asked.dimension == "collector":
        own = pl.col("collector_id").cast(pl.String)
        is_own = own == asked.key if asked.key else pl.lit(value=False)
        is_theirs = pl.when(own.is_null()).then(is_theirs).otherwise(is_own)
    return rows.filter(is_theirs)


def _members(company: Company, asked: Asked) -> tuple[set[int] | None, bool]:
    """Return the customers of the part asked for (None: all), and whether unknown payers too."""
    if asked.is_whole:
        return None, False
    if asked.dimension == "customer" and asked.key.isdigit():
        found = Customer.objects.filter(company=company, pk=int(asked.key))
        return set(found.values_list("pk", flat=True)), False
    if asked.dimension == "customer" and asked.key not in {"", REST}:
        return set(), False
    ledger = Books(company).whole()
    if asked.known_at is not None:
        ledger = known_ledger(ledger, on=asked.known_at)
    parts = book_parts(company, ledger, as_of=asked.as_of)
    members = {
        customer
        for customer, part in parts.part_of.items()
        if parts.key(part, asked.dimension) == asked.key
    }
    return members, asked.key == ""


def _named(company: Company, rows: pl.DataFrame) -> list[InputRow]:
    """Return the rows with numbers and names; a query per kind of subject."""
    people = [key for key in rows["customer_id"].unique() if key is not None]
    names = dict(Customer.objects.filter(company=company, pk__in=people).values_list("pk", "name"))
    numbers: dict[tuple[str, int], str] = {}
    for subject, keys in rows.group_by("subject").agg("subject_id").iter_rows():
        if subject in NUMBERED:
            model, column = NUMBERED[subject]
            found = model.objects.filter(company=company, pk__in=keys)  # type: ignore[attr-defined]
            for key, number in found.values_list("pk", column):
                numbers[subject, key] = str(number)
    return [
        InputRow(
            subject=subject,
            subject_id=key,
            number=numbers.get((subject, key), ""),
            customer_id=customer_id,
            customer_name=names.get(customer_id, ""),
            amount=amount,
        )
        for subject, key, customer_id, amount in rows.iter_rows()
    ]
