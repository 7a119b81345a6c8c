"""The proofs of settlements, approvals and incentives find every planted break."""

import pytest

from dunwell.actions.approvals import decide_approval
from dunwell.actions.settlements import decline_settlement
from dunwell.models import ApprovalRequest, Incentive, Settlement
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.settlement_rows import ON, accepted, end, pay, proposed
from tests.actions.test_incentives import grant, paid_items, running
from tests.conftest import add_customer
from tests.queries.test_verify import unprotected

__all__ = ["running"]


@pytest.fixture
def books(company, collector, manager, running):
    """A settlement of every kind: done, accepted, declined, waiting, approved; and a rebate."""
    items = [invoice(add_customer(company, f"S{n}"), f"R{n}", 1_000_00) for n in range(1, 6)]
    accepted(collector, items[0:1])
    pay(items[0].customer, "P1", {items[0]: 970_00})
    end(company)
    accepted(collector, items[1:2])
    declined = proposed(collector, items[2:3])
    decline_settlement(actor=acting(collector), settlement=declined, reason="no", **ON)
    proposed(collector, items[3:4], 800_00)
    proposed(collector, items[4:5], 800_00)
    last = ApprovalRequest.objects.order_by("-pk")[0]
    decide_approval(actor=acting(manager), request=last, approve=True, reason="", **ON)
    running()
    customer = add_customer(company, "I1")
    invoice(customer, "T", 500_00)
    paid_items(customer, "A", "B")
    assert grant(company) == 1
    return company


def test_settlements_of_every_kind_are_clean(books):
    statuses = Settlement.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["completed", "accepted", "rejected", "pending", "offered"]
    assert breaks(books) == {}


ONE = " WHERE id = %s"
OF = " WHERE settlement_id = %s"
SUMS, CONCESSIONS, ITEMS = "I20.settlements", "I20.concessions", "I20.settlement_items"
PLANTED = [
    (SUMS, "UPDATE dunwell_settlementitem SET open_minor = 1" + OF, "ST-4"),
    (SUMS, "UPDATE dunwell_settlementitem SET concession_minor = 1" + OF, "ST-2"),
    (SUMS, "UPDATE dunwell_settlementitem SET concession_minor = 5000000" + OF, "ST-1"),
    (CONCESSIONS, "UPDATE dunwell_settlementitem SET concession_minor = 1" + OF, "ST-1"),
    (CONCESSIONS, "UPDATE dunwell_settlementitem SET adjustment_id = NULL" + OF, "ST-1"),
    (CONCESSIONS, "UPDATE dunwell_settlement SET status = 'expired'" + ONE, "ST-1"),
    (CONCESSIONS, "UPDATE dunwell_settlement SET currency = 'USD'" + ONE, "ST-2"),
    (ITEMS, "UPDATE dunwell_settlementitem SET is_live = FALSE" + OF, "ST-2"),
    (ITEMS, "UPDATE dunwell_settlement SET status = 'offered'" + ONE, "ST-3"),
    (ITEMS, ("DELETE FROM dunwell_hold WHERE note = (SELECT number FROM dunwell_settlement "
     "WHERE id = %s)"), "ST-2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "statement", "number"), PLANTED, ids=[str(n) for n in range(len(PLANTED))]
)
def test_a_planted_break_is_found_with_its_settlement(books, name, statement, number):
    unprotected(statement, Settlement.objects.get(number=number).pk)
    assert {row[1] for row in breaks(books)[name]} == {number}


def test_an_approval_of_one_s_own_and_a_rebate_beyond_the_budget_are_found(books):
    asked = ApprovalRequest.objects.filter(subject="settlement", status="approved")
    asked.update(requested_by="mona via erp")
    Incentive.objects.update(budget_minor=1)
    found = breaks(books)
    assert set(found) == {"I20.approvals", "I20.rebates"}
    assert found["I20.rebates"][0][1] == "Early birds"
    Incentive.objects.update(budget_minor=10_00)
    assert set(breaks(books)) == {"I20.approvals"}
