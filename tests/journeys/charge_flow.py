"""Crash scenario: the step of the cycle accrues, bills a month gone by, and follows a payment."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from dunwell.actions.cycle import run_step
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.cycle_steps import _accrue_charges
from dunwell.models import Company, Payment
from tests.actions.charge_desk import BILL, charges_policy, late
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY, add_customer

LATER = datetime(2026, 3, 6, 9, tzinfo=UTC)


def prepare():
    """A company that bills; one item is open, one was paid in part."""
    company = Company.objects.create(
        name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    charges_policy(company, BILL)
    for number in ("D1", "D2"):
        customer = add_customer(company, number, country="DE", party="company")
        item = late(customer, number, due_on=date(2025, 11, 30))
        money = payment(customer, f"P{number}", 4_000_00, value_on=date(2025, 12, 31))
        apply_payment(
            actor=system(company), payment=money, amounts={item: 4_000_00}, as_of=TODAY, at=AT
        )


def run():
    """Three days of the step; on the second a payment has come back."""
    company = Company.objects.get()
    for number in range(3):
        as_of = TODAY + timedelta(days=number)
        if number == 1 and not Payment.objects.filter(reverses__isnull=False).exists():
            money = Payment.objects.get(number="PD1")
            reverse_payment(
                actor=system(company), payment=money, reason="bounced", as_of=as_of, at=LATER
            )
        day = Day(actor=system(company), as_of=as_of, at=LATER)
        run_step(
            actor=day.actor, name="accrue_charges", work=partial(_accrue_charges, day),
            as_of=as_of, at=LATER,
        )  # fmt: skip
