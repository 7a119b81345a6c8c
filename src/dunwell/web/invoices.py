"""Pages about invoices: the list, one invoice with its check, and its files."""

from datetime import timedelta
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.invoice_totals import TotalsError
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.invoice_pdf import invoice_pdf, summary_of
from dunwell.jobs.invoice_risk import invoice_risk
from dunwell.models import Invoice, InvoiceFile
from dunwell.queries.invoice_documents import Prebill, paper_of, prebill
from dunwell.queries.invoice_rules import needs_approval
from dunwell.queries.invoices import (
    KPI_DAYS,
    InvoiceRow,
    average_days_to_invoice,
    invoice_counts,
    invoice_files,
    invoice_row,
    invoice_rows,
    invoice_totals_of,
    line_rows,
)
from dunwell.queries.pages import every_row
from dunwell.queries.prebill_words import finding_words
from dunwell.web.exports import file_response
from dunwell.web.kept_files import download
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

Status = Invoice.Status
COLUMNS = (
    _("Number"), _("Kind"), _("Status"), _("Customer number"), _("Customer"), _("Currency"),
    _("Net"), _("Tax"), _("Gross"), _("Issued"), _("Due"), _("Delivered on"),
    _("Order of the customer"), _("Days to invoice"), _("Dispute probability"), _("Source"),
)  # fmt: skip
PPM = 1_000_000


@require_GET
def invoice_list(request: StaffRequest) -> HttpResponse:
    """List invoices of a status with their sums, and how long it takes to write them."""
    company = request.actor.company
    status, customer_id = _filter(request)
    page = page_asked(
        request,
        lambda cursor: invoice_rows(
            company, status=status, customer_id=customer_id, cursor=cursor
        ),
    )
    counts = invoice_counts(company)
    mean, over = average_days_to_invoice(
        company, since=request.as_of - timedelta(days=KPI_DAYS), until=request.as_of
    )
    context = {
        "page": page,
        "totals": invoice_totals_of(company, status=status, customer_id=customer_id),
        "status": status,
        "tabs": [(value, label, counts.get(value, 0)) for value, label in Status.choices],
        "total": sum(counts.values()),
        "mean": mean,
        "over": over,
        "kpi_days": KPI_DAYS,
        "customer_id": customer_id,
    }
    return render(request, "web/invoices.html", context)


@require_GET
def invoices_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every invoice under the page's filter."""
    status, customer_id = _filter(request)
    found = every_row(
        partial(invoice_rows, request.actor.company, status=status, customer_id=customer_id)
    )
    return file_response(
        kind,
        name=f"invoices-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in found),
    )


@require_GET
def invoice_show(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Show one invoice; a draft with what the check finds and how probable a dispute is."""
    return shown(request, invoice_id)


@require_GET
def invoice_preview(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Return a draft as the PDF it would be, with that word across it."""
    invoice = get_object_or_404(
        Invoice.objects.select_related("company", "customer", "order", "preceding"),
        pk=invoice_id, company=request.actor.company,
    )  # fmt: skip
    if invoice.status == Status.ISSUED:
        raise Http404
    try:
        paper = paper_of(invoice, as_of=request.as_of)
    except TotalsError as error:
        raise Http404 from error
    response = HttpResponse(invoice_pdf(paper, is_draft=True), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="draft-{invoice.pk}.pdf"'
    return response


@require_GET
def invoice_file(request: StaffRequest, invoice_id: int, invoice_file_id: int) -> HttpResponse:
    """Return a file of an issued invoice byte for byte."""
    file = get_object_or_404(
        InvoiceFile, pk=invoice_file_id, invoice=invoice_id, company=request.actor.company
    )
    return download(file.sha256, name=file.name, media_type=file.media_type)


def shown(
    request: StaffRequest, invoice_id: int, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Return the page of an invoice, with why something was refused."""
    company = request.actor.company
    row = invoice_row(company, invoice_id)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "lines": line_rows(row.id),
        "refusal": refusal,
        "files": invoice_files([row.item_id]).get(row.item_id, ()) if row.item_id else (),
        "is_open": row.status in (Status.DRAFT, Status.APPROVED),
    }
    if context["is_open"]:
        context.update(_check(request, row))
    return render(request, "web/invoice.html", context, status=status)


def _check(request: StaffRequest, row: InvoiceRow) -> dict[str, object]:
    invoice = Invoice.objects.select_related("company", "customer", "order", "preceding").get(
        pk=row.id
    )
    found: Prebill = prebill(invoice, as_of=request.as_of)
    return {
        "errors": [finding_words(one) for one in found.errors],
        "warnings": [finding_words(one) for one in found.warnings],
        "risk": invoice_risk(invoice, as_of=request.as_of),
        "must_be_approved": row.status == Status.DRAFT
        and needs_approval(invoice, as_of=request.as_of),
        "summary": summary_of(found.paper),
        "due_on": found.paper.document.due_on,
    }


def _filter(request: StaffRequest) -> tuple[str, int | None]:
    status = request.GET.get("status", "")
    return (status if status in Status.values else ""), read_key(request.GET.get("customer", ""))


def _cells(row: InvoiceRow) -> list[Value]:
    sign = -1 if row.kind == Invoice.Kind.CREDIT_NOTE else 1
    amounts = (row.net_minor, row.tax_minor, row.gross_minor)
    return [
        row.number, str(row.kind_label), str(row.status_label), row.customer_number,
        row.customer_name, row.currency,
        *(from_minor(sign * minor, row.currency) for minor in amounts),
        row.issued_on, row.due_on, row.delivered_on, row.order_number, row.days_to_invoice,
        None if row.dispute_ppm is None else row.dispute_ppm / PPM, str(row.source_label),
    ]  # fmt: skip
