"""A ledger whose customers have habits that are known, so that a curve can be held against them.

Customers of four kinds, twelve each: `weekday` payers pay on the last Thursday before the due
day, the day after when it is a holiday; `month_end` payers on the last working day of the
month; `prompt` ones about three days early; `slow` ones about 25 days late. Every tenth item
of a prompt or slow customer is disputed for 40 days and paid a week after; of a slow
one two in five are promised for a day soon after the due day and paid then. New customers'
first three items are mostly late. What happens after AS_OF is told as well.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from dunwell.engine.calendars import day_date, is_business_day
from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.history import HISTORY_ITEMS, History, as_known
from dunwell.ml.model import PayDateModel
from dunwell.ml.pay_date import fit

AS_OF = 20_765
"""2026-11-08, a Sunday; Thanksgiving is the 26th, a Thursday."""
SPAN = 620
"""Items are issued over so many days before AS_OF, and 90 after it."""
KINDS = ("weekday", "month_end", "prompt", "slow")
OF_KIND = 12
THURSDAY = 3
FIRST_NEW, NEW = 100, 60
"""Number of the first new customer, and how many there are."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What is known on AS_OF, and everything that happens until 300 days later."""

    known: History
    truth: History

    def requests(self, **wanted: object) -> pl.DataFrame:
        """The open items, or some of them, in the columns a model is asked with."""
        return self.known.open.filter(**wanted).select(*ITEM_COLUMNS)


@cache
def planted(items: int = 2600, seed: int = 3) -> Planted:
    """Return the ledger; the same arguments give the same one."""
    random = np.random.default_rng(seed)
    rows, parts, disputes, promises = [], [], [], []
    days = np.sort(AS_OF + 90 - random.integers(0, SPAN + 90, items))
    for number, issued in enumerate(days.tolist(), 1):
        customer, place = _customer(random, rows, issued)
        due = issued + (14 if customer % 2 else 30)
        amount = int(random.lognormal(10, 1)) + 1
        fate = random.random()
        paid = _paid(random, customer, due, place)
        is_free = kind(customer) in {"prompt", "slow"}
        if is_free and fate < 0.1:
            disputes.append((number, due - 5, due + 35))
            paid = due + 42 + int(random.integers(-2, 3))
        elif kind(customer) == "slow" and fate < 0.5:
            made = due + int(random.integers(0, 4))
            paid = made + int(random.integers(4, 20))
            promises.append((number, made, paid, None))
        elif random.random() < 0.02:
            paid = None
        if paid is not None:
            paid = _open_day(max(paid, issued))
            parts.append((number, paid, amount))
        rows.append((number, customer, "USD", amount, amount, issued, due, paid, paid))

    def frame(columns, values):
        types = {
            name: pl.Int64 if name.endswith(("_id", "minor")) else pl.Int32 for name in columns
        }
        return pl.DataFrame(values, schema=types, orient="row")

    customers = sorted({row[1] for row in rows})
    truth = History(
        as_of=AS_OF + 300,
        items=pl.DataFrame(rows, schema=HISTORY_ITEMS, orient="row"),
        parts=frame(("item_id", "day", "amount_minor"), parts),
        disputes=frame(("item_id", "opened_day", "closed_day"), disputes),
        promises=frame(("item_id", "made_day", "due_day", "withdrawn_day"), promises),
        contacts=frame(("item_id", "customer_id", "day"), []),
        countries=pl.DataFrame({"customer_id": customers, "country": ["US"] * len(customers)}),
    )
    return Planted(known=as_known(truth, as_of=AS_OF), truth=truth)


def fitted(name: str = "hazard") -> PayDateModel:
    """Return a model fitted to what is known on AS_OF, once per run."""
    return _fitted(name)


@cache
def _fitted(name: str) -> PayDateModel:
    return fit(planted().known, name)


def kind(customer: int) -> str:
    """The habit of a customer."""
    return "new" if customer >= FIRST_NEW else KINDS[(customer - 1) // OF_KIND]


def of_kind(name: str) -> list[int]:
    """The customers with a habit."""
    return [customer for customer in range(1, 1 + OF_KIND * len(KINDS)) if kind(customer) == name]


def _customer(random, rows, issued):
    """A customer, and how many items a new one had before. The latest arrivals are billed."""
    arrived = (issued - AS_OF + SPAN - 150) * NEW // (SPAN - 60)
    if arrived > 0 and random.random() < 0.12:
        number = FIRST_NEW + max(0, arrived - int(random.integers(1, 9)))
        return number, sum(row[1] == number for row in rows)
    return int(random.integers(1, 1 + OF_KIND * len(KINDS))), 99


def _paid(random, customer, due, place):
    habit = kind(customer)
    if habit == "weekday":
        soonest = due - 6
        return soonest + (THURSDAY - (soonest + 3)) % 7
    if habit == "month_end":
        return _month_end(due)
    if habit == "new" and place < 3:
        return due + (12 if random.random() < 0.9 else -4) + int(random.integers(-2, 3))
    middle = {"prompt": -3, "slow": 25, "new": -1}[habit]
    return due + middle + int(random.integers(-3, 4))


def _month_end(day):
    dates = np.array(day, "datetime64[D]").astype("datetime64[M]")
    last = int(((dates + 1).astype("datetime64[D]")).astype(np.int64)) - 1
    while not _is_open(last):
        last -= 1
    return last if last >= day else _month_end(last + 10)


def _open_day(day):
    while not _is_open(day):
        day += 1
    return day


@cache
def _is_open(day):
    return is_business_day(day_date(day), country="US")
