"""Papers of items: those of one item, of a customer, and of the company, by page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dunwell.models import Company, ItemDocument
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemDocumentRow:
    """One paper of an item; its bytes are asked for by its key."""

    id: int
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    recorded_at: datetime


def item_document_rows(
    company: Company,
    *,
    item_id: int | None = None,
    customer_id: int | None = None,
    kind: str = "",
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ItemDocumentRow]:
    """Return one page of the papers that are there, the newest first; one query.

    The search looks in names of files and numbers of items. Raises CursorError for a cursor of
    another list.
    """
    found = ItemDocument.objects.filter(company=company, removed_at=None)
    if item_id is not None:
        found = found.filter(item=item_id)
    if customer_id is not None:
        found = found.filter(item__customer=customer_id)
    if kind:
        found = found.filter(kind=kind)
    if told := search.strip().replace("\0", ""):
        found = found.filter(Q(name__icontains=told) | Q(item__number__istartswith=told))
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("item__customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def documents_of_items(company: Company, items: Collection[int]) -> tuple[ItemDocument, ...]:
    """Return the papers of some items, invoices first; one query."""
    return tuple(_of_items(company.pk, sorted(items)))


@prepared
def _of_items(company_id: int, items: Sequence[int]) -> QuerySet[ItemDocument]:
    found = ItemDocument.objects.filter(company=company_id, item__pk__in=items, removed_at=None)
    return found.select_related("item").order_by("item_id", "kind", "id")


def _row(document: ItemDocument) -> ItemDocumentRow:
    item = document.item
    return ItemDocumentRow(
        id=document.pk,
        item_id=item.pk,
        item_number=item.number,
        customer_id=item.customer_id,
        customer_name=item.customer.name,
        kind=document.kind,
        kind_label=str(ItemDocument.Kind(document.kind).label),
        name=document.name,
        media_type=document.media_type,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        by=document.by,
        recorded_at=document.recorded_at,
    )
