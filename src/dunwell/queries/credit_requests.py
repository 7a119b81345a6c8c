"""Credit notes asked of billing, as the list, the file for billing and the API show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import Company, CreditRequest, Item
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Asked = CreditRequest.Status
UNANSWERED = (Asked.OPEN, Asked.EXPORTED)
"""Billing has neither credited nor refused."""
WAITING, ALL = "waiting", "all"
SCOPES = (WAITING, *Asked.values, ALL)
"""Asked for or handed over; one status; every one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    """A credit note asked of billing; `note_number` is the credit note that answered it."""

    id: int
    number: str
    case_id: int
    case_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    amount_minor: int
    currency: str
    reason: str
    is_rebilled: bool
    status: str
    status_label: str
    note_id: int | None
    note_number: str
    note: str
    recorded_at: datetime
    done_at: datetime | None
    age_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestSum:
    """What requests ask for in one currency."""

    currency: str
    amount_minor: int
    requests: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteChoice:
    """A credit note of the customer that may answer a request."""

    id: int
    number: str
    issued_on: date
    amount_minor: int
    currency: str


def found_requests(
    company: Company, *, scope: str = WAITING, customer_id: int | None = None, search: str = ""
) -> QuerySet[CreditRequest]:
    """Return the requests that are asked for, in no order."""
    found = CreditRequest.objects.filter(company=company)
    if scope == WAITING:
        found = found.filter(status__in=UNANSWERED)
    elif scope in Asked.values:
        found = found.filter(status=scope)
    if customer_id is not None:
        found = found.filter(dispute__customer=customer_id)
    if text := search.strip().replace("\0", ""):
        found = found.filter(
            Q(number__istartswith=text)
            | Q(resolution__case__number__istartswith=text)
            | Q(dispute__item__number__istartswith=text)
        )
    return found


def credit_request_rows(
    company: Company,
    *,
    scope: str = WAITING,
    customer_id: int | None = None,
    search: str = "",
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[RequestRow]:
    """Return one page of credit requests, the oldest first; one query."""
    limit = page_limit(limit)
    found = found_requests(company, scope=scope, customer_id=customer_id, search=search)
    rows = found.filter(after(cursor, ("id",), (int,))).order_by("id")[: limit + 1]
    return page_of(request_rows(rows, as_of=as_of), limit=limit, key=lambda row: (row.id,))


def request_sums(found: QuerySet[CreditRequest]) -> tuple[RequestSum, ...]:
    """Return what requests ask for by currency; the rows of the list sum to it; one query."""
    rows = (
        found.order_by()
        .values("currency")
        .annotate(amount=Sum("amount_minor"), n=Count("pk"))
        .order_by("currency")
    )
    return tuple(
        RequestSum(currency=row["currency"], amount_minor=row["amount"], requests=row["n"])
        for row in rows
    )


def note_choices(request: CreditRequest) -> Sequence[NoteChoice]:
    """Return credit notes of the customer large enough for a request, the nearest amount first.

    Notes that answer another request are left out.
    """
    found = Item.objects.filter(
        company=request.company_id,
        customer=request.dispute.customer_id,
        kind=Item.Kind.CREDIT_NOTE,
        currency=request.currency,
        amount_minor__lte=-request.amount_minor,
        credit_requests=None,
    )
    return [
        NoteChoice(
            id=one.pk,
            number=one.number,
            issued_on=one.issued_on,
            amount_minor=one.amount_minor,
            currency=one.currency,
        )
        for one in found.order_by("-amount_minor", "-issued_on", "-pk")[:50]
    ]


def request_rows(requests: QuerySet[CreditRequest], *, as_of: date) -> tuple[RequestRow, ...]:
    """Return credit requests of a query in its order as rows; one query."""
    found = requests.select_related(
        "resolution__case", "dispute__item", "dispute__customer", "credit_item"
    )
    return tuple(
        RequestRow(
            id=one.pk,
            number=one.number,
            case_id=one.resolution.case_id,
            case_number=one.resolution.case.number,
            customer_id=one.dispute.customer_id,
            customer_number=one.dispute.customer.number,
            customer_name=one.dispute.customer.name,
            item_id=one.dispute.item_id,
            item=one.dispute.item.number,
            amount_minor=one.amount_minor,
            currency=one.currency,
            reason=one.dispute.reason,
            is_rebilled=one.is_rebilled,
            status=one.status,
            status_label=str(CreditRequest.Status(one.status).label),
            note_id=one.credit_item_id,
            note_number=one.credit_item.number if one.credit_item else "",
            note=one.note,
            recorded_at=one.recorded_at,
            done_at=one.done_at,
            age_days=(
                (one.done_at.date() if one.done_at else as_of) - one.recorded_at.date()
            ).days,
        )
        for one in found
    )
