"""Pages about legal matters: the board, the list, one matter, its proof of claim."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.proof_of_claim import proof_of_claim_pdf
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import LegalMatter
from dunwell.queries.legal import LegalRow, legal_board, legal_detail, legal_rows
from dunwell.queries.legal_claims import proof_of_claim
from dunwell.queries.limitation import limitation_book
from dunwell.queries.pages import every_row
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

SOON = ("barred", "30", "90")
"""Buckets of the limitation clock that the board shows."""
COLUMNS = (
    _("Matter"),
    _("Kind"),
    _("Status"),
    _("Customer"),
    _("Currency"),
    _("Claim"),
    _("Interest"),
    _("Costs"),
    _("Dividends"),
    _("Opened on"),
    _("File by"),
    _("Filed on"),
    _("Closed on"),
    _("Lawyer"),
)


@require_GET
def legal_board_page(request: StaffRequest) -> HttpResponse:
    """Show the matters that run by status, their deadlines, and what becomes time-barred soon."""
    company, as_of = request.actor.company, request.as_of
    totals = limitation_book(company, as_of=as_of).totals
    context = {
        "tab": "board",
        "columns": legal_board(company, as_of=as_of),
        "soon": [total for total in totals if total.bucket in SOON],
    }
    return render(request, "web/legal.html", context)


@require_GET
def legal_list(request: StaffRequest) -> HttpResponse:
    """List matters, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: legal_rows(company, cursor=cursor, **only))
    context = {
        "tab": "matters",
        "page": page,
        "status": only["status"],
        "statuses": LegalMatter.Status.choices,
    }
    return render(request, "web/legal_matters.html", context)


@require_GET
def legal_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every matter under the page's filter."""
    found = every_row(partial(legal_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"legal-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def matter_show(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Show one matter: its items, deadline, costs and dividends."""
    detail = legal_detail(request.actor.company, matter_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    return render(request, "web/legal_matter.html", {"detail": detail, "row": detail.row})


@require_GET
def matter_pdf(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Return the proof of claim of an insolvency as a PDF."""
    claim = proof_of_claim(request.actor.company, matter_id)
    if claim is None:
        raise Http404
    try:
        data = proof_of_claim_pdf(claim)
    except TypesettingError as error:
        return HttpResponse(spoken(error), status=500, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="claim-{claim.number}.pdf"'
    return response


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; at first what runs."""
    asked = request.GET.get("status", "running")
    return {
        "as_of": request.as_of,
        "status": str(asked) if asked in {"running", *LegalMatter.Status.values} else "",
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: LegalRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        translated(row.kind_label),
        translated(row.status_label),
        row.customer_name,
        code,
        from_minor(row.claim_minor, code),
        from_minor(row.interest_minor, code),
        from_minor(row.cost_minor, code),
        from_minor(row.dividend_minor, code),
        row.opened_on,
        row.file_by_on,
        row.filed_on,
        row.closed_on,
        row.lawyer,
    )
