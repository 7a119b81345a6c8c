"""Seeded ledgers of customers with habits, for tests of `ml`.

Every customer has an own usual lateness and spread; some items are paid in two parts, some
never, a few are written off. Facts later than `as_of` are in the ledger, never in the history.
"""

from dataclasses import replace
from datetime import date

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.ledger import Ledger
from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.history import PAPERS, History, history

AS_OF = date(2026, 3, 31)
SPAN_DAYS = 540
"""Items are issued on days of this span up to as_of."""

COUNTRIES = ("DE", "US", "")
TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String}


def sample_history(
    items: int = 600, customers: int = 20, seed: int = 0, as_of: date = AS_OF
) -> History:
    """Return what the sample ledger shows as of the day, contacts and countries included."""
    contacts = table(schema.CONTACTS, _contacts(items, customers, seed, as_of))
    numbers = np.arange(1, customers + 1)
    countries = pl.DataFrame(
        {"customer_id": numbers, "country": [COUNTRIES[n % 3] for n in numbers]},
        schema={"customer_id": pl.Int64, "country": pl.String},
    )
    items_said = np.arange(1, items + 1, 2)
    papers = pl.DataFrame({"item_id": items_said, "is_paper": items_said % 3 == 0}, schema=PAPERS)
    return history(
        sample_ledger(items, customers, seed, as_of),
        as_of=as_of,
        contacts=contacts,
        countries=nw.from_native(countries.lazy()),
        papers=nw.from_native(papers.lazy()),
    )


def sample_ledger(
    items: int = 600, customers: int = 20, seed: int = 0, as_of: date = AS_OF
) -> Ledger:
    """Return a random ledger; the same arguments give the same one."""
    rows = _items(items, customers, seed, as_of)
    money = _money(rows, seed)
    return Ledger(
        items=table(schema.ITEMS, rows),
        allocations=table(schema.ALLOCATIONS, money),
        payments=table(schema.PAYMENTS, _payments(rows, money)),
        disputes=table(schema.DISPUTES, _disputes(rows, seed)),
        promises=table(schema.PROMISES, _promises(rows, seed)),
    )


def requests(known: History) -> pl.DataFrame:
    """Return the open items of a history in the columns a model is asked with."""
    return known.open.select(*ITEM_COLUMNS)


def rewritten(known: History, *, after: int, seed: int = 1) -> History:
    """Return a history that agrees up to and including a day and is another one afterwards.

    Items still open on the day end otherwise, those issued later have other amounts and terms.
    """
    random = np.random.default_rng(seed)
    items, size = known.items, known.items.height
    is_later = (items["issued_day"] > after).to_numpy()
    ends = items["ended_day"].fill_null(known.as_of + 1).to_numpy()
    days = np.minimum(np.maximum(items["issued_day"].to_numpy(), after + 1), known.as_of)
    other = np.minimum(days + random.integers(0, 90, size), known.as_of).astype(np.int32)
    is_unknown = pl.Series(ends > after)
    amount = pl.Series(np.where(is_later, random.integers(1, 9**9, size), items["amount_minor"]))
    due = pl.Series(items["due_day"].to_numpy() + np.where(is_later, 17, 0)).cast(pl.Int32)
    changed = items.with_columns(
        amount_minor=amount,
        due_day=due,
        open_minor=pl.when(is_unknown).then(0).otherwise("open_minor"),
        paid_day=pl.when(is_unknown).then(pl.Series(other)).otherwise("paid_day"),
        ended_day=pl.when(is_unknown).then(pl.Series(other)).otherwise("ended_day"),
    )
    return replace(
        known,
        items=changed,
        parts=known.parts.filter(pl.col("day") <= after),
        disputes=known.disputes.filter(pl.col("opened_day") <= after),
        promises=known.promises.filter(pl.col("made_day") <= after),
        contacts=known.contacts.filter(pl.col("day") <= after),
    )


def table(columns: schema.Frame, rows: dict[str, np.ndarray]) -> nw.LazyFrame:
    """Return the columns as a frame of the declared types."""
    types = {name: TYPES[column.dtype] for name, column in columns.items()}
    data = {name: pl.Series(name, list(rows[name]), dtype=types[name]) for name in columns}
    return nw.from_native(pl.LazyFrame(data))


