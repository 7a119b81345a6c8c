"""Facts of an item on the day it is looked at: what the tilt of its curve is learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from dunwell.ml.dates import WEEK, month_place, weekday_of
from dunwell.ml.history import NEVER, Days, Floats, History, Ints, day_array
from dunwell.ml.past import CUSTOMER_FACTS, SHIFT, Past, running

ITEM_FACTS = (
    "days_to_due",
    "term",
    "age",
    "log_amount",
    "amount_ratio",
    "due_weekday",
    "due_day_of_month",
    "due_month",
    "pay_gap",
    "currency",
    "part_paid",
    "disputed",
    "promise_wait",
    "promises",
    "contacts",
    "contact_age",
    "is_paper",
)
FACTS = (*CUSTOMER_FACTS, *ITEM_FACTS)
"""Every input of the tilt, in column order."""

CONTACT_DAYS = 30
"""Contacts of so many days count as recent."""


@dataclass(frozen=True, slots=True)
class Views:
    """Items as seen on days: row i is an item looked at on the evening of `day[i]`.

    `start` is the first day it can be paid on, `facts` has the columns FACTS, `weekdays` the
    customer's share of payments per weekday, `promised` the day of its running promise,
    `customer` the code of its customer in the history (-1 = unknown to it), `delays` its last
    days late (latest first, then empty), `paid_place` the same for items with the same delays.
    """

    day: Days
    start: Days
    due: Days
    facts: np.ndarray
    weekdays: Floats
    promised: Days
    calendar: np.ndarray
    customer: Ints
    delays: np.ndarray
    paid_place: Ints

    def column(self, name: str) -> Floats:
        """Return one fact of all rows."""
        return np.asarray(self.facts[:, FACTS.index(name)])

    def take(self, rows: Ints | slice) -> "Views":
        """Return some rows."""
        return Views(*(getattr(self, field.name)[rows] for field in fields(self)))


class Lookups:
    """A history ready to be asked about items on days."""

    def __init__(self, history: History, past: Past, currencies: dict[str, float]) -> None:
        self.past = past
        # a currency that came up after the model was fitted is compared with what it shows now
        self.currencies = usual_amounts(history) | currencies
        self.names = sorted(currencies)
        self.parts = _by_item(history.parts, "day", "amount_minor")
        disputes = history.disputes
        self.opened = _by_item(disputes, "opened_day")
        self.closed = _by_item(disputes.drop_nulls("closed_day"), "closed_day")
        promises = history.promises.sort("item_id", "made_day", "due_day")
        self.promise_key = _keys(promises, "made_day")
        self.promise_item = promises["item_id"].to_numpy()
        self.promise_due = day_array(promises, "due_day")
        self.promise_end = day_array(promises, "withdrawn_day")
        by_customer = (
            history.contacts.select("customer_id", "day").unique().sort("customer_id", "day")
        )
        code = past.code_of(by_customer["customer_id"].to_numpy())
        has_items = code >= 0
        self.contact_day = day_array(by_customer, "day")[has_items]
        self.contact_key = code[has_items] * SHIFT + self.contact_day
        papers = history.papers.sort("item_id")
        self.paper_item = papers["item_id"].to_numpy()
        self.paper = papers["is_paper"].to_numpy()

    def views(self, items: pl.DataFrame, evening: Days, calendar: np.ndarray) -> Views:
        """Return the facts of items (ITEM_COLUMNS and amount_minor) on the evening of days."""
        code = self.past.code_of(items["customer_id"].to_numpy())
        day = evening.astype(np.int64)
        issued = day_array(items, "issued_day").astype(np.int64)
        due = day_array(items, "due_day").astype(np.int64)
        start = np.maximum(issued, day + 1)
        # what is of the customer on a day is worked out once for its items, which lie together
        one, back = _runs(code, day)
        known, weekdays = self.past.facts(code[one], day[one])
        amount = items["amount_minor"].to_numpy().astype(np.float64)
        relative = amount / self._usual_amounts(items["currency"], amount)
        item = items["item_id"].to_numpy()
        promised, promises = self._promises(item, day)
        contacts, contact_age = self._contacts(code[one], day[one])
        day_of_month, _, month = month_place(due)
        weekday = weekday_of(due)
        usual = np.where(known["n"][back] > 0, relative, np.nan)
        means = np.maximum(self.past.amount_means(code[one], day[one]), 1e-3)
        facts = {
            "days_to_due": due - start,
            "term": due - issued,
            "age": np.maximum(day - issued, -1),
            "log_amount": np.log(np.maximum(relative, 1e-4)),
            "amount_ratio": usual / means[back],
            "due_weekday": weekday,
            "due_day_of_month": day_of_month,
            "due_month": month,
            "pay_gap": (known["weekday_peak"][back] - weekday) % WEEK,
            "currency": self._currency_numbers(items["currency"]),
            "part_paid": self._so_far(self.parts, item, day) / np.maximum(amount, 1),
            "disputed": self._so_far(self.opened, item, day)
            - self._so_far(self.closed, item, day),
            "promise_wait": np.where(promised < NEVER, promised - day, np.nan),
            "promises": promises,
            "contacts": contacts[back],
            "contact_age": contact_age[back],
            "is_paper": self._papers(item),
        }
        table = np.empty((len(day), len(FACTS)), np.float32)
        table[:, : len(CUSTOMER_FACTS)] = _table(known, CUSTOMER_FACTS)[back]
        table[:, len(CUSTOMER_FACTS) :] = _table(facts, ITEM_FACTS)
        delays, place_of_last = self.past.last_delays(code[one], day[one])
        return Views(
            day=day.astype(np.int32),
            start=start.astype(np.int32),
            due=due.astype(np.int32),
            facts=table,
            weekdays=weekdays[back],
            promised=promised.astype(np.int32),
            calendar=calendar,
            customer=code,
            delays=delays[back],
            paid_place=place_of_last[back],
        )

    def _usual_amounts(self, currency: pl.Series, amount: Floats) -> Floats:
        """Return the usual amount of each item's currency; the first item of one is usual."""
        known = currency.replace_strict(self.currencies, default=0.0, return_dtype=pl.Float64)
        usual = known.to_numpy()
        return np.where(usual > 0, usual, np.maximum(amount, 1))

    def _currency_numbers(self, currency: pl.Series) -> Floats:
        numbers = {name: float(place) for place, name in enumerate(self.names)}
        return currency.replace_strict(numbers, default=-1.0, return_dtype=pl.Float64).to_numpy()

    def _so_far(self, lane: tuple[Ints, Floats], item: Ints, day: Ints) -> Floats:
        """Return the sum of an item's dated values up to each day."""
        keys, sums = lane
        start = np.searchsorted(keys, item * SHIFT, side="left")
        end = np.searchsorted(keys, item * SHIFT + day, side="right")
        return sums[end] - sums[start]

    def _promises(self, item: Ints, day: Ints) -> tuple[Ints, Floats]:
        """Return the due day of the latest promise running on each day, and how many were made."""
        if not len(self.promise_key):
            return np.full(len(item), int(NEVER), np.int64), np.zeros(len(item))
        start = np.searchsorted(self.promise_key, item * SHIFT, side="left")
        end = np.searchsorted(self.promise_key, item * SHIFT + day, side="right")
        last = np.maximum(end - 1, 0)
        is_running = (end > start) & (self.promise_end[last] > day)
        due = np.where(is_running, self.promise_due[last], NEVER).astype(np.int64)
        return due, (end - start).astype(np.float64)

    def _papers(self, item: Ints) -> Floats:
        """Return 1 for items sent on paper, 0 electronically, nan where it is not known."""
        if not len(self.paper_item):
            return np.full(len(item), np.nan)
        place = np.minimum(np.searchsorted(self.paper_item, item), len(self.paper_item) - 1)
        return np.where(self.paper_item[place] == item, self.paper[place], np.nan)

    def _contacts(self, code: Ints, day: Ints) -> tuple[Floats, Floats]:
        """Return the customer's contacts of the last days, and the days since the last one."""
        if not len(self.contact_key):
            return np.zeros(len(code)), np.full(len(code), np.nan)
        safe = np.maximum(code, 0)
        end = np.searchsorted(self.contact_key, safe * SHIFT + day, side="right")
        start = np.searchsorted(self.contact_key, safe * SHIFT, side="left")
        recent = np.searchsorted(self.contact_key, safe * SHIFT + day - CONTACT_DAYS, side="right")
        has = (end > start) & (code >= 0)
        age = np.where(has, day - self.contact_day[np.maximum(end - 1, 0)], np.nan)
        count = np.where(has, end - np.maximum(recent, start), 0)
        return count.astype(np.float64), age


