"""Papers between a customer and us: what we sent, what we ask for, what came."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import (
    Company,
    Customer,
    CustomerDocument,
    CustomerPaper,
    DetailChange,
    DocumentRequest,
    Item,
    ItemDocument,
    Message,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.statements import AccountStatementRow, statement_rows

SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class SentLetter:
    """A message or letter that went to the customer."""

    id: int
    channel: str
    subject: str
    to: str
    sent_at: datetime | None
    as_of: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperAsked:
    """A paper we ask for; `is_late`: its day has passed."""

    id: int
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    note: str
    due_on: date | None
    asked_on: date
    is_late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperSent:
    """A paper that came; `is_expired`: accepted once, but no longer valid."""

    id: int
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    expires_on: date | None
    is_expired: bool
    status: str
    status_label: str
    reason: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WishRow:
    """A change of details a customer asks for: (field, before, after)."""

    id: int
    customer_id: int
    customer_name: str
    contact_id: int | None
    contact: str
    fields: tuple[tuple[str, str, str], ...]
    status: str
    status_label: str
    by: str
    asked_on: date
    decided_by: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalPapers:
    """What the documents page shows, each list the newest first."""

    statements: tuple[AccountStatementRow, ...]
    letters: tuple[SentLetter, ...]
    contracts: tuple[ItemDocument, ...]
    credit_notes: tuple[Item, ...]
    asked: tuple[PaperAsked, ...]
    sent: tuple[PaperSent, ...]


def portal_papers(company: Company, customer: Customer, *, as_of: date) -> PortalPapers:
    """Return the papers between a customer and us; a fixed number of queries."""
    letters = (
        Message.objects.filter(customer=customer, status__in=Message.HANDED_OVER)
        .defer("body", "decision")
        .order_by("-sent_at", "-id")[:SHOWN]
    )
    contracts = ItemDocument.objects.filter(
        item__customer=customer, kind=ItemDocument.Kind.CONTRACT, removed_at=None
    ).select_related("item")
    notes = Item.objects.filter(customer=customer, kind=Item.Kind.CREDIT_NOTE)
    return PortalPapers(
        statements=statement_rows(company, customer_id=customer.pk, limit=SHOWN).rows,
        letters=tuple(
            SentLetter(
                id=one.pk,
                channel=one.channel,
                subject=one.subject,
                to=one.to,
                sent_at=one.sent_at,
                as_of=one.as_of,
            )
            for one in letters
        ),
        contracts=tuple(contracts.order_by("-id")[:SHOWN]),
        credit_notes=tuple(notes.order_by("-issued_on", "-id")[:SHOWN]),
        asked=papers_asked(company, customer_id=customer.pk, as_of=as_of),
        sent=papers_sent(company, customer_id=customer.pk, as_of=as_of).rows,
    )


def papers_asked(
    company: Company, *, customer_id: int | None = None, as_of: date
) -> tuple[PaperAsked, ...]:
    """Return the papers we ask for now, the longest asked first; one query."""
    found = DocumentRequest.objects.filter(company=company, closed_on=None)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    return tuple(
        PaperAsked(
            id=one.pk,
            customer_id=one.customer_id,
            customer_name=one.customer.name,
            kind=one.kind,
            kind_label=str(CustomerPaper(one.kind).label),
            note=one.note,
            due_on=one.due_on,
            asked_on=one.asked_on,
            is_late=one.due_on is not None and one.due_on < as_of,
        )
        for one in found.select_related("customer").order_by("id")
    )


def papers_sent(
    company: Company,
    *,
    customer_id: int | None = None,
    status: str = "",
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PaperSent]:
    """Return one page of papers that came, the newest first; one query. Raises CursorError."""
    found = CustomerDocument.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).select_related("customer")
    return page_of(
        [paper_of(one, as_of=as_of) for one in rows.order_by("-id")[: limit + 1]],
        limit=limit,
        key=lambda row: (row.id,),
    )


def paper_of(one: CustomerDocument, *, as_of: date) -> PaperSent:
    """Return a paper as a row."""
    return PaperSent(
        id=one.pk,
        customer_id=one.customer_id,
        customer_name=one.customer.name,
        kind=one.kind,
        kind_label=str(CustomerPaper(one.kind).label),
        name=one.name,
        media_type=one.media_type,
        size_bytes=one.size_bytes,
        sha256=one.sha256,
        expires_on=one.expires_on,
        is_expired=one.expires_on is not None and one.expires_on < as_of,
        status=one.status,
        status_label=str(CustomerDocument.Status(one.status).label),
        reason=one.reason,
        by=one.by,
        recorded_at=one.recorded_at,
    )


def wish_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    status: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[WishRow]:
    """Return one page of changes asked for, the newest first; one query. Raises CursorError."""
    found = DetailChange.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).select_related("customer", "contact")
    return page_of(
        [_wish(one) for one in rows.order_by("-id")[: limit + 1]],
        limit=limit,
        key=lambda row: (row.id,),
    )


def _wish(one: DetailChange) -> WishRow:
    return WishRow(
        id=one.pk,
        customer_id=one.customer_id,
        customer_name=one.customer.name,
        contact_id=one.contact_id,
        contact=str(one.contact) if one.contact else "",
        fields=tuple(
            (name, str(one.before.get(name, "")), str(text))
            for name, text in sorted(one.after.items())
        ),
        status=one.status,
        status_label=str(DetailChange.Status(one.status).label),
        by=one.by,
        asked_on=one.asked_on,
        decided_by=one.decided_by,
        reason=one.reason,
    )
