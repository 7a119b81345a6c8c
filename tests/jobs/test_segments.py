"""Segments in the day's cycle: what the rules decide is what the strategies of the day go by."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.cycle_steps import READS, STEPS
from dunwell.models import SegmentMove
from tests.actions.ledger_rows import invoice
from tests.actions.segment_desk import policy
from tests.conftest import AT, TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def book(company):
    """K1 is 30 days late today, K2 owes much."""
    late = TODAY - timedelta(days=30)
    invoice(add_customer(company, "K1"), "R1", 100_00, issued_on=late, due_on=late)
    invoice(add_customer(company, "K2"), "R2", 1500_00)
    return company


def run(day):
    """One run of the cycle's step, read before its transaction as the cycle does."""
    READS["assign_segments"](day)
    return dict(STEPS)["assign_segments"](day)


def segments(day):
    rows = day.books.customers.select("customer_id", "segment").collect("polars").to_native()
    return [segment for _, segment in sorted(rows.rows())]


def test_strategies_of_the_day_go_by_the_segments_decided_that_day(book):
    policy(book)
    day = Day(actor=system(book), as_of=TODAY, at=AT)
    before = segments(day)
    assert (run(day), before, segments(day)) == (
        2, ["standard", "standard"], ["late", "strategic"],
    )  # fmt: skip
    assert run(Day(actor=system(book), as_of=TODAY, at=AT)) == 0


def test_a_day_that_was_missed_is_decided_by_its_own_facts(book):
    policy(book)
    changed = [run(Day(actor=system(book), as_of=on, at=AT)) for on in (YESTERDAY, TODAY)]
    moves = SegmentMove.objects.order_by("id").values_list("customer__number", "moved_on")
    assert changed == [2, 1]
    assert list(moves) == [("K2", YESTERDAY), ("K1", TODAY)]


def test_without_policy_and_pools_three_queries_answer_that_nothing_is_to_do(
    book, django_assert_num_queries
):
    day = Day(actor=system(book), as_of=TODAY, at=AT)
    with django_assert_num_queries(3):
        READS["assign_segments"](day)
    assert dict(STEPS)["assign_segments"](day) == 0
