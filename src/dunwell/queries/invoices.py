"""Invoices as the list, their page and the API show them, their files, and days to invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from dunwell.engine.kpis import days_to_invoice
from dunwell.models import Company, Invoice, InvoiceFile, InvoiceLine, InvoiceSchedule
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

KPI_DAYS = 90
"""Days to invoice is over what was issued in so many days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceRow:
    """One invoice; amounts in minor units of its currency, above 0 on a credit note too.

    `days_to_invoice`: from delivery, the end of its period or the order, to issue.
    """

    id: int
    number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    payable_minor: int
    terms: str
    issued_on: date | None
    due_on: date | None
    delivered_on: date | None
    from_on: date | None
    to_on: date | None
    order_number: str
    buyer_reference: str
    contract: str
    note: str
    preceding_id: int | None
    preceding: str
    item_id: int | None
    source: str
    source_label: str
    dispute_ppm: int | None
    author: str
    approver: str
    issuer: str
    void_reason: str
    version: int
    days_to_invoice: int | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLineRow:
    """One line; quantity and price in millionths, amounts in minor units."""

    position: int
    name: str
    description: str
    quantity_micros: int
    unit: str
    price_micros: int
    discount_minor: int
    net_minor: int
    tax_code: str
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceFileRow:
    """A file of an issued invoice as it is downloaded; the bytes are kept under `sha256`."""

    id: int
    item_id: int
    kind: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceTotal:
    """Sums of the invoices of one currency under a filter; credit notes count below 0."""

    currency: str
    invoices: int
    gross_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleRow:
    """An invoice that comes again, and what of it has been billed."""

    id: int
    name: str
    customer_id: int
    customer_name: str
    every: str
    every_label: str
    day: int
    starts_on: date
    ends_on: date | None
    currency: str
    is_auto_issued: bool
    billed: int
    trouble: str
    version: int


