from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.queries.paid import PaidItemRow, paid_item_rows
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

VALUE_ON = TODAY - timedelta(days=1)
"""The value day of `ledger_rows.payment`."""


def test_settled_items_are_told_with_how_late_their_last_money_came(company, customer):
    late = invoice(
        customer,
        "R1",
        100_00,
        issued_on=TODAY - timedelta(days=40),
        due_on=TODAY - timedelta(days=8),
    )
    partly = invoice(customer, "R2", 50_00)
    invoice(add_customer(company, "K2"), "R3", 10_00)
    apply_payment(
        actor=system(company),
        payment=payment(customer, "P1", 120_00),
        amounts={late: 100_00, partly: 20_00},
        as_of=TODAY,
        at=AT,
    )

    assert paid_item_rows(company, customer.pk) == (
        PaidItemRow(
            item_id=late.pk, number="R1", due_on=late.due_on, paid_on=VALUE_ON, days_late=7
        ),
    )
