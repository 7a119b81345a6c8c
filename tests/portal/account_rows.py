"""An account with something of every kind, for tests of the debtor's pages."""

from datetime import date

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY

OLD = {"issued_on": date(2026, 1, 5), "due_on": date(2026, 2, 4)}


def filled(customer):
    """Overdue R1 (60.00 of 100.00 open), R2 due later, credit G1, settled R3, 5.00 on account."""
    first = invoice(customer, "R1", 100_00, reference="PO-77", **OLD)
    later = invoice(customer, "R2", 250_00)
    credit = invoice(customer, "G1", -20_00, **OLD)
    settled = invoice(customer, "R3", 80_00, **OLD)
    paid = payment(customer, "Z1", 125_00, reference="RF your invoices")
    apply_payment(
        actor=system(customer.company),
        payment=paid,
        amounts={first: 40_00, settled: 80_00},
        as_of=TODAY,
        at=AT,
    )
    return {"first": first, "later": later, "credit": credit, "settled": settled, "paid": paid}
