"""The course of invoice to cash as it was recorded: the log, the map, and what a figure opens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.process import record_process
from dunwell.engine.process import path
from dunwell.jobs.process import made_months
from dunwell.models import Event, ProcessMonth
from dunwell.queries.pages import CursorError
from dunwell.queries.process import process_book, process_page, usual_choice
from dunwell.queries.process_cases import item_course, process_cases
from tests.actions.process_rows import mapped
from tests.conftest import AT, TODAY


@pytest.fixture
def book(company, customer, collector):
    return mapped(company, customer, collector)


def test_the_course_of_an_invoice_is_told_in_order_with_its_waits(company, book):
    found = item_course(company, book.pk, as_of=TODAY)

    assert [(s.activity, s.days, s.open_minor, s.resource) for s in found.steps] == [
        (path.ISSUED, 30, 100_00, "ledger"),
        (path.DUE, 10, 100_00, "system"),
        (path.PROMISED, 3, 100_00, "staff"),
        (path.REMINDED, 12, 100_00, "system"),
        (path.PART_PAID, 3, 60_00, "customer"),
        (path.PAID, 2, 0, "customer"),
        (path.BOOKED, None, 0, "system"),
    ]


def test_figures_open_into_the_invoices_they_are_made_of(company, book):
    made = process_book(company)
    choice = usual_choice(company, made)
    page = process_page(made, choice)

    assert (made.newest_as_of, made.segments, page.invoices) == (TODAY, ("small", "standard"), 2)
    # 500.00 for 60 days; 100.00 for 55 and 60.00 for 3
    assert (page.money_days, page.waiting) == (500_00 * 60 + 100_00 * 55 + 60_00 * 3, 1)
    top = page.bottlenecks[0]
    assert (top.name, top.money_days) == ("invoice_due>still_waiting", 500_00 * 30)
    assert [(row.name, row.amount_minor) for row in page.deviations] == [
        ("late_not_reminded", 500_00),
        ("outside:promise_made", 100_00),
        ("reminded_under_promise", 100_00),
    ]
    assert [(row.name, row.median_days) for row in page.loops] == [("reminded_after_promise", 3)]
    told = [*page.stages, *page.variants, *page.loops, *page.repeats, *page.deviations]
    told += [*page.handovers]
    for row in told:
        opened = process_cases(company, choice, kind=row.kind, name=row.name)
        sums = (opened.times, opened.cases, opened.amount_minor, opened.money_days)
        assert sums == (row.times, row.cases, row.amount_minor, row.money_days), row.name
        assert sum(one.money_days for one in opened.page.rows) == row.money_days
    for row in page.follows:
        opened = process_cases(company, choice, kind="step", name=row.name)
        sums = (opened.times, opened.cases, opened.amount_minor, opened.money_days)
        assert sums == (row.times, row.cases, row.amount_minor, row.money_days), row.name


def test_a_segment_another_currency_or_another_company_hold_their_own_alone(
    company, book, rival, django_assert_num_queries
):
    made = process_book(company)
    usual = usual_choice(company, made)
    small = process_page(made, replace(usual, segment="small"))

    assert (small.invoices, small.amount_minor) == (1, 500_00)
    assert process_page(made, replace(usual, currency="USD")).invoices == 0
    assert process_book(rival.memberships.first().company) is None
    with django_assert_num_queries(2):
        opened = process_cases(company, replace(usual, segment="standard"), kind="step",
                               name="promise_made>reminder_sent", limit=1)  # fmt: skip
    assert [(row.number, row.days) for row in opened.page.rows] == [("R1", 3)]
    with pytest.raises(CursorError):
        process_cases(company, usual, kind="fit", name="deviates", cursor="x")


def test_made_again_for_the_same_day_nothing_changes_and_an_older_day_is_left_alone(company, book):
    actor = system(company)
    before = ProcessMonth.objects.values_list("month", "steps")[0]

    for day in (TODAY, TODAY - timedelta(days=1)):
        made = made_months(company, as_of=day)
        assert record_process(actor=actor, made=made, as_of=day, at=AT) == 0

    assert ProcessMonth.objects.values_list("month", "steps")[0] == before
    assert Event.objects.filter(verb="process.mapped").count() == 1
