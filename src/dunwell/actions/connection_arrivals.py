"""What a page brought by keys of merged customers: the survivor's, noted for a split to give back.

A page speaks of the survivor by every key that is its own now, or what settles what would not fit
together. Whose key it was before is looked up by the merges that gave it to the survivor.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from dunwell.actions.gate import Actor
from dunwell.actions.merge_moves import note_arrivals
from dunwell.formats.connection_rows import OutsideItem, OutsidePayment, Pulled
from dunwell.models import Connection, ConnectionCustomer, ImportBatch, Item, Payment
from dunwell.queries.connection_books import DOCUMENTS, base_number
from dunwell.queries.merged_records import Way, ways_come


def ways_of_keys(connection: Connection) -> dict[str, Way]:
    """Return how the customers of a connection came to whom they are of now, by key."""
    rows = dict(ConnectionCustomer.objects.filter(connection=connection).values_list("pk", "key"))
    return {rows[pk]: way for pk, way in ways_come("connectioncustomer", rows).items()}


def note_page(
    actor: Actor,
    batch: ImportBatch,
    pulled: Pulled,
    keys: Mapping[str, Way],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Note what a page added by keys that came by a merge, inside the transaction that took it.

    `keys` are as they were before the page. A correction goes the way of its document.
    """
    if not keys:
        return
    items = _came(Item.objects.filter(batch=batch), pulled.items, keys)
    note_arrivals(actor, "item", items | _ways_of_corrections(batch), as_of=as_of, at=at)
    payments = _came(Payment.objects.filter(batch=batch), pulled.payments, keys)
    note_arrivals(actor, "payment", payments, as_of=as_of, at=at)


def _came(
    rows: QuerySet[Any], told: Sequence[OutsideItem | OutsidePayment], keys: Mapping[str, Way]
) -> dict[int, Way]:
    """Return the way that new rows came which were told by such a key, by the row's own key."""
    by_number = {one.number: keys[one.customer] for one in told if one.customer in keys}
    numbers = rows.order_by("pk").values_list("pk", "number")
    return {pk: by_number[number] for pk, number in numbers if number in by_number}


def _ways_of_corrections(batch: ImportBatch) -> dict[int, Way]:
    """Return the way that the document came which a new item corrects, by the item's key."""
    corrected = Item.objects.filter(
        customer=OuterRef("customer"), kind__in=DOCUMENTS, number=OuterRef("reference")
    )
    rows = (
        Item.objects.filter(batch=batch)
        .annotate(document=Subquery(corrected.order_by("-pk").values("pk")[:1]))
        .exclude(document=None)
        .values_list("pk", "number", "reference", "document")
    )
    documents = {
        pk: document
        for pk, number, reference, document in rows
        if number != reference == base_number(number)
    }
    found = ways_come("item", documents.values())
    return {pk: found[document] for pk, document in documents.items() if document in found}
