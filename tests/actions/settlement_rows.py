"""Short builders for settlements, made by the real actions."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.settlement_steps import end_settlements
from dunwell.actions.settlements import accept_settlement, propose_settlement
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY

PAY_BY = TODAY + timedelta(days=10)
ON = {"as_of": TODAY, "at": AT}


def two_items(customer):
    """An older item of 600 and a newer one of 400, both past due."""
    return [
        invoice(customer, number, minor, issued_on=TODAY - timedelta(days=days + 30),
                due_on=TODAY - timedelta(days=days))
        for number, minor, days in (("R1", 600_00, 120), ("R2", 400_00, 60))
    ]  # fmt: skip


def proposed(user, items, pay_minor=970_00, **changes):
    """A settlement of the items; 970 of 1,000 is within a collector's authority."""
    facts = {
        "customer": changes.pop("customer", None) or items[0].customer,
        "items": items, "pay_minor": pay_minor,
        "pay_by_on": PAY_BY, "reason": "insolvency looms", **ON, **changes,
    }  # fmt: skip
    return propose_settlement(actor=acting(user), **facts)


def accepted(user, items, pay_minor=970_00, **changes):
    """A settlement the customer accepted today."""
    settlement = proposed(user, items, pay_minor, **changes)
    return accept_settlement(actor=acting(user), settlement=settlement, name="Pat", **ON)


def pay(customer, number, amounts, *, value_on=TODAY, as_of=TODAY):
    """Money of the customer put on its items."""
    money = payment(customer, number, sum(amounts.values()), value_on=value_on, as_of=as_of)
    apply_payment(
        actor=system(customer.company), payment=money, amounts=amounts, as_of=as_of, at=AT
    )
    return money


def end(company, as_of=TODAY):
    """What the day's cycle decides."""
    return end_settlements(actor=system(company), as_of=as_of, at=AT)
