"""One form, one record: what the debtor's people send twice is done once.

Every action of the portal that writes something new begins with `begin_request` and ends with
`keep_request`, in its own transaction: whoever comes second waits at the lock and finds the first.
"""

import re
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.models import Company, Customer, PortalRequest

KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")
Kind = PortalRequest.Kind
Record = TypeVar("Record", bound=Model)


def begin_request(
    actor: Actor,
    customer: Customer,
    key: str,
    records: QuerySet[Record],
    *,
    kind: str,
    with_company: bool = False,
) -> Record | None:
    """Lock the customer and return the record that the same form led to before, None for none.

    `with_company` locks the company first, for records that it numbers. Raises Refused for
    another's customer and for a key that is none, or that belongs to another form.
    """
    open_customer(actor, customer)
    if not KEY.fullmatch(key):
        raise Refused("This form is not complete; load the page again.")
    if with_company:
        Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    sent = PortalRequest.objects.filter(customer=customer, key=key).first()
    if sent is None:
        return None
    if sent.kind != kind:
        raise Refused("This form was sent before for something else; load the page again.")
    return records.get(pk=sent.subject_id)


def keep_request(
    actor: Actor, customer: Customer, key: str, record: Model, *, kind: str, at: datetime
) -> PortalRequest:
    """Remember what a form led to."""
    return PortalRequest.objects.create(
        company=actor.company,
        customer=customer,
        key=key,
        kind=kind,
        subject=record._meta.model_name or "",
        subject_id=record.pk,
        by=actor.name,
        recorded_at=at,
    )
