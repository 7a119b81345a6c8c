"""Crash scenario: a month is closed: money applied, journal made and taken over, period locked."""

from datetime import UTC, date, datetime, timedelta

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.journals import acknowledge_journal, make_journal
from dunwell.actions.payments import apply_payment
from dunwell.actions.periods import ask_unlock, decide_unlock, lock_period
from dunwell.actions.rates import set_rate
from dunwell.models import Company, Customer, Item, OpenItem, Payment, PeriodLock
from tests.actions.ledger_rows import invoice, payment

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
FEBRUARY = date(2026, 2, 28)
WHEN = {"as_of": DAY, "at": AT}


def prepare():
    """Dollar invoices of February, and what was paid of them in dollars and in euros."""
    company = add_company(
        name="Close", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    actor = system(company)
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    for days, ppm in ((40, 900_000), (9, 953_211)):
        set_rate(
            actor=actor, currency="USD", from_on=DAY - timedelta(days=days), rate_ppm=ppm,
            source="x", at=AT,
        )  # fmt: skip
    for number in range(4):
        day = date(2026, 2, 10 + number)
        invoice(customer, f"R{number}", 100_00 + number, currency="USD", issued_on=day, due_on=DAY)
        currency = ("USD", "EUR")[number % 2]
        payment(customer, f"P{number}", 100_00 + number, currency=currency, value_on=FEBRUARY)


def run():
    """Close February; run again after a crash it goes on where it was."""
    company = Company.objects.get()
    actor = system(company)
    for number in range(4):
        item, money = (
            Item.objects.get(number=f"R{number}"),
            Payment.objects.get(number=f"P{number}"),
        )
        if OpenItem.objects.filter(item=item).exists():
            amount = {item: item.amount_minor}
            paid = amount if money.currency != item.currency else None
            apply_payment(actor=actor, payment=money, amounts=amount, paid=paid, **WHEN)
    journal = make_journal(actor=actor, until_on=FEBRUARY, **WHEN)
    acknowledge_journal(actor=actor, journal=journal, receipt="GL-1", at=AT)
    if not PeriodLock.objects.exists():
        lock_period(actor=actor, until_on=FEBRUARY, reason="month end", **WHEN)
    make_journal(actor=actor, until_on=DAY, **WHEN)
    opened = PeriodLock.objects.filter(until_on=None)
    if not opened.exists():
        ask_unlock(actor=actor, until_on=None, reason="late invoice", **WHEN)
    for asked in opened.filter(status="asked"):
        decide_unlock(actor=actor, lock=asked, is_granted=True, reason="", at=AT)
