"""Crash scenario: a settlement is asked for, approved, accepted, paid and taken back; a rebate."""

from datetime import UTC, date, datetime, timedelta

from dunwell.actions.approvals import decide_approval
from dunwell.actions.companies import add_company
from dunwell.actions.gate import Actor, system
from dunwell.actions.incentives import grant_incentives, propose_incentive
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.settlement_steps import end_settlements
from dunwell.actions.settlements import accept_settlement, propose_settlement
from dunwell.engine.incentives import IncentiveTerms
from dunwell.models import (
    ApprovalRequest,
    Company,
    Customer,
    Incentive,
    Item,
    Membership,
    Payment,
    Settlement,
    User,
)
from tests.actions.ledger_rows import invoice, payment

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)
PAID, BACK = DAY + timedelta(days=3), DAY + timedelta(days=6)
ON = {"as_of": DAY, "at": AT}


def prepare():
    """Two people, an invoice to settle, its money, and a streak that earns a rebate."""
    company = add_company(
        name="Deals", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    for name in ("anna", "mona"):
        Membership.objects.create(
            company=company, user=User.objects.create_user(name), role="credit_manager"
        )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    invoice(customer, "R1", 900_00)
    payment(customer, "P1", 600_00, value_on=PAID, as_of=PAID)
    for number in ("S1", "S2"):
        item = invoice(customer, number, 100_00)
        money = payment(customer, f"P-{number}", 100_00, value_on=DAY)
        apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **ON)
    invoice(customer, "T1", 500_00)


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company, item = Company.objects.get(), Item.objects.get(number="R1")
    anna, mona = (_acting(company, name) for name in ("anna", "mona"))
    if not Settlement.objects.exists():
        propose_settlement(
            actor=anna, customer=item.customer, items=[item], pay_minor=600_00,
            pay_by_on=PAID, reason="insolvency looms", **ON,
        )  # fmt: skip
    if not Incentive.objects.exists():
        terms = IncentiveTerms(
            name="Early birds", kind="rebate", streak=2, currency="EUR", budget_minor=10_00,
            reward_ppm=10_000, control_ppm=0, from_on=DAY, until_on=DAY + timedelta(days=60),
        )  # fmt: skip
        propose_incentive(actor=anna, terms=terms, reason="less lateness", **ON)
    for request in ApprovalRequest.objects.filter(status="open").order_by("pk"):
        decide_approval(actor=mona, request=request, approve=True, reason="", **ON)
    settlement = Settlement.objects.get()
    if settlement.status == "offered":
        accept_settlement(actor=anna, settlement=settlement, name="Pat", **ON)
    money = Payment.objects.get(number="P1")
    on = {"as_of": PAID, "at": AT}
    if not money.allocations.exists():
        apply_payment(actor=system(company), payment=money, amounts={item: 600_00}, **on)
    grant_incentives(actor=system(company), as_of=PAID, at=AT)
    end_settlements(actor=system(company), as_of=PAID, at=AT)
    if not Payment.objects.filter(reverses=money).exists():
        reverse_payment(actor=system(company), payment=money, reason="AC04", as_of=BACK, at=AT)
    end_settlements(actor=system(company), as_of=BACK, at=AT)


def _acting(company, name):
    role, user = "credit_manager", User.objects.get(username=name)
    return Actor(
        company=company, name=name, user_id=user.pk, roles=frozenset({role}),
        rights=ROLE_RIGHTS[role],
    )  # fmt: skip
