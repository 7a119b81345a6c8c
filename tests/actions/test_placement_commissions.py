"""Commission an agency kept is given up on its placement's items, so that gross settles them."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.adjustments import reverse_adjustment
from dunwell.actions.allocations import live
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.placement_reports import reconcile_reports
from dunwell.models import Adjustment, Allocation
from tests.actions.ledger_rows import breaks, open_amounts, payment, postings
from tests.actions.placement_rows import ON, agency, collected, ready, running
from tests.conftest import add_customer, examples
from tests.queries.test_verify import unprotected


def reconciled(company, money, *reports):
    return reconcile_reports(actor=system(company), payment=money, reports=reports, **ON)


def remitted(company, placement, money, gross, reference="M-1", **changes):
    report = collected(company, placement, gross, reference, **changes)
    reconciled(company, money, report)
    return report


def given_up(company):
    rows = live(Allocation.objects.filter(company=company, adjustment__kind="commission"))
    return [(row.item.number, row.amount_minor) for row in rows]


@pytest.mark.parametrize("is_paid_first", [True, False])
def test_net_and_commission_settle_the_items_in_whatever_order_they_are_booked(
    company, collector, customer, is_paid_first
):
    items = ready(customer, "R1", "R2")
    placement = running(company, collector, items, agency(company))
    bank = payment(add_customer(company, "AGENCY"), "P1", 960_00)
    parts = {items[0]: 600_00, items[1]: 360_00} if is_paid_first else {}
    if parts:
        apply_payment(actor=system(company), payment=bank, amounts=parts, **ON)
    remitted(company, placement, bank, 1_200_00)
    assert given_up(company) == [("R2" if is_paid_first else "R1", 240_00)]
    if not parts:
        left = {items[0]: 360_00, items[1]: 600_00}
        apply_payment(actor=system(company), payment=bank, amounts=left, **ON)
    assert open_amounts(company) == {}
    row = Allocation.objects.get(adjustment__kind="commission")
    assert postings("allocation", row) == [("commission", 240_00), ("receivable", -240_00)]
    assert row.adjustment.reason == "PL-1: commission kept by Collecta"
    assert breaks(company) == {}


def test_the_same_reconciliation_again_gives_nothing_up_again_and_direct_money_nothing_at_all(
    company, collector, customer
):
    placement = running(company, collector, ready(customer, "R1"), agency(company))
    bank, own = payment(add_customer(company, "A"), "P1", 80_00), payment(customer, "P2", 50_00)
    report = remitted(company, placement, bank, 100_00)
    assert reconciled(company, bank, report) == 0
    remitted(company, placement, own, 50_00, "D-1", kind="direct")
    assert given_up(company) == [("R1", 20_00)]
    assert open_amounts(company) == {"R1": 580_00}
    with pytest.raises(Refused, match="taken back when the agency reports"):
        reverse_adjustment(
            actor=system(company), adjustment=Adjustment.objects.get(), reason="no", **ON
        )
    assert breaks(company) == {}


def test_money_that_came_back_takes_its_commission_back(company, collector, customer):
    placement = running(company, collector, ready(customer, "R1"), agency(company))
    bank = payment(add_customer(company, "A"), "P1", 500_00)
    remitted(company, placement, bank, 100_00)
    back = collected(company, placement, -50_00, "M-2")
    reconciled(company, bank, back)
    assert given_up(company) == [("R1", 10_00)]
    assert open_amounts(company) == {"R1": 590_00}
    free = collected(company, placement, 100_00, "M-3", commission_minor=0)
    gone = collected(company, placement, -100_00, "M-4")
    with pytest.raises(Refused, match="20.00 EUR of commission would come back on PL-1, but only"):
        reconciled(company, bank, free, gone)
    assert breaks(company) == {}


def test_a_commission_of_more_than_is_open_is_refused_and_says_what_to_do(
    company, collector, customer
):
    (item,) = ready(customer, "R1")
    placement = running(company, collector, [item], agency(company))
    twice = payment(customer, "P0", 590_00)
    apply_payment(actor=system(company), payment=twice, amounts={item: 590_00}, **ON)
    bank = payment(add_customer(company, "A"), "P1", 80_00)
    with pytest.raises(Refused, match=r"kept 20.00 EUR of PL-1, but only 10.00 EUR are open"):
        remitted(company, placement, bank, 100_00)
    assert given_up(company) == [] and breaks(company) == {}


def test_a_planted_break_is_found_with_its_placement(company, collector, customer):
    placement = running(company, collector, ready(customer, "R1"), agency(company))
    remitted(company, placement, payment(add_customer(company, "A"), "P1", 80_00), 100_00)
    unprotected("UPDATE dunwell_adjustment SET reason = 'gone' WHERE id > %s", 0)
    assert [row[1] for row in breaks(company)["D12.commissions"]] == ["PL-1"]


@examples(6, release=30)
@given(st.lists(st.integers(-300_00, 300_00).filter(bool), min_size=1, max_size=6))
def test_gross_is_what_the_net_and_the_commission_take_off_the_items(
    company, collector, customer, moves
):
    customer.refresh_from_db()
    with transaction.atomic():
        items = ready(customer, "R1", "R2")
        placement = running(company, collector, items, agency(company))
        bank = payment(add_customer(company, "A"), "P1", 2_000_00)
        for number, gross in enumerate(moves):
            try:
                with transaction.atomic():
                    remitted(company, placement, bank, gross, f"M-{number}")
            except Refused:
                continue
        reports = list(placement.reports.exclude(payment=None))
        given = sum(minor for _, minor in given_up(company))
        assert given == sum(one.commission_minor for one in reports)
        gross = sum(one.gross_minor for one in reports)
        net = sum(one.net_minor for one in reports)
        assert sum(open_amounts(company).values()) - net == 1_200_00 - gross
        assert breaks(company) == {}
        transaction.set_rollback(True)
