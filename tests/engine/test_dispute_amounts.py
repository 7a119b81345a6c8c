"""The amounts of dispute cases balance on every day, whatever happens to items and parts."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.dispute_amounts import (
    CASE_AMOUNTS,
    CLAIMS,
    SETTLED,
    case_amounts,
    line_amount,
)
from dunwell.engine.schema import table
from tests.conftest import examples

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DAY = date(2026, 3, 2)
NAMES = [name for name in CASE_AMOUNTS if name.endswith("_minor")]
SETTLEMENTS = {
    "credit": "credited_minor",
    "write_off": "written_off_minor",
    "small_balance": "written_off_minor",
    "discount": "cleared_minor",
    "concession": "cleared_minor",
    "payment": "paid_minor",
}


def claim(key=1, amount=30_00, *, opened=0, closed=None, parent=None, case=1, item=100_00):
    return {
        "dispute_id": key,
        "case_id": case,
        "item_id": 1,
        "currency": "EUR",
        "item_minor": item,
        "amount_minor": amount,
        "opened_day": day_number(DAY) + opened,
        "closed_day": None if closed is None else day_number(DAY) + closed,
        "parent_id": parent,
    }


def booked(source, amount, *, on, of=1, since=True, until=True):
    return {
        "dispute_id": of,
        "source": source,
        "amount_minor": amount,
        "applied_day": day_number(DAY) + on,
        "is_since": since,
        "is_until": until,
    }


def amounts(claims, settled=(), *, on=10):
    frame = case_amounts(
        table(claims, CLAIMS), table(settled, SETTLED), as_of=DAY + timedelta(days=on)
    ).collect()
    return {
        row["case_id"]: tuple(row[name] for name in NAMES) for row in frame.iter_rows(named=True)
    }


@pytest.mark.parametrize(
    ("claims", "settled", "on", "expected"),
    [
        ([claim()], [], 0, (30_00, 30_00, 0, 0, 0, 0, 0)),
        # money takes the undisputed part first
        ([claim()], [booked("payment", 70_00, on=1)], 1, (30_00, 30_00, 0, 0, 0, 0, 0)),
        ([claim()], [booked("payment", 80_00, on=1)], 1, (30_00, 20_00, 0, 10_00, 0, 0, 0)),
        # a credit note is for the disputed part
        ([claim()], [booked("credit", 10_00, on=1)], 1, (30_00, 20_00, 10_00, 0, 0, 0, 0)),
        ([claim()], [booked("write_off", 30_00, on=1)], 1, (30_00, 0, 0, 0, 30_00, 0, 0)),
        # what was booked before it was disputed is nothing to it
        (
            [claim()],
            [booked("credit", 20_00, on=0, since=False)],
            1,
            (30_00, 30_00, 0, 0, 0, 0, 0),
        ),
        # a booking of a later day is not known yet
        ([claim()], [booked("credit", 30_00, on=5)], 4, (30_00, 30_00, 0, 0, 0, 0, 0)),
        # denied: owed again
        ([claim(closed=3)], [], 2, (30_00, 30_00, 0, 0, 0, 0, 0)),
        ([claim(closed=3)], [], 3, (30_00, 0, 0, 0, 0, 0, 30_00)),
        # a part denied, the rest goes on until its credit note comes
        (
            [claim(closed=3), claim(2, 10_00, opened=3, closed=5, parent=1)],
            [booked("credit", 10_00, on=5, of=2)],
            4,
            (30_00, 10_00, 0, 0, 0, 0, 20_00),
        ),
        (
            [claim(closed=3), claim(2, 10_00, opened=3, closed=5, parent=1)],
            [booked("credit", 10_00, on=5, of=2)],
            5,
            (30_00, 0, 10_00, 0, 0, 0, 20_00),
        ),
        # more of the item is disputed later
        (
            [claim(closed=3), claim(2, 50_00, opened=3, parent=1)],
            [],
            3,
            (50_00, 50_00, 0, 0, 0, 0, 0),
        ),
        # reopened: what was let go is disputed again, and counts once
        (
            [claim(closed=3), claim(2, 30_00, opened=6, parent=1)],
            [],
            6,
            (30_00, 30_00, 0, 0, 0, 0, 0),
        ),
        # a payment that came back raises nothing above what is disputed
        (
            [claim()],
            [booked("payment", 100_00, on=1), booked("payment", -100_00, on=2)],
            2,
            (30_00, 30_00, 0, 0, 0, 0, 0),
        ),
    ],
)
def test_what_became_of_a_disputed_amount(claims, settled, on, expected):
    assert amounts(claims, settled, on=on) == {1: expected}


def test_a_case_opened_later_is_not_there_yet():
    assert amounts([claim(opened=3)], on=2) == {}


def test_a_part_that_went_to_another_case_counts_in_each_for_itself():
    parts = [claim(closed=3), claim(2, 30_00, opened=3, parent=1, case=2)]

    assert amounts(parts, on=4) == {
        1: (30_00, 0, 0, 0, 0, 0, 30_00),
        2: (30_00, 30_00, 0, 0, 0, 0, 0),
    }


@dataclass
class Book:
    """One item and its parts in plain Python, booked event by event as they happen."""

    item: int
    level: int = 0
    claims: list = field(default_factory=list)
    settled: list = field(default_factory=list)
    kinds: dict = field(default_factory=dict)
    original: int = 0
    removed: int = 0
    running: int | None = None
    base: int = 0

    def open(self, amount, day):
        self.claims.append(claim(1, amount, opened=day, item=self.item))
        self.running, self.original = 1, amount
        self.here = dict.fromkeys(set(SETTLEMENTS.values()), 0)
        self.amount = amount

    def book(self, source, amount, day):
        self.level -= amount
        for one in self.claims:
            is_live = one["closed_day"] is None
            self.settled.append(
                booked(source, amount, on=day, of=one["dispute_id"], until=is_live)
            )
        if self.running is not None:
            self.here[SETTLEMENTS[source]] += amount

    def stands(self):
        """The running part: what settled it by kind, and what is left of it."""
        left, found = self.amount, {}
        for name in ("credited_minor", "written_off_minor", "cleared_minor"):
            found[name] = min(left, max(0, self.here[name]))
            left -= found[name]
        rest = min(left, max(0, self.level))
        found["paid_minor"] = left - rest
        return found, rest

    def end(self, day, amount=None):
        """Close the running part; with an amount it goes on as another one."""
        found, rest = self.stands()
        for name, minor in found.items():
            self.kinds[name] = self.kinds.get(name, 0) + minor
        self.claims[-1]["closed_day"] = day_number(DAY) + day
        if amount is None:
            self.removed += rest
            self.running = None
            return
        key = self.claims[-1]["dispute_id"] + 1
        self.original += max(0, amount - rest)
        self.removed += max(0, rest - amount)
        self.claims.append(claim(key, amount, opened=day, parent=key - 1, item=self.item))
        self.running, self.amount = key, amount
        self.here = dict.fromkeys(self.here, 0)
        # what is booked from now on is since the new part; before it is not
        for one in [dict(row) for row in self.settled if row["dispute_id"] == key - 1]:
            self.settled.append({**one, "dispute_id": key, "is_since": False, "is_until": True})

    def told(self):
        kinds = dict(self.kinds)
        rest = 0
        if self.running is not None:
            found, rest = self.stands()
            for name, minor in found.items():
                kinds[name] = kinds.get(name, 0) + minor
        listed = {
            "original_minor": self.original,
            "open_minor": rest,
            "removed_minor": self.removed,
        }
        return tuple(listed.get(name, kinds.get(name, 0)) for name in NAMES)


moves = st.tuples(st.sampled_from([*SETTLEMENTS, "close", "go on", "more"]), st.integers(1, 4_000))


@examples(120, release=10_000)
@given(
    item=st.integers(100, 10_000),
    share=st.integers(1, 100),
    before=st.integers(0, 50),
    history=st.lists(moves, max_size=8),
)
def test_amounts_balance_as_of_every_day_and_are_those_of_plain_python(
    item, share, before, history
):
    book = Book(item=item, level=item)
    earlier = item * before // 100
    book.level -= earlier
    book.open(max(1, book.level * share // 100), 0)
    if earlier:
        book.settled.append(booked("payment", earlier, on=0, since=False))
    days = [book.told()]
    for day, (move, amount) in enumerate(history, 1):
        if move in SETTLEMENTS and book.level:
            book.book(move, min(amount, book.level), day)
        elif move == "close" and book.running:
            book.end(day)
        elif move in ("go on", "more") and book.running and book.level:
            wanted = book.amount + amount if move == "more" else min(amount, book.amount)
            book.end(day, min(wanted, book.level))
        days.append(book.told())

    for day, expected in enumerate(days):
        # what happened later is in the frames and must not be seen
        (found,) = amounts(book.claims, book.settled, on=day).values()
        assert found == expected
        assert found[0] == sum(found[1:])
        assert min(found) >= 0


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        # 10 billed at 12.50, 3 did not come
        ((10_000, 3_000, 12_50, None), 37_50),
        # 10 billed at 12.50, agreed were 11.00
        ((10_000, None, 12_50, 11_00), 15_00),
        # half a cent is rounded up: 0.333 at 1.50
        ((1_000, 333, 1_50, None), 50),
        ((1_000, 335, 1_00, None), 34),
        ((None, None, 12_50, None), None),
        ((10_000, 3_000, None, None), None),
    ],
)
def test_a_line_is_worth_quantity_times_price(figures, expected):
    names = ("quantity_milli", "disputed_quantity_milli", "price_minor", "claimed_price_minor")
    assert line_amount(**dict(zip(names, figures, strict=True))) == expected
