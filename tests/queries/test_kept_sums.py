"""Sums of a large book are told again until something is recorded, and never to another company."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.companies import add_company
from dunwell.actions.deliveries import note_delivery
from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.gate import debtor
from dunwell.actions.payments import apply_payment
from dunwell.actions.portal_views import note_view
from dunwell.actions.snoozes import snooze_customer
from dunwell.models import ChainHead
from dunwell.queries import delivery_board as delivery_board_of
from dunwell.queries import (
    dispute_board,
    dispute_cases,
    dispute_causes,
    home,
    kept_sums,
    limitation,
    limitation_frames,
    outlooks,
    worklist_sums,
)
from dunwell.queries.delivery_board import delivery_board
from dunwell.queries.dispute_board import CaseSum
from dunwell.queries.dispute_cases import CaseChoice
from dunwell.queries.dispute_causes import cause_page
from dunwell.queries.home import aging_figures
from dunwell.queries.kept_sums import KEPT, is_large, kept, of_large
from dunwell.queries.outlooks import customer_outlooks
from dunwell.queries.payments import payment_rows, payment_totals
from dunwell.queries.worklist_sums import day_plan, worklist_counts
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import TODAY, add_customer
from tests.portal.seats import seat_of
from tests.web.test_my_day import entry

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


@pytest.fixture
def _outside(monkeypatch):
    """As a page asks: outside any transaction, and nothing kept by whoever came before."""
    monkeypatch.setattr(kept_sums, "_kept", type(kept_sums._kept)())
    monkeypatch.setattr(kept_sums, "_may_be_taken_back", lambda: False)


def asked(company, told, *, what="sum", is_worth=True):
    """What is told when the work would tell something."""
    return kept(company, what, lambda: told, is_worth=lambda _: is_worth)


def recorded(company):
    """Another event of the company."""
    head = ChainHead.objects.get(company=company)
    ChainHead.objects.filter(pk=head.pk).update(seq=head.seq + 1)


@pytest.fixture
def companies(db):
    return [
        add_company(name=name, zone="UTC", country="DE", currency="EUR", language="en", at=AT)
        for name in ("Ours", "Theirs")
    ]


@pytest.mark.usefixtures("_outside")
def test_a_sum_is_told_again_until_something_is_recorded(companies):
    ours, theirs = companies
    with time_machine.travel(AT, tick=False):
        assert asked(ours, 1) == 1
        assert asked(ours, 2) == 1
        # another company's, and another question
        assert asked(theirs, 3) == 3
        assert asked(ours, 4, what="number") == 4
        recorded(ours)
        assert asked(ours, 5) == 5
        assert asked(theirs, 6) == 3
        # what is past is let go at once
        assert len(kept_sums._kept) == 3


@pytest.mark.usefixtures("_outside")
def test_a_sum_is_not_told_for_ever_nor_kept_when_small(companies):
    ours, _ = companies
    with time_machine.travel(AT, tick=False):
        assert asked(ours, 1, is_worth=False) == 1
        assert asked(ours, 2) == 2
    with time_machine.travel(AT + KEPT - timedelta(seconds=1), tick=False):
        assert asked(ours, 3) == 2
    with time_machine.travel(AT + KEPT, tick=False):
        assert asked(ours, 4) == 4


def test_inside_a_transaction_that_may_be_taken_back_nothing_is_kept(companies, monkeypatch):
    monkeypatch.setattr(kept_sums, "_kept", type(kept_sums._kept)())
    ours, _ = companies

    assert [asked(ours, 1), asked(ours, 2)] == [1, 2]
    assert not kept_sums._kept


@pytest.mark.usefixtures("_outside")
@pytest.mark.parametrize("customers", [1, 2])
def test_a_query_of_a_large_company_is_told_again_by_what_was_asked(
    company, monkeypatch, customers
):
    monkeypatch.setattr(kept_sums, "MANY_CUSTOMERS", 2)
    for n in range(customers):
        add_customer(company, f"K{n}")
    asked_of = []

    @of_large
    def query(company, *, by):
        """Return how often it was worked out."""
        asked_of.append(by)
        return len(asked_of)

    with time_machine.travel(AT, tick=False):
        told = [query(company, by=by) for by in ("a", "a", "b", "a")]
    is_kept = customers == 2
    assert is_large(company) is is_kept
    assert told == ([1, 1, 2, 1] if is_kept else [1, 2, 3, 4])
    assert query.__doc__ == "Return how often it was worked out."


@pytest.mark.usefixtures("_outside")
def test_the_sums_of_a_large_worklist_are_kept_until_somebody_acts(
    company, collector, monkeypatch
):
    for page in (worklist_sums, outlooks, home):
        for name in ("MANY_CUSTOMERS", "MANY_ITEMS"):
            monkeypatch.setattr(page, name, 0, raising=False)
    monkeypatch.setattr(kept_sums, "MANY_CUSTOMERS", 1)
    ours = [entry(add_customer(company, f"K{n}", collector=collector)) for n in range(2)]
    ids = [one.customer_id for one in ours]

    def told():
        return (
            worklist_counts(company, as_of=TODAY, user_id=collector.pk),
            day_plan(company, as_of=TODAY, user_id=collector.pk),
            customer_outlooks(company, ids),
            aging_figures(company, as_of=TODAY),
        )

    with time_machine.travel(AT, tick=False):
        counts, plan, *_ = first = told()
        assert (counts.mine, plan.customers) == (2, 2)
        # what is mine is kept by itself from the second time on
        assert told() == first
        with CaptureQueriesContext(connection) as again:
            assert told() == first
        asked = " ".join(query["sql"] for query in again.captured_queries)
        assert not any(table in asked for table in ("worklistentry", "itemprediction", "openitem"))
        snooze_customer(
            actor=acting(collector), customer=ours[0].customer, until_on=TODAY + timedelta(days=3),
            reason="", as_of=TODAY, at=AT,
        )  # fmt: skip
        counts, plan, *_ = told()
        assert (counts.mine, counts.snoozed, plan.customers) == (1, 1, 1)


@pytest.mark.usefixtures("_outside")
def test_a_large_worklist_is_counted_once_for_all_who_work_on_it(
    company, collector, manager, monkeypatch
):
    monkeypatch.setattr(worklist_sums, "MANY_CUSTOMERS", 0)
    for n, who in enumerate((collector, collector, manager, None)):
        entry(add_customer(company, f"K{n}", collector=who))
    people = (collector.pk, manager.pk, None)
    anew = []
    for one in people:
        kept_sums._kept.clear()
        anew.append(worklist_counts(company, as_of=TODAY, user_id=one))
    assert [(one.mine, one.all, one.unassigned) for one in anew] == [
        (2, 4, 1),
        (1, 4, 1),
        (0, 4, 1),
    ]
    counts = worklist_sums._counts
    asked = []
    monkeypatch.setattr(worklist_sums, "_counts", lambda *of: asked.append(of) or counts(*of))
    kept_sums._kept.clear()
    with time_machine.travel(AT, tick=False):
        told = [worklist_counts(company, as_of=TODAY, user_id=one) for one in people * 2]
    assert told == anew * 2
    assert len(asked) == 1


@pytest.mark.usefixtures("_outside")
def test_the_totals_of_a_large_board_of_deliveries_are_kept_until_more_is_known(
    company, customer, collector, monkeypatch
):
    monkeypatch.setattr(delivery_board_of, "SMALL", 0)
    monkeypatch.setattr(delivery_board_of, "MANY_ITEMS", 0)
    items = [invoice(customer, f"R{n}", 1_00) for n in range(2)]

    def told():
        totals = delivery_board(company, as_of=TODAY).totals
        return [(one.state, one.items, one.open_minor) for one in totals]

    with time_machine.travel(AT, tick=False):
        assert told() == [("issued", 2, 2_00)]
        with CaptureQueriesContext(connection) as again:
            assert told() == [("issued", 2, 2_00)]
        assert not any("SUM(" in query["sql"] for query in again.captured_queries)
        note_delivery(
            actor=acting(collector), item=items[0], stage="received", on=TODAY, as_of=TODAY, at=AT
        )
        assert told() == [("issued", 1, 1_00), ("received", 1, 1_00)]
        seat = seat_of(customer)
        note_view(
            actor=debtor(seat), customer=customer, seat=seat, item=items[1], kind="item",
            as_of=TODAY, at=AT,
        )  # fmt: skip
        assert told() == [("opened", 1, 1_00), ("received", 1, 1_00)]


@pytest.mark.usefixtures("_outside")
def test_what_many_dispute_cases_come_to_is_kept_until_one_is_over(
    company, customer, manager, monkeypatch
):
    for page in (dispute_board, dispute_cases, dispute_causes):
        monkeypatch.setattr(page, "MANY_ITEMS", 0)
    monkeypatch.setattr(dispute_board, "MOST", 0)
    cases = [case_over(invoice(customer, f"R{n}", 100_00 * n), 40_00 * n) for n in (1, 2, 3)]

    def told():
        columns = dispute_board.case_board(company, CaseChoice(), as_of=TODAY)
        return (
            [(one.status, one.count, one.sums) for one in columns if one.count],
            [[(row.number, row.amounts) for row in one.rows] for one in columns if one.count],
            dispute_board.case_sums(company, CaseChoice(), as_of=TODAY),
            dispute_cases.case_counts(company, user_id=manager.pk, as_of=TODAY).open,
            cause_page(
                company, since=TODAY, until=TODAY + timedelta(days=1), as_of=TODAY
            ).open_minor,
        )

    with time_machine.travel(AT, tick=False):
        columns, cards, sums, count, disputed = first = told()
        three = (CaseSum(currency="EUR", open_minor=240_00, cases=3),)
        assert (sums, count, disputed) == (three, 3, 240_00)
        assert columns == [("new", 3, three)]
        assert [[(number, one.open_minor) for number, (one,) in rows] for rows in cards] == [
            [("D-000001", 40_00), ("D-000002", 80_00), ("D-000003", 120_00)]
        ]
        with CaptureQueriesContext(connection) as again:
            assert told() == first
        asked = [query["sql"] for query in again.captured_queries]
        assert not any("COUNT(" in sql or "case_id IN (SELECT" in sql for sql in asked)
        withdraw_case(actor=acting(manager), case=cases[1], reason="found", as_of=TODAY, at=AT)
        two = (CaseSum(currency="EUR", open_minor=160_00, cases=2),)
        columns, _, *rest = told()
        assert (columns, rest) == ([("new", 2, two)], [two, 2, 160_00])


@pytest.mark.usefixtures("_outside")
def test_the_sums_of_many_payments_are_kept_until_one_is_used(
    company, customer, clerk, monkeypatch
):
    monkeypatch.setattr(kept_sums, "MANY_CUSTOMERS", 1)
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 60_00)

    def left():
        (total,) = payment_totals(company, scope="all")
        assert total.unapplied_minor == sum(
            row.unapplied_minor for row in payment_rows(company, scope="all").rows
        )
        return total.unapplied_minor

    with time_machine.travel(AT, tick=False):
        assert left() == 60_00
        with CaptureQueriesContext(connection) as again:
            payment_totals(company, scope="all")
        assert not any("dunwell_payment" in query["sql"] for query in again.captured_queries)
        apply_payment(
            actor=acting(clerk), payment=money, amounts={item: 45_00}, as_of=TODAY, at=AT
        )
        assert left() == 15_00


@pytest.mark.usefixtures("_outside")
def test_when_many_claims_lapse_is_kept_until_money_comes(company, customer, clerk, monkeypatch):
    monkeypatch.setattr(kept_sums, "_frames", type(kept_sums._frames)())
    for page in (limitation, limitation_frames):
        monkeypatch.setattr(page, "MANY_ITEMS", 1)
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 60_00)

    def claimed():
        book = limitation.limitation_book(company, as_of=TODAY)
        (row,) = limitation.limitation_page(company, book, as_of=TODAY).rows
        assert [one.claim_minor for one in book.totals] == [row.claim_minor]
        return row.claim_minor

    with time_machine.travel(AT, tick=False):
        assert claimed() == 100_00
        with CaptureQueriesContext(connection) as again:
            limitation.limitation_book(company, as_of=TODAY)
        assert not any("openitem" in query["sql"] for query in again.captured_queries)
        apply_payment(
            actor=acting(clerk), payment=money, amounts={item: 45_00}, as_of=TODAY, at=AT
        )
        assert claimed() == 55_00
