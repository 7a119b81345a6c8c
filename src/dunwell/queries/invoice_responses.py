"""Answers to invoices as pages and the API show them, and what the French status 212 says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from dunwell.engine.money import from_minor
from dunwell.formats.invoice_statuses import CashedInvoice
from dunwell.models import Allocation, Company, InvoiceResponse, Item
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

FRANCE = "FR"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseOutcome:
    """What one effect of an answer came to."""

    effect: str
    is_done: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceResponseRow:
    """One answer; `case_number` and `promise_id` where it led to them."""

    id: int
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    currency: str
    scheme: str
    scheme_label: str
    document_id: str
    code: str
    reason_codes: tuple[str, ...]
    action_codes: tuple[str, ...]
    note: str
    sender: str
    effective_on: date
    expected_pay_on: date | None
    amount_minor: int | None
    outcomes: tuple[ResponseOutcome, ...]
    case_id: int | None
    case_number: str
    promise_id: int | None
    door: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CashedRow:
    """Money that came for a French e-invoice on a day, as the platform is to be told (212)."""

    document_id: str
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    issued_on: date
    cashed_on: date
    amount_minor: int
    currency: str


def invoice_response_rows(
    company: Company,
    *,
    item_id: int | None = None,
    customer_id: int | None = None,
    scheme: str = "",
    code: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[InvoiceResponseRow]:
    """Return one page of answers, the newest first."""
    only = {"item": item_id, "customer": customer_id, "scheme": scheme, "code": code}
    found = InvoiceResponse.objects.filter(
        company=company, **{name: value for name, value in only.items() if value}
    )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-recorded_at", "-id"), (datetime, int)))
        .select_related("item", "customer", "case")
        .order_by("-recorded_at", "-id")[: limit + 1]
    )
    return page_of(
        [_row(one) for one in rows], limit=limit, key=lambda row: (row.recorded_at, row.id)
    )


def cashed_rows(company: Company, *, from_on: date, until_on: date) -> tuple[CashedRow, ...]:
    """Return what came in for French e-invoices between two booking days, the oldest first.

    French are invoices a French platform has answered to, and those of a French seller to French
    customers. What was taken back on a day lowers it; a day that comes to nothing is left out.
    """
    answered = InvoiceResponse.objects.filter(
        company=company, scheme=InvoiceResponse.Scheme.FRENCH
    ).values("item")
    items = Item.objects.filter(company=company, kind=Item.Kind.INVOICE)
    theirs = items.filter(pk__in=answered)
    if company.country == FRANCE:
        theirs = theirs | items.filter(customer__country=FRANCE)
    money = (
        Allocation.objects.filter(
            item__in=theirs,
            source=Allocation.Source.PAYMENT,
            applied_on__gte=from_on,
            applied_on__lte=until_on,
        )
        .values(
            "item", "item__number", "item__issued_on", "item__currency", "item__customer",
            "item__customer__name", "applied_on",
        )
        .annotate(minor=Sum("amount_minor"))
        .order_by("applied_on", "item")
    )  # fmt: skip
    return tuple(
        CashedRow(
            document_id=f"212-{row['item']}-{row['applied_on'].isoformat()}",
            item_id=row["item"],
            item_number=row["item__number"],
            customer_id=row["item__customer"],
            customer_name=row["item__customer__name"],
            issued_on=row["item__issued_on"],
            cashed_on=row["applied_on"],
            amount_minor=int(row["minor"]),
            currency=row["item__currency"],
        )
        for row in money
        if row["minor"]
    )


def cashed_invoices(rows: Sequence[CashedRow]) -> tuple[CashedInvoice, ...]:
    """Return the rows as the French message tells them, in units of their currency."""
    return tuple(
        CashedInvoice(
            document_id=row.document_id,
            invoice_number=row.item_number,
            issued_on=row.issued_on,
            cashed_on=row.cashed_on,
            amount=from_minor(row.amount_minor, row.currency),
            currency=row.currency,
        )
        for row in rows
    )


def _row(one: InvoiceResponse) -> InvoiceResponseRow:
    return InvoiceResponseRow(
        id=one.pk,
        item_id=one.item_id,
        item_number=one.item.number,
        customer_id=one.customer_id,
        customer_name=one.customer.name,
        currency=one.item.currency,
        scheme=one.scheme,
        scheme_label=str(InvoiceResponse.Scheme(one.scheme).label),
        document_id=one.document_id,
        code=one.code,
        reason_codes=tuple(one.reason_codes),
        action_codes=tuple(one.action_codes),
        note=one.note,
        sender=one.sender,
        effective_on=one.effective_on,
        expected_pay_on=one.expected_pay_on,
        amount_minor=one.amount_minor,
        outcomes=tuple(
            ResponseOutcome(effect=told["effect"], is_done=told["done"], text=told["text"])
            for told in one.outcomes
        ),
        case_id=one.case_id,
        case_number=one.case.number if one.case else "",
        promise_id=one.promise_id,
        door=one.door,
        by=one.by,
        recorded_at=one.recorded_at,
    )
