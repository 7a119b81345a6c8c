"""Analyses of a day: kept by the cycle, ordered for any other, and read without the ledger."""

from datetime import date, timedelta

import pytest

from dunwell.actions.analyses import begin_analysis, finish_analysis, order_analysis
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.jobs.analyses import AnalysesDay, run_analysis
from dunwell.models import Analysis, AnalysisPart, Event
from dunwell.queries import analyses
from dunwell.queries.analyses import shown_analysis
from dunwell.queries.cause_trees import cause_items, cause_tree_rows
from dunwell.queries.dso_bridge import bridge_customers, bridge_rows
from dunwell.queries.figure_courses import figure_course
from dunwell.queries.ledgers import Books
from dunwell.queries.roll_rates import roll_items, roll_matrix
from dunwell.queries.vintages import month_curves, slice_curves, unpaid_items, vintage_rows
from tests.actions.credit_worlds import paying, silent
from tests.actions.desk import acting, last_event
from tests.conftest import AT, TODAY

SINCE = date(2026, 2, 28)
EUR = {"currency": "EUR"}


@pytest.fixture
def world(company):
    return (
        paying(company, "PROMPT", late=-3, months=9, segment="key"),
        paying(company, "LATE", late=25, months=9),
        silent(company, "LOST", issued_days=120),
    )


def keep(company, day=TODAY):
    return AnalysesDay(actor=system(company), books=Books(company), as_of=day, at=AT).write()


def shown(company, kind, day=None, since=None):
    return shown_analysis(company, kind=kind, today=TODAY, as_of=day, since=since)


def order(user, kind="bridge", as_of=TODAY, since=SINCE):
    return order_analysis(
        actor=acting(user), kind=kind, as_of=as_of, since=since, today=TODAY, at=AT
    )


def test_what_the_cycle_keeps_is_what_a_page_works_out_and_every_figure_sums(company, world):
    kinds = ("book", "bridge", "causes")
    live = [shown(company, kind) for kind in kinds]
    assert keep(company) == 3
    kept = [shown(company, kind) for kind in kinds]
    assert [(one.status, two.status) for one, two in zip(live, kept, strict=True)] == [
        ("live", "done")
    ] * 3

    for book, bridge, causes in (live, kept):
        for unit in ("days", "minor"):
            rows = bridge_rows(bridge, dimension="segment", unit=unit, **EUR)
            assert rows.before + sum(n for _, n in rows.parts) == rows.after
            for one in rows.slices:
                for place, (part, _) in enumerate(rows.parts):
                    found = bridge_customers(
                        company,
                        bridge,
                        dimension="segment",
                        unit=unit,
                        key=one.key,
                        part=part,
                        **EUR,
                    )
                    assert sum(row.amount for row in found.rows) == one.parts[place]
        for mode in ("overdue", "change"):
            tree = cause_tree_rows(causes, mode=mode, **EUR)
            for row in tree.rows:
                _, _, items = cause_items(company, causes, mode=mode, at=row.at, **EUR)
                told = row.change_minor if mode == "change" else row.amount_minor
                assert sum(one.amount_minor for one in items.rows) + items.rest_minor == told
        matrix = roll_matrix(book, dimension="all", key="", month=None, **EUR)
        assert sum(matrix.totals) == matrix.total_minor
        for row in matrix.rows:
            for cell in row.cells:
                items = roll_items(
                    company,
                    book,
                    month=matrix.month_end,
                    from_state=row.state,
                    to_state=cell.state,
                    **EUR,
                )
                assert (items.total_minor if items else 0) == cell.amount_minor
        opened = [
            row for row in vintage_rows(book, dimension="all", key="", **EUR) if row.open_minor
        ]
        behind = unpaid_items(company, book, month=(2025 - 1970) * 12 + 10, **EUR)
        assert [row.open_minor for row in opened] == [5_000_00] == [behind.total_minor]
        curves = slice_curves(book, dimension="segment", basis="issue", **EUR)
        assert [(one.label, one.is_few) for one in curves] == [("standard", True), ("key", True)]
        whole = month_curves(book, dimension="all", key="", basis="due", **EUR)[0]
        assert [one.share_ppm for one in whole.cohort.points if one.age == -60] == [0]
        course = figure_course(company, book, kpi="sales", **EUR)
        assert course.months[-1].month_end == SINCE and course.months_short > 0


def test_reading_costs_the_same_queries_whatever_is_kept(
    company, world, manager, django_assert_num_queries
):
    keep(company)
    for number in (1, 2):
        with django_assert_num_queries(2):
            roll_matrix(shown(company, "book", TODAY), dimension="all", key="", month=None, **EUR)
        with django_assert_num_queries(2):
            bridge_rows(
                shown(company, "bridge", TODAY, SINCE), dimension="all", unit="days", **EUR
            )
        run_analysis(order(manager, "causes", TODAY - timedelta(days=number)).pk)


def test_days_between_are_dropped_and_ends_of_months_and_ordered_days_stay(
    company, world, manager
):
    ordered = order(manager, "causes", date(2026, 2, 10), date(2026, 1, 31))
    run_analysis(ordered.pk)
    for day in (SINCE, TODAY - timedelta(days=1), TODAY, TODAY):
        keep(company, day)
    days = Analysis.objects.filter(company=company).order_by("as_of", "kind")
    assert [(one.as_of, one.kind) for one in days] == [
        (date(2026, 2, 10), "causes"),
        *((SINCE, kind) for kind in ("book", "bridge", "causes")),
        *((TODAY, kind) for kind in ("book", "bridge", "causes")),
    ]


def test_a_large_book_orders_what_is_not_kept(company, world, manager, monkeypatch):
    monkeypatch.setattr(analyses, "LIVE_ITEMS", 3)
    asked = shown(company, "bridge", TODAY, SINCE)
    assert (asked.status, asked.parts("levels")) == ("missing", [])

    found = order(manager)
    assert last_event(company)[0] == "analysis.ordered"
    assert order(manager).pk == found.pk
    assert shown(company, "bridge", TODAY, SINCE).is_under_way
    begin_analysis(actor=system(company), analysis=found)
    run_analysis(found.pk)
    assert last_event(company)[0] == "analysis.done"
    assert shown(company, "bridge", TODAY, SINCE).is_there
    parts = AnalysisPart.objects.filter(analysis=found).count()

    again = order(manager)
    run_analysis(again.pk)
    assert again.pk == found.pk
    assert AnalysisPart.objects.filter(analysis=found).count() == parts
    with pytest.raises(Refused, match="has ended; order it again"):
        finish_analysis(actor=system(company), analysis=found, parts=[], at=AT)


def test_an_order_that_cannot_be_is_refused_and_leaves_nothing(company, manager, collector, world):
    before = Event.objects.count()
    for changes, told in (
        ({"as_of": TODAY + timedelta(days=1)}, "has not come"),
        ({"since": TODAY}, "does not lie before"),
        ({"kind": "weather"}, "There is no analysis weather"),
        ({"since": date(2020, 1, 1)}, "Nothing is known of 2020-01-01"),
    ):
        with pytest.raises(Refused, match=told):
            order(manager, **changes)
    with pytest.raises(Forbidden):
        order(collector)
    assert (Event.objects.count(), Analysis.objects.count()) == (before, 0)


def test_a_day_before_the_first_item_has_nothing(company, world):
    assert shown(company, "book", date(2020, 1, 1)).status == "nothing"
