"""Electronic invoices that came in as files: the list of the company, by page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from dunwell.models import Company, EInvoiceFile, Item
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class EInvoiceFinding:
    """One rule that a file breaks."""

    rule: str
    level: str
    text: str
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EInvoiceFileRow:
    """One file: what it is, how much is due by it (below 0: a credit), and what became of it."""

    id: int
    name: str
    sha256: str
    size_bytes: int
    syntax: str
    profile: str
    status: str
    status_label: str
    reason: str
    number: str
    kind: str
    kind_label: str
    currency: str
    amount_minor: int
    issued_on: date | None
    due_on: date | None
    order_number: str
    seller_name: str
    seller_vat_id: str
    buyer_name: str
    buyer_vat_id: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    item_id: int | None
    findings: tuple[EInvoiceFinding, ...]
    fatal: int
    by: str
    recorded_at: datetime


def einvoice_file_rows(
    company: Company,
    *,
    status: str = "",
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[EInvoiceFileRow]:
    """Return one page of the files that came in, the newest first; one query.

    The search looks in names of files, numbers and buyers. Raises CursorError for a cursor of
    another list.
    """
    found = EInvoiceFile.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if told := search.strip().replace("\0", ""):
        found = found.filter(
            Q(name__icontains=told) | Q(number__istartswith=told) | Q(buyer_name__icontains=told)
        )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([file_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def file_row(one: EInvoiceFile) -> EInvoiceFileRow:
    """Return a file as a row; no query when its customer was read with it."""
    findings = tuple(EInvoiceFinding(**_told(each)) for each in one.findings)
    customer = one.customer
    return EInvoiceFileRow(
        id=one.pk,
        name=one.name,
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        syntax=one.syntax,
        profile=one.profile,
        status=one.status,
        status_label=str(EInvoiceFile.Status(one.status).label),
        reason=one.reason,
        number=one.number,
        kind=one.kind,
        kind_label=str(Item.Kind(one.kind).label) if one.kind else "",
        currency=one.currency,
        amount_minor=one.amount_minor,
        issued_on=one.issued_on,
        due_on=one.due_on,
        order_number=one.order_number,
        seller_name=one.seller_name,
        seller_vat_id=one.seller_vat_id,
        buyer_name=one.buyer_name,
        buyer_vat_id=one.buyer_vat_id,
        customer_id=customer.pk if customer else None,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        item_id=one.item_id,
        findings=findings,
        fatal=sum(each.level == "fatal" for each in findings),
        by=one.by,
        recorded_at=one.recorded_at,
    )


def _told(finding: dict[str, Any]) -> dict[str, str]:
    return {name: str(finding.get(name, "")) for name in ("rule", "level", "text", "where")}
