"""Rows of the ledger of limits, orders and covers, written straight into the records."""

from datetime import UTC, datetime, time

from dunwell.models import Cover, CreditGroup, CreditGroupMember, CreditLimit, Order
from tests.conftest import AT, TODAY

LONG_AGO = TODAY.replace(year=2025)


def approved(amount_minor, *, customer=None, group=None, segment="", company=None, **fields):
    """An approved row of a customer, a group, or (with its company) of a segment."""
    company = company or (customer or group).company
    decided_on = fields.pop("decided_on", fields.get("from_on", LONG_AGO))
    decided_at = decided_on and datetime.combine(decided_on, time(9), UTC)
    return CreditLimit.objects.create(
        company=company,
        customer=customer,
        group=group,
        segment=segment,
        amount_minor=amount_minor,
        **{
            "kind": "standard",
            "status": "approved",
            "currency": company.currency,
            "from_on": LONG_AGO,
            "reason": "as agreed",
            "asked_by": "nina",
            "asked_on": decided_on or TODAY,
            "decided_by": "mona",
            "decided_on": decided_on,
            "decided_at": decided_at,
            "recorded_at": AT,
            **fields,
        },
    )


def proposed(amount_minor, **whose):
    """A row that waits for an approval."""
    nobody = {"decided_by": "", "decided_at": None}
    return approved(amount_minor, status="proposed", decided_on=None, **nobody, **whose)


def group_of(name, *customers, from_on=LONG_AGO, until_on=None):
    """A credit group with its members."""
    group = CreditGroup.objects.create(
        company=customers[0].company, name=name, by="mona", recorded_at=AT
    )
    for customer in customers:
        CreditGroupMember.objects.create(
            group=group, customer=customer, from_on=from_on, until_on=until_on,
            by="mona", recorded_at=AT,
        )  # fmt: skip
    return group


def order(customer, number, amount_minor, **fields):
    """An approved order of today."""
    return Order.objects.create(
        company=customer.company,
        customer=customer,
        number=number,
        amount_minor=amount_minor,
        **{
            "status": "approved",
            "currency": customer.company.currency,
            "ordered_on": TODAY,
            "recorded_at": AT,
            **fields,
        },
    )


def cover(customer, number, amount_minor, **fields):
    """A granted cover of all of an amount, that reduces the exposure."""
    return Cover.objects.create(
        company=customer.company,
        customer=customer,
        number=number,
        amount_minor=amount_minor,
        **{
            "kind": "insurance",
            "status": "granted",
            "provider": "Safe",
            "currency": customer.company.currency,
            "asked_minor": amount_minor,
            "requested_on": LONG_AGO,
            "granted_on": LONG_AGO,
            "from_on": LONG_AGO,
            "by": "nina",
            "recorded_at": AT,
            **fields,
        },
    )
