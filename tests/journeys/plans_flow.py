"""Crash scenario: a plan is proposed, accepted, fails, is cured, replaced and paid."""

from datetime import UTC, date, datetime

from dunwell.actions.companies import add_company
from dunwell.actions.gate import Actor, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.plan_proposals import propose_plan, renegotiate_plan
from dunwell.actions.plan_steps import judge_plans
from dunwell.actions.plans import accept_plan
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import Company, Customer, Event, Item, OpenItem, Payment, PaymentPlan
from tests.actions.ledger_rows import invoice, payment
from tests.actions.plan_rows import policy, wish

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY, FAILED, CURED = date(2026, 3, 5), date(2026, 4, 8), date(2026, 4, 10)


def prepare():
    """An invoice, a policy with charges, and money that comes later."""
    company = add_company(
        name="Plans", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    policy(company)
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    invoice(customer, "R1", 900_00)
    payment(customer, "P1", 400_00, value_on=CURED, as_of=CURED)


def run():
    """Go through a plan's life; run again after a crash it goes on where it was."""
    company = Company.objects.get()
    role = "credit_manager"
    person = Actor(company=company, name="mona", roles=frozenset({role}), rights=ROLE_RIGHTS[role])
    item, customer = Item.objects.get(number="R1"), Customer.objects.get()
    asked = wish(concession_minor=9_00)
    if not PaymentPlan.objects.exists():
        propose_plan(actor=person, customer=customer, items=[item], wish=asked, as_of=DAY, at=AT)
    plan = PaymentPlan.objects.get(number="PP-1")
    if plan.status == "offered":
        _accept(person, plan, DAY)
    # days only go on: a day that was judged is not judged again after a later one
    if not _told("plan.defaulted"):
        judge_plans(actor=system(company), as_of=FAILED, at=AT)
    money = Payment.objects.get(number="P1")
    if not money.allocations.exists():
        on = {"as_of": CURED, "at": AT}
        apply_payment(actor=system(company), payment=money, amounts={item: 400_00}, **on)
    if not _told("plan.cured"):
        judge_plans(actor=system(company), as_of=CURED, at=AT)
    if not PaymentPlan.objects.filter(number="PP-2").exists():
        renegotiate_plan(actor=person, plan=plan, wish=wish(2, first_on=CURED), as_of=CURED, at=AT)
    second = PaymentPlan.objects.get(number="PP-2")
    if second.status == "offered":
        _accept(person, second, CURED)
    _pay_all(company, customer)
    judge_plans(actor=system(company), as_of=CURED, at=AT)


def _told(verb):
    return Event.objects.filter(verb=verb).exists()


def _accept(person, plan, day):
    accept_plan(actor=person, plan=plan, name="W", sha256=plan.terms_sha256, as_of=day, at=AT)


def _pay_all(company, customer):
    """Pay each item that is open, by a payment of its own."""
    on = {"as_of": CURED, "at": AT}
    for row in OpenItem.objects.order_by("item"):
        number = f"A{row.item.number}"
        money = Payment.objects.filter(number=number).first() or payment(
            customer, number, row.open_minor, value_on=CURED, as_of=CURED
        )
        apply_payment(
            actor=system(company), payment=money, amounts={row.item: row.open_minor}, **on
        )