def _runs(code: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Return the first row of every run of the same customer and day, and each row's run."""
    is_new = np.ones(len(code), bool)
    is_new[1:] = (code[1:] != code[:-1]) | (day[1:] != day[:-1])
    return np.flatnonzero(is_new), np.cumsum(is_new) - 1


def _table(facts: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """Return facts as columns, in the order of the names."""
    table = np.empty((len(facts[names[0]]), len(names)), np.float32)
    for place, name in enumerate(names):
        table[:, place] = facts[name]
    return table


def usual_amounts(history: History) -> dict[str, float]:
    """Return the mean item of each currency in minor units, by which amounts are compared."""
    means = history.items.group_by("currency").agg(pl.col("amount_minor").mean()).sort("currency")
    return {str(name): max(float(mean), 1.0) for name, mean in means.iter_rows()}


def _keys(frame: pl.DataFrame, column: str) -> Ints:
    keys = frame["item_id"].to_numpy() * SHIFT + day_array(frame, column)
    return np.asarray(keys, np.int64)


def _by_item(frame: pl.DataFrame, column: str, value: str | None = None) -> tuple[Ints, Floats]:
    """Return sorted (item, day) keys and the running sum of a value, or of ones."""
    ordered = frame.sort("item_id", column)
    values = ordered[value].to_numpy() if value else np.ones(ordered.height)
    return _keys(ordered, column), running(values)