def _items(items: int, customers: int, seed: int, as_of: date) -> dict[str, np.ndarray]:
    random = np.random.default_rng([seed, 1])
    issued = day_number(as_of) - np.sort(random.integers(0, SPAN_DAYS, items))[::-1]
    customer = random.integers(1, customers + 1, items)
    terms = np.asarray([14, 30, 30, 60])[customer % 4]
    return {
        "item_id": np.arange(1, items + 1),
        "customer_id": customer,
        "kind": np.full(items, "invoice"),
        "currency": np.where(customer % 5 == 0, "USD", "EUR"),
        "amount_minor": np.exp(random.normal(11, 1, items)).astype(np.int64) + 100,
        "issued_day": issued,
        "due_day": issued + terms,
        "recorded_day": issued,
    }


def _money(rows: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Return allocations: whole, in two parts, written off, or none, by each customer's habit."""
    random = np.random.default_rng([seed, 2])
    size, customer = len(rows["item_id"]), rows["customer_id"]
    habits = np.random.default_rng([seed, 3])
    usual = habits.normal(4, 10, 10_000)[customer]
    spread = habits.uniform(1, 8, 10_000)[customer]
    late = np.rint(usual + spread * random.standard_normal(size)).astype(np.int64)
    late += np.where(random.random(size) < 0.05, random.integers(20, 90, size), 0)
    paid = np.maximum(rows["due_day"] + late, rows["issued_day"])
    fate = random.choice(4, size, p=(0.9, 0.05, 0.02, 0.03))
    whole, half, off = fate == 0, fate == 1, fate == 2
    first = rows["amount_minor"] // 2
    parts = [
        (whole, "payment", rows["amount_minor"], paid),
        (half, "payment", first, np.maximum(paid - 9, rows["issued_day"])),
        (half, "payment", rows["amount_minor"] - first, paid),
        (off, "write_off", rows["amount_minor"], paid + 40),
    ]
    source = np.concatenate([np.full(who.sum(), name) for who, name, _, _ in parts])
    day = np.concatenate([days[who] for who, _, _, days in parts])
    number = np.arange(1, len(day) + 1)
    return {
        "item_id": np.concatenate([rows["item_id"][who] for who, *_ in parts]),
        "payment_id": np.where(source == "payment", number, None),
        "source": source,
        "amount_minor": np.concatenate([amount[who] for who, _, amount, _ in parts]),
        "paid_minor": np.concatenate([amount[who] for who, _, amount, _ in parts]),
        "value_day": day,
        "applied_day": day,
        "recorded_day": day,
    }


def _payments(rows: dict[str, np.ndarray], money: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    is_money = money["source"] == "payment"
    item = money["item_id"][is_money] - 1
    kept = ("payment_id", "amount_minor", "value_day", "recorded_day")
    return {
        **{name: money[name][is_money] for name in kept},
        "customer_id": rows["customer_id"][item],
        "currency": rows["currency"][item],
    }


def _disputes(rows: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng([seed, 4])
    who = np.flatnonzero(random.random(len(rows["item_id"])) < 0.04)
    opened = rows["due_day"][who] + 3
    return {
        "dispute_id": np.arange(1, len(who) + 1),
        "item_id": rows["item_id"][who],
        "customer_id": rows["customer_id"][who],
        "amount_minor": rows["amount_minor"][who],
        "opened_day": opened,
        "closed_day": np.where(who % 2 == 0, opened + 20, None),
    }


def _promises(rows: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng([seed, 5])
    who = np.flatnonzero(random.random(len(rows["item_id"])) < 0.04)
    made = rows["due_day"][who] + 2
    return {
        "promise_id": np.arange(1, len(who) + 1),
        "customer_id": rows["customer_id"][who],
        "item_id": rows["item_id"][who],
        "currency": rows["currency"][who],
        "amount_minor": rows["amount_minor"][who],
        "made_day": made,
        "due_day": made + 7,
        "withdrawn_day": np.where(who % 3 == 0, made + 5, None),
        "tolerance_days": np.full(len(who), 2),
    }


def _contacts(items: int, customers: int, seed: int, as_of: date) -> dict[str, np.ndarray]:
    rows = _items(items, customers, seed, as_of)
    random = np.random.default_rng([seed, 6])
    who = np.flatnonzero(random.random(items) < 0.2)
    return {
        "customer_id": rows["customer_id"][who],
        "item_id": rows["item_id"][who],
        "level": np.ones(len(who), np.int64),
        "contacted_day": rows["due_day"][who] + 4,
    }
