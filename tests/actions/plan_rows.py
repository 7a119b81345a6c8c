"""Short builders for payment plans, made by the people who may."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.plan_steps import judge_plans
from dunwell.actions.plans import accept_plan
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import PaymentPlan, PolicyVersion
from tests.actions.desk import acting
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY

FIRST = TODAY + timedelta(days=4)
"""Monday 9 March 2026."""

CHARGED = """\
plans:
  name: plans
  valid_from: 2026-01-01
  concession_ppm: 100000
  interest: {method: declining, rate_ppm: 90000}
  fee_minor: 1500
  months: 24
"""
"""A policy that asks for interest and a fee, and lets a tenth be given up."""


def policy(company, text=CHARGED, **changes):
    """The company's own plans policy, in force; `changes` are lines that replace others."""
    from dunwell.formats.policies import read_policy

    for name, value in changes.items():
        kept = [line for line in text.splitlines() if not line.startswith(f"  {name}:")]
        text = "\n".join([*kept, f"  {name}: {value}", ""])
    document = read_policy(text)
    return PolicyVersion.objects.create(
        company=company, kind="plans", name="plans",
        version=PolicyVersion.objects.filter(company=company, kind="plans").count() + 1,
        text=text, document={}, valid_from=document.document["plans"]["valid_from"],
        status="published", author="mona", approver="ada", recorded_at=AT, published_at=AT,
    )  # fmt: skip


def wish(number=3, **changes):
    """Three instalments a month apart from FIRST on."""
    return PlanWish(**{"frequency": "monthly", "number": number, "first_on": FIRST, **changes})


def proposed(user, items, asked=None, **changes):
    """A plan over the items, by default of three months."""
    values = {"reason": "slow season", "as_of": TODAY, "at": AT, **changes}
    return propose_plan(
        actor=acting(user), customer=items[0].customer, items=items, wish=asked or wish(), **values
    )


def accepted(user, items, asked=None, **changes):
    """A plan over the items that runs."""
    plan = proposed(user, items, asked, **changes)
    return accepted_offer(user, plan)


def accepted_offer(user, plan, **changes):
    """The offer accepted by somebody of the customer's."""
    values = {
        "name": "Wile E.", "role": "owner", "address": "192.0.2.7", "sha256": plan.terms_sha256,
        "as_of": TODAY, "at": AT, **changes,
    }  # fmt: skip
    accept_plan(actor=acting(user), plan=plan, **values)
    return PaymentPlan.objects.get(pk=plan.pk)


def paid(customer, number, amounts, on):
    """Money that came on a day, put on items."""
    money = payment(customer, number, sum(amounts.values()), value_on=on, as_of=on)
    apply_payment(actor=system(customer.company), payment=money, amounts=amounts, as_of=on, at=AT)
    return money


def judged(company, on):
    """The day's verdict; how much changed."""
    return judge_plans(actor=system(company), as_of=on, at=AT)


def told(plan):
    """The instalments as (status, paid)."""
    rows = plan.instalments.order_by("number").values_list("status", "paid_minor")
    return list(rows)


def status_of(plan):
    """The plan's status now."""
    return PaymentPlan.objects.get(pk=plan.pk).status
