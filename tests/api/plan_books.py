"""Payment plans in every state that a call needs one in."""

from datetime import timedelta

from dunwell.actions.gate import Actor, system
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.plan_steps import judge_plans
from dunwell.actions.plans import accept_plan
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import PaymentPlan
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer

LONG_AGO, FAILED_ON = timedelta(days=75), timedelta(days=20)


def terms(today):
    """Three instalments a month apart."""
    return {"frequency": "monthly", "number": 3, "first_on": str(today)}


def keep_plans(company, tag="", *, today, at):
    """Add an offer, a plan that runs and two in default; return path parameter -> key."""
    planner = Actor(
        company=company,
        name="planner",
        roles=frozenset({"credit_manager"}),
        rights=ROLE_RIGHTS["credit_manager"],
    )
    customer = add_customer(company, f"PLAN{tag}")
    items, keys = {}, {}
    for name, began in (
        ("plan_id", today),
        ("running_plan_id", today),
        ("failed_plan_id", today - LONG_AGO),
        ("cured_plan_id", today - LONG_AGO),
    ):
        on = {"as_of": began, "at": at}
        items[name] = invoice(customer, name, 900_00, issued_on=began, due_on=began, **on)
        wish = PlanWish(frequency="monthly", number=2, first_on=began)
        plan = propose_plan(actor=planner, customer=customer, items=[items[name]], wish=wish, **on)
        keys[name] = plan.pk
        if name != "plan_id":
            accept_plan(actor=planner, plan=plan, name="W", sha256=plan.terms_sha256, **on)
    judge_plans(actor=system(company), as_of=today - FAILED_ON, at=at)
    on = {"as_of": today, "at": at}
    money = record_payment(
        actor=system(company), customer=customer, number=f"PLAN{tag}", currency="EUR",
        amount_minor=900_00, value_on=today, **on,
    )  # fmt: skip
    amounts = {items["cured_plan_id"]: 900_00}
    apply_payment(actor=system(company), payment=money, amounts=amounts, **on)
    return {
        **keys,
        "plan_currency": "EUR",
        "plan_minor": 900_00,
        "covered_minor": 900_00,
        "plan_customer_id": customer.pk,
        "free_item_id": invoice(customer, "free", 900_00, issued_on=today, due_on=today, **on).pk,
        "plan_sha256": PaymentPlan.objects.get(pk=keys["plan_id"]).terms_sha256,
    }
