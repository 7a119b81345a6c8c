"""Random books run day after day: an independent reckoning looks for every forbidden contact."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from tests.engine import rows
from tests.engine.chase_rows import dicts, propose
from tests.engine.dunning_books import (
    BRANCHED,
    FIRST,
    Book,
    desk_of,
    faults,
    lived,
    told,
    written,
)

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)


def besides_days(found: list[str]) -> list[str]:
    """Return the faults that hold for branches too: they may move the day, and nothing else."""
    return [fault for fault in found if not fault.endswith("comes before its day")]


def test_branches_move_days_and_break_nothing_of_the_ladder():
    book = told(written(5, customers=600), 5)
    record = lived(desk_of(book, BRANCHED), days=20)
    found = faults(book, record)

    assert besides_days(found) == []
    assert found  # some came before the step's own day: branches were taken
    assert {level for *_, level in record} == {0, 1, 2, 3}


@pytest.mark.release
def test_fifty_thousand_histories_hold_no_forbidden_contact():
    book = told(written(9, customers=50_000), 9)

    assert faults(book, lived(desk_of(book), days=30)) == []
    assert besides_days(faults(book, lived(desk_of(book, BRANCHED), days=30))) == []


@pytest.fixture(scope="module")
def lives():
    book = written(1, customers=2_000)
    return book, lived(desk_of(book), days=30)


def test_two_thousand_histories_hold_no_forbidden_contact(lives):
    book, record = lives

    assert faults(book, record) == []
    assert {level for *_, level in record} == {0, 1, 2, 3}
    assert len(record) > 2_000


def test_the_reckoning_finds_planted_faults(lives):
    book, record = lives
    day, customer, number, level = next(row for row in record if row[3] == 1)
    again = faults(book, [*record, (day + 1, customer, number, level)])
    settled = next(
        number
        for number, item in enumerate(book.items, 1)
        if sum(a["amount_minor"] for a in book.allocations if a["item_id"] == number)
        == item["amount_minor"]
    )
    owner, late = book.items[settled - 1]["customer_id"], day + 400

    assert f"item {number} on {day + 1}: skips or repeats a level" in again
    assert f"customer {customer}: 1 days between contacts" in again
    assert f"item {settled} on {late}: asks for nothing" in faults(
        book, [(late, owner, settled, 1)]
    )


@settings(max_examples=3)
@given(st.integers(0, 10_000))
def test_days_in_sequence_come_out_the_same_in_whatever_order_rows_lie(seed):
    desk = desk_of(written(seed, customers=40))

    assert lived(desk, days=5) == lived(desk, days=5, mixed=True)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_what_happens_after_the_day_is_not_seen(seed, offset):
    book, day = written(seed, customers=40), FIRST + timedelta(offset)
    today = day_number(day)
    past = Book(
        items=[i for i in book.items if i["issued_day"] <= today],
        allocations=[a for a in book.allocations if a["applied_day"] <= today],
        disputes=[
            {**d, "closed_day": d["closed_day"] if (d["closed_day"] or 0) <= today else None}
            for d in book.disputes
            if d["opened_day"] <= today
        ],
        promises=[p for p in book.promises if p["made_day"] <= today],
        holds=[h for h in book.holds if h["from_day"] <= today],
        customers=book.customers,
    )
    told = rows.contacts({"item_id": 1, "level": 1, "contacted_day": today + 1})

    everything = propose(replace(desk_of(book), contacts=told), day)
    known = propose(desk_of(past), day)

    for name in ("next_steps", "contacts", "contact_items", "totals", "facts", "reasons"):
        assert rows.answers(getattr(everything, name)) == rows.answers(getattr(known, name))


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_each_open_amount_is_split_without_rest(seed, offset):
    made = propose(desk_of(written(seed, customers=80)), FIRST + timedelta(offset))

    for row in dicts(made.items):
        parts = row["disputed_minor"] + row["promised_minor"] + row["held_minor"]
        assert parts + row["collect_minor"] == max(0, row["open_minor"])
        assert min(row["disputed_minor"], row["promised_minor"], row["collect_minor"]) >= 0