def invoice_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[InvoiceRow]:
    """Return one page of invoices, the newest first; an empty `status` shows all."""
    limit = page_limit(limit)
    rows = (
        _with_all(_found(company, status, customer_id))
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def invoice_row(company: Company, invoice_id: int) -> InvoiceRow | None:
    """Return one invoice of the company, or None."""
    found = _with_all(Invoice.objects.filter(company=company, pk=invoice_id)).first()
    return None if found is None else _row(found)


def invoice_totals_of(
    company: Company, *, status: str = "", customer_id: int | None = None
) -> tuple[InvoiceTotal, ...]:
    """Return the sums of all invoices under the same filter, one per currency."""
    rows = (
        _found(company, status, customer_id)
        .order_by("currency")
        .values_list("currency")
        .annotate(
            count=Count("id"),
            billed=Sum("gross_minor", filter=~Q(kind=Invoice.Kind.CREDIT_NOTE), default=0),
            credited=Sum("gross_minor", filter=Q(kind=Invoice.Kind.CREDIT_NOTE), default=0),
        )
    )
    return tuple(
        InvoiceTotal(currency=code, invoices=count, gross_minor=int(billed) - int(credited))
        for code, count, billed, credited in rows
    )


def invoice_counts(company: Company) -> dict[str, int]:
    """Return how many invoices have each status."""
    found = Invoice.objects.filter(company=company).order_by("status").values_list("status")
    return dict(found.annotate(count=Count("id")))


def line_rows(invoice_id: int) -> tuple[InvoiceLineRow, ...]:
    """Return the lines of an invoice in their order."""
    found = InvoiceLine.objects.filter(invoice=invoice_id)
    return tuple(
        InvoiceLineRow(
            position=one.position, name=one.name, description=one.description,
            quantity_micros=one.quantity_micros, unit=one.unit, price_micros=one.price_micros,
            discount_minor=one.discount_minor, net_minor=one.net_minor,
            tax_code=one.tax_code, rate_ppm=one.rate_ppm,
        )
        for one in found.order_by("position")
    )  # fmt: skip


def invoice_files(item_ids: Sequence[int]) -> dict[int, tuple[InvoiceFileRow, ...]]:
    """Return the files of issued invoices by item: the PDF first, then its data; one query."""
    found: dict[int, tuple[InvoiceFileRow, ...]] = {}
    for one, item_id in ((row, row.invoice.item_id) for row in _files_of(item_ids)):
        if item_id is not None:
            found[item_id] = (*found.get(item_id, ()), _file(one, item_id))
    return found


@prepared
def _files_of(item_ids: Sequence[int]) -> QuerySet[InvoiceFile]:
    found = InvoiceFile.objects.filter(invoice__item__pk__in=item_ids)
    return found.select_related("invoice").order_by("kind")


def without_files(company: Company, *, limit: int) -> QuerySet[Invoice]:
    """Return issued invoices that have no file yet, the oldest first."""
    held = InvoiceFile.objects.filter(invoice=OuterRef("pk"))
    found = Invoice.objects.filter(~Exists(held), company=company, status=Invoice.Status.ISSUED)
    return found.order_by("pk")[:limit]


def average_days_to_invoice(company: Company, *, since: date, until: date) -> tuple[str, int]:
    """Return the mean days to invoice of what was issued in a span, and over how many.

    The mean has one decimal, empty where nothing tells the day of delivery.
    """
    rows = Invoice.objects.filter(
        company=company, status=Invoice.Status.ISSUED, kind=Invoice.Kind.INVOICE,
        issued_on__gt=since, issued_on__lte=until,
    ).select_related("order")  # fmt: skip
    days = [found for one in rows if (found := invoice_wait_days(one)) is not None]
    mean = days_to_invoice(days=days)
    return ("" if mean is None else f"{float(mean):.1f}"), len(days)


def schedule_rows(company: Company) -> tuple[ScheduleRow, ...]:
    """Return the schedules of a company, those that run first."""
    found = (
        InvoiceSchedule.objects.filter(company=company)
        .select_related("customer")
        .annotate(billed=Count("invoices"))
        .order_by("-id")
    )
    return tuple(
        ScheduleRow(
            id=one.pk, name=one.name, customer_id=one.customer_id,
            customer_name=one.customer.name, every=one.every,
            every_label=one.get_every_display(), day=one.day, starts_on=one.starts_on,
            ends_on=one.ends_on, currency=one.currency, is_auto_issued=one.is_auto_issued,
            billed=one.billed, trouble=one.trouble, version=one.version,
        )
        for one in found
    )  # fmt: skip


def portal_address(invoice: Invoice) -> str:
    """Return where the customer signs in to see and pay, empty where DUNWELL_SITE is not set.

    It holds no secret: a paper goes through many hands.
    """
    if not settings.SITE or invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return ""
    return f"{settings.SITE}/portal/"


def _found(company: Company, status: str, customer_id: int | None) -> QuerySet[Invoice]:
    found = Invoice.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    return found


def _with_all(found: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return found.select_related("customer", "preceding", "order")


def invoice_wait_days(invoice: Invoice) -> int | None:
    """Return days from when it could have been billed to its issue, None where unknown."""
    begin = invoice.delivered_on or invoice.to_on
    if begin is None and invoice.order is not None:
        begin = invoice.order.deliver_on or invoice.order.ordered_on
    if begin is None or invoice.issued_on is None:
        return None
    return max((invoice.issued_on - begin).days, 0)


def _row(one: Invoice) -> InvoiceRow:
    return InvoiceRow(
        id=one.pk, number=one.number, kind=one.kind, kind_label=one.get_kind_display(),
        status=one.status, status_label=one.get_status_display(),
        customer_id=one.customer_id, customer_number=one.customer.number,
        customer_name=one.customer.name, currency=one.currency, net_minor=one.net_minor,
        tax_minor=one.tax_minor, gross_minor=one.gross_minor,
        payable_minor=one.gross_minor - one.prepaid_minor, terms=one.terms,
        issued_on=one.issued_on, due_on=one.due_on, delivered_on=one.delivered_on,
        from_on=one.from_on, to_on=one.to_on, order_number=one.order_number,
        buyer_reference=one.buyer_reference, contract=one.contract, note=one.note,
        preceding_id=one.preceding_id, preceding=one.preceding.number if one.preceding else "",
        item_id=one.item_id, source=one.source, source_label=one.get_source_display(),
        dispute_ppm=one.dispute_ppm, author=one.author, approver=one.approver,
        issuer=one.issuer, void_reason=one.void_reason, version=one.version,
        days_to_invoice=invoice_wait_days(one), recorded_at=one.recorded_at,
    )  # fmt: skip


def _file(one: InvoiceFile, item_id: int) -> InvoiceFileRow:
    return InvoiceFileRow(
        id=one.pk, item_id=item_id, kind=one.kind, name=one.name, media_type=one.media_type,
        sha256=one.sha256, size_bytes=one.size_bytes,
    )  # fmt: skip
