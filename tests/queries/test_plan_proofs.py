"""The proofs of payment plans find every planted break with its plan."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dunwell.actions.plans import cancel_plan
from dunwell.models import PaymentPlan, PlanItem
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.plan_rows import accepted_offer, judged, paid, policy, proposed
from tests.conftest import AT, TODAY
from tests.queries.test_verify import unprotected


@pytest.fixture
def books(company, manager, customer):
    """A plan of every kind: running, in default, completed, cancelled, offered."""
    policy(company)
    plans = {}
    for number, kind in enumerate(("failed", "paid", "gone", "running", "offered"), 1):
        item = invoice(customer, f"R{number}", 300_00)
        plan = proposed(manager, [item])
        if kind != "offered":
            plans[kind] = accepted_offer(manager, plan)
    lines = plans["paid"].lines.select_related("item")
    paid(customer, "P1", {line.item: line.amount_minor for line in lines}, TODAY)
    on = {"as_of": TODAY, "at": AT}
    cancel_plan(actor=acting(manager), plan=plans["gone"], reason="typo", **on)
    running = plans["running"].lines.select_related("item")
    paid(customer, "P2", {line.item: line.amount_minor - 1 for line in running}, TODAY)
    judged(company, date(2026, 4, 20))
    return company


def test_plans_of_every_kind_are_clean(books):
    statuses = PaymentPlan.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["defaulted", "completed", "cancelled", "active", "expired"]
    assert breaks(books) == {}


PLANTED = [
    ("I19.plans", ("UPDATE dunwell_planinstalment SET amount_minor = amount_minor + 1 "
     "WHERE number = 1 AND plan_id = %s"), "PP-5"),
    ("I19.plans", "UPDATE dunwell_paymentplan SET concession_minor = 1 WHERE id = %s", "PP-2"),
    ("I19.plans", "DELETE FROM dunwell_planinstalment WHERE plan_id = %s", "PP-3"),
    ("I19.plans", "UPDATE dunwell_planitem SET amount_minor = 1 WHERE plan_id = %s", "PP-4"),
    ("I19.plans", "UPDATE dunwell_planinstalment SET interest_minor = 0 WHERE plan_id = %s",
     "PP-1"),
    ("I19.plan_debt", "UPDATE dunwell_planitem SET amount_minor = 90000 WHERE plan_id = %s",
     "PP-4"),
    ("I19.plan_debt", "UPDATE dunwell_paymentplan SET currency = 'USD' WHERE id = %s", "PP-4"),
    ("I19.plan_items", "UPDATE dunwell_planitem SET is_live = FALSE WHERE plan_id = %s", "PP-4"),
    ("I19.plan_items", "UPDATE dunwell_paymentplan SET status = 'cancelled' WHERE id = %s",
     "PP-4"),
    ("I19.plan_items", "UPDATE dunwell_paymentplan SET status = 'active' WHERE id = %s", "PP-5"),
    ("I19.plan_items", ("DELETE FROM dunwell_hold WHERE note = (SELECT number FROM "
     "dunwell_paymentplan WHERE id = %s)"), "PP-4"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "statement", "number"), PLANTED, ids=[str(n) for n in range(len(PLANTED))]
)
def test_a_planted_break_is_found_with_its_plan(books, name, statement, number):
    unprotected(statement, PaymentPlan.objects.get(number=number).pk)
    assert {row[1] for row in breaks(books)[name]} == {number}


def test_an_item_of_two_plans_cannot_even_be_written(books):

    line = PlanItem.objects.filter(plan__number="PP-4").order_by("pk")[0]
    other = PaymentPlan.objects.get(number="PP-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(plan=other, item=line.item, amount_minor=1, is_live=True)
