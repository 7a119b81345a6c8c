"""Short builders for payees and refunds, made by the people who may."""

from dunwell.actions.payees import approve_payee, propose_payee
from dunwell.actions.refunds import approve_refund, propose_refund
from tests.actions.desk import acting
from tests.conftest import AT, TODAY

IBAN = "DE89370400440532013000"


def proposed_payee(clerk, customer, **changes):
    """An account of the customer, proposed and not approved."""
    values = {
        "name": "Acme", "account": IBAN, "bic": "COBADEFFXXX", "evidence": "letter of 2026-03-01",
        "as_of": TODAY, "at": AT, **changes,
    }  # fmt: skip
    return propose_payee(actor=acting(clerk), customer=customer, **values)


def approved_payee(clerk, manager, customer, **changes):
    """An account of the customer money may go to."""
    payee = proposed_payee(clerk, customer, **changes)
    approve_payee(actor=acting(manager), payee=payee, at=AT)
    payee.refresh_from_db()
    return payee


def proposed_refund(clerk, source, payee, amount_minor, **changes):
    """A refund that waits for approval."""
    values = {"reason": "paid twice", "as_of": TODAY, "at": AT, **changes}
    return propose_refund(
        actor=acting(clerk), source=source, payee=payee, amount_minor=amount_minor, **values
    )


def approved_refund(clerk, manager, source, payee, amount_minor, **changes):
    """A refund that was approved, and its item."""
    refund = proposed_refund(clerk, source, payee, amount_minor, **changes)
    approve_refund(actor=acting(manager), refund=refund, as_of=TODAY, at=AT)
    refund.refresh_from_db()
    return refund
