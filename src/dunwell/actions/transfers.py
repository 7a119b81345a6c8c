"""Bank transfers a customer announces: a reference of its own for what it chose to pay."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.engine.creditor_references import creditor_reference, lettered
from dunwell.models import Company, Customer, Item, Transfer, TransferItem

MOST_ITEMS = 500


@transaction.atomic
def announce_transfer(
    *, actor: Actor, customer: Customer, amounts: Mapping[Item, int], as_of: date, at: datetime
) -> Transfer:
    """Return the transfer that pays given minor units of items, with its RF reference.

    The same choice is one transfer: chosen again, it keeps its reference. Nothing is booked; the
    money is applied as announced when it comes. Raises Refused for no items or several
    currencies, and for more than is open on an item.
    """
    actor.require("portal.pay")
    open_customer(actor, customer)
    if not amounts:
        raise Refused("Choose at least one invoice to pay.")
    if len(amounts) > MOST_ITEMS:
        raise Refused(f"One transfer pays at most {MOST_ITEMS} invoices; choose fewer.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = locked_items(company=company, items=list(amounts))
    currencies = {row.item.currency for row in rows.values()}
    if len(currencies) != 1 or any(row.item.customer_id != customer.pk for row in rows.values()):
        raise Refused("One transfer pays invoices of one account and one currency.")
    (currency,) = currencies
    for item, amount in amounts.items():
        left = rows[item.pk].open_minor
        if not 0 < amount <= left:
            raise Refused(
                f"{money_text(left, currency)} is open on {item.number}; pay that or less."
            )
    chosen = sorted((item.pk, amount) for item, amount in amounts.items())
    key = hashlib.sha256(json.dumps([currency, chosen]).encode()).hexdigest()
    known = Transfer.objects.filter(customer=customer, key=key).first()
    if known is not None:
        return known
    place = Transfer.objects.filter(company=company).count()
    transfer = Transfer.objects.create(
        company=company,
        customer=customer,
        reference=creditor_reference(f"P{lettered(place)}"),
        currency=currency,
        amount_minor=sum(amounts.values()),
        key=key,
        announced_by=actor.name,
        announced_on=as_of,
        recorded_at=at,
    )
    TransferItem.objects.bulk_create(
        TransferItem(transfer=transfer, item_id=item, amount_minor=amount)
        for item, amount in chosen
    )
    record_event(
        actor,
        "transfer.announced",
        transfer,
        at=at,
        customer_id=customer.pk,
        reference=transfer.reference,
        currency=currency,
        amount_minor=transfer.amount_minor,
        items=[item for item, _ in chosen],
    )
    return transfer
