"""One item as its customer sees it: what was paid when, its papers, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from dunwell.models import (
    Allocation,
    Company,
    Customer,
    InvoiceFile,
    Item,
    ItemDocument,
    PromiseItem,
)
from dunwell.models import Dispute as DisputePart
from dunwell.queries.charges import item_charges
from dunwell.queries.invoices import InvoiceFileRow, invoice_files
from dunwell.queries.item_cards import allocations_of, reversals_of
from dunwell.queries.item_documents import documents_of_items
from dunwell.queries.portal_items import PortalItemRow, portal_item
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlingRow:
    """An amount put on the item, and what is left after it; a reversal is below 0.

    `kind` is payment, credit or adjustment; `number` and `reference` are those of what was put
    on it, `other_id` an item of the customer.
    """

    on: date
    kind: str
    label: str
    number: str
    reference: str
    payment_id: int | None
    other_id: int | None
    amount_minor: int
    left_minor: int
    is_reversal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemQuery:
    """A query about the item: `case_id` leads to it, `closed_on` is empty while it runs."""

    case_id: int | None
    case: str
    reason: str
    amount_minor: int
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemWord:
    """What was promised of the item for which day."""

    due_on: date
    amount_minor: int
    outcome: str
    outcome_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalPaper:
    """A paper of the item to be fetched."""

    id: int
    name: str
    kind_label: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalItemSheet:
    """An item with its history, oldest first; `interest_minor` is accrued by today, not billed."""

    row: PortalItemRow
    kind_label: str
    settling: tuple[SettlingRow, ...]
    queries: tuple[ItemQuery, ...]
    words: tuple[ItemWord, ...]
    papers: tuple[PortalPaper, ...]
    invoice_files: tuple[InvoiceFileRow, ...]
    interest_minor: int
    corrected_by: str
    corrected_by_id: int | None


SHOWN_KINDS = (
    ItemDocument.Kind.INVOICE,
    ItemDocument.Kind.ORDER,
    ItemDocument.Kind.DELIVERY,
    ItemDocument.Kind.CONTRACT,
)
"""Papers the customer has a right to anyway; letters about it and the rest stay with us."""


def portal_item_sheet(
    company: Company, customer: Customer, item_id: int, *, with_interest: bool, as_of: date
) -> PortalItemSheet | None:
    """Return one item of the customer with its history, or None for anybody else's."""
    row = portal_item(company, customer, item_id, as_of=as_of)
    if row is None:
        return None
    reversal = next(iter(reversals_of(item_id)), None)
    return PortalItemSheet(
        row=row,
        kind_label=str(Item.Kind(row.kind).label),
        settling=_settling(row),
        queries=_queries(item_id),
        words=_words(item_id),
        papers=_papers(company, item_id),
        invoice_files=invoice_files([item_id]).get(item_id, ()),
        interest_minor=item_charges(company, item_id).accrued_minor if with_interest else 0,
        corrected_by=reversal.number if reversal else "",
        corrected_by_id=reversal.pk if reversal else None,
    )


def portal_paper(
    company: Company, customer: Customer, item_id: int, document_id: int
) -> ItemDocument | None:
    """Return a paper the customer may fetch, or None for anything else."""
    return ItemDocument.objects.filter(
        company=company,
        item=item_id,
        item__customer=customer,
        pk=document_id,
        kind__in=SHOWN_KINDS,
        removed_at=None,
    ).first()


def portal_invoice_file(customer: Customer, item_id: int, kind: str) -> InvoiceFile | None:
    """Return a file of the invoice we issued for an item of the customer, or None."""
    return InvoiceFile.objects.filter(
        invoice__item=item_id, invoice__item__customer=customer, kind=kind
    ).first()


def _settling(row: PortalItemRow) -> tuple[SettlingRow, ...]:
    left, rows = row.amount_minor, []
    for one in allocations_of(row.id):
        left -= one.amount_minor
        payment, counter = one.payment, one.counter_item
        rows.append(
            SettlingRow(
                on=one.value_on,
                kind=one.source,
                label=_label(one),
                number=payment.number if payment else counter.number if counter else "",
                reference=payment.reference if payment else "",
                payment_id=one.payment_id,
                other_id=one.counter_item_id,
                amount_minor=one.amount_minor,
                left_minor=left,
                is_reversal=one.reverses_id is not None,
            )
        )
    return tuple(rows)


def _label(row: Allocation) -> str:
    if row.adjustment is not None:
        return str(row.adjustment.Kind(row.adjustment.kind).label)
    return str(Allocation.Source(row.source).label)


@prepared
def _parts(item_id: int) -> QuerySet[DisputePart]:
    found = DisputePart.objects.filter(item=item_id).select_related("case")
    return found.order_by("opened_on", "id")


def _queries(item_id: int) -> tuple[ItemQuery, ...]:
    return tuple(
        ItemQuery(
            case_id=one.case_id,
            case=one.case.number if one.case else "",
            reason=one.reason_label,
            amount_minor=one.amount_minor,
            opened_on=one.opened_on,
            closed_on=one.closed_on,
        )
        for one in _parts(item_id)
    )


@prepared
def _promised(item_id: int) -> QuerySet[PromiseItem]:
    found = PromiseItem.objects.filter(item=item_id).select_related("promise")
    return found.order_by("promise__due_on", "id")


def _words(item_id: int) -> tuple[ItemWord, ...]:
    return tuple(
        ItemWord(
            due_on=one.promise.due_on,
            amount_minor=one.amount_minor,
            outcome=one.promise.outcome,
            outcome_label=str(one.promise.get_outcome_display()),
        )
        for one in _promised(item_id)
    )


def _papers(company: Company, item_id: int) -> tuple[PortalPaper, ...]:
    found: Sequence[ItemDocument] = documents_of_items(company, [item_id])
    return tuple(
        PortalPaper(
            id=one.pk,
            name=one.name,
            kind_label=str(ItemDocument.Kind(one.kind).label),
            media_type=one.media_type,
            size_bytes=one.size_bytes,
        )
        for one in found
        if one.kind in SHOWN_KINDS
    )
