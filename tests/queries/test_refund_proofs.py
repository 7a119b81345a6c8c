"""The proofs of refunds find every planted break with its row."""

import pytest
from django.db import connection

from dunwell.actions.payments import reverse_payment
from dunwell.actions.refunds import fail_refund
from dunwell.models import Payee, Refund
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.refund_rows import approved_payee, approved_refund, proposed_refund
from tests.conftest import AT, TODAY
from tests.queries.test_verify import unprotected

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def books(company, clerk, manager, customer):
    """One refund of every kind: of a payment, of a credit, taken back, bounced, proposed."""
    payee = approved_payee(clerk, manager, customer)
    money, bounced = payment(customer, "P1", 100_00), payment(customer, "P2", 9_00)
    credit = invoice(customer, "G1", -50_00)
    for source, amount in ((money, 40_00), (credit, 50_00), (money, 20_00), (bounced, 9_00)):
        approved_refund(clerk, manager, source, payee, amount)
    failed = Refund.objects.get(number="RF-3")
    fail_refund(actor=acting(manager), refund=failed, reason="closed", **ON)
    reverse_payment(actor=acting(clerk), payment=bounced, reason="no funds", **ON)
    proposed_refund(clerk, money, payee, 1_00)
    return company


def key(number):
    return Refund.objects.get(number=number).pk


PLANTED = [
    ("I9.refunds", "UPDATE dunwell_refund SET amount_minor = 3999 WHERE id = %s", "RF-1",
     ("{0}", "RF-1", "approved", "3999", "4000", "4000")),
    ("I9.refunds", "UPDATE dunwell_refund SET status = 'failed' WHERE id = %s", "RF-2",
     ("{0}", "RF-2", "failed")),
    ("I9.refunds", "UPDATE dunwell_refund SET status = 'paid' WHERE id = %s", "RF-3",
     ("{0}", "RF-3", "paid")),
    ("I9.refunds", "UPDATE dunwell_refund SET item_id = NULL, status = 'rejected' WHERE id = %s",
     "RF-1", (None, "RF-1", "no refund")),
    ("I9.refunds", ("UPDATE dunwell_allocation SET amount_minor = 3000 WHERE item_id = "
     "(SELECT item_id FROM dunwell_refund WHERE id = %s)"), "RF-1",
     ("{0}", "RF-1", "approved", "4000", "4000", "3000")),
    ("I9.payees", ("UPDATE dunwell_payee SET status = 'proposed', approver = '' "
     "WHERE id = (SELECT payee_id FROM dunwell_refund WHERE id = %s)"), "RF-1",
     ("{0}", "RF-1", "Acme", "proposed")),
    ("I9.payees", "UPDATE dunwell_refund SET currency = 'USD' WHERE id = %s", "RF-2",
     ("{0}", "RF-2", "Acme", "approved")),
]  # fmt: skip


def test_refunds_of_every_kind_are_clean(books):
    assert breaks(books) == {}


@pytest.mark.parametrize(
    ("name", "statement", "number", "row"), PLANTED, ids=[str(n) for n in range(len(PLANTED))]
)
def test_a_planted_break_is_found_with_its_row(books, name, statement, number, row):
    refund = key(number)

    unprotected(statement, refund)

    found = breaks(books)[name][0]
    expected = tuple(text and text.format(refund) for text in row)
    assert (
        tuple(None if e is None else f for e, f in zip(expected, found, strict=False)) == expected
    )


def test_an_amount_that_is_no_whole_number_is_found(books):
    if connection.vendor == "sqlite":
        unprotected("UPDATE dunwell_refund SET amount_minor = 10.5 WHERE id = %s", key("RF-1"))
        assert ("refund", str(key("RF-1")), "real") in breaks(books)["I34"]
    assert Payee.objects.count() == 1
