"""A ledger that grows between two refreshes of its mirror, for the crash harness; read apart."""

import narwhals.stable.v2 as nw

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import apply_payment
from dunwell.jobs.mirror import refresh_mirror
from dunwell.models import Company, Customer, Item, Payment
from dunwell.queries import frames
from dunwell.queries.mirror import standing_mirror
from dunwell.queries.whole_ledger import whole_allocations, whole_items, whole_payments
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

PAIRS = (
    (whole_items, frames.items_frame),
    (whole_allocations, frames.allocations_frame),
    (whole_payments, frames.payments_frame),
)


def prepare():
    """A company with two customers, an invoice and a payment of it."""
    company = add_company(
        name="Crash", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    first, _ = (add_customer(company, number) for number in ("K1", "K2"))
    debit, money = invoice(first, "R1", 100_00), payment(first, "P1", 50_00)
    apply_payment(actor=system(company), payment=money, amounts={debit: 20_00}, as_of=TODAY, at=AT)


def run():
    """Mirror, write on, mirror again; every reading says what the ledger says."""
    company = Company.objects.get(name="Crash")
    refresh_mirror(company, at=AT)
    compare(company)
    first, second = Customer.objects.filter(company=company).order_by("number")
    for number in ("R2", "R3"):
        if not Item.objects.filter(number=number).exists():
            invoice(second, number, 70_00)
    if not Payment.objects.filter(number="P2").exists():
        payment(first, "P2", 30_00)
    assign_payer(
        actor=system(company),
        payment=Payment.objects.get(number="P2"),
        customer=second,
        reason="told",
        as_of=TODAY,
        at=AT,
    )
    compare(company)
    refresh_mirror(company, at=AT)
    compare(company)
    assert standing_mirror(company).damaged() == []


def compare(company):
    """Stop where the mirror reads otherwise than the ledger."""
    for mirrored, ledger in PAIRS:
        found, wanted = (sorted(_rows(read(company)), key=str) for read in (mirrored, ledger))
        assert found == wanted, (found, wanted)


def _rows(frame):
    return nw.to_native(frame).collect().rows()
