"""Pages about how the book is spread: every dimension, and the customers of one part."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.queries.concentrations import (
    concentrations,
    part_label,
    part_members,
    part_page,
)
from dunwell.queries.portfolio_measures import SHOWN
from dunwell.templatetags.portfolio_risk import dimension_label, sector_label
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

MOST_SHOWN = 8
MOST_MEMBERS = 200
PPM = 1_000_000
COLUMNS = (
    *(_("Dimension"), _("Part"), _("Customers"), _("Currency"), _("Exposure"), _("Share")),
    *(_("Expected loss"), _("Before"), _("Compared with")),
)
MEMBER_COLUMNS = (
    *(_("Customer number"), _("Customer"), _("Risk class"), _("Currency"), _("Counted here")),
)


@require_GET
def risk_home(request: StaffRequest) -> HttpResponse:
    """Show the spread of the book by every dimension, against last month."""
    page = concentrations(request.actor.company, as_of=request.as_of, most=MOST_SHOWN)
    context = {
        "page": page,
        "parts": [(name, rows, page.counts[name]) for name, rows in page.parts.items()],
        "most_shown": MOST_SHOWN,
        "currency": page.currency,
    }
    return render(request, "web/risk.html", context)


@require_GET
def risk_dimension(request: StaffRequest, dimension: str) -> HttpResponse:
    """Show the parts of one dimension."""
    if dimension not in SHOWN:
        raise Http404
    company = request.actor.company
    page = page_asked(
        request,
        lambda cursor: part_page(company, dimension=dimension, as_of=request.as_of, cursor=cursor),
    )
    context = {
        "page": page,
        "dimension": dimension,
        "rows": page.rows,
        "currency": company.currency,
    }
    return render(request, "web/risk_dimension.html", context)


@require_GET
def risk_part(request: StaffRequest, dimension: str) -> HttpResponse:
    """Show the customers that add up to a part."""
    company, key = request.actor.company, _key(request, dimension)
    told = part_members(
        company, dimension=dimension, key=key, as_of=request.as_of, most=MOST_MEMBERS
    )
    shown_minor = sum(amount for _row, amount in told.rows)
    context = {
        "dimension": dimension,
        "key": key,
        "label": part_label(company, dimension=dimension, key=key),
        "rows": told.rows,
        "more": told.customers - len(told.rows),
        "more_minor": told.total_minor - shown_minor,
        "total_minor": told.total_minor,
        "currency": company.currency,
    }
    return render(request, "web/risk_part.html", context)


@require_GET
def risk_part_export(request: StaffRequest, dimension: str, kind: str) -> HttpResponse:
    """Return every customer of a part."""
    company, key = request.actor.company, _key(request, dimension)
    code = company.currency
    told = part_members(company, dimension=dimension, key=key, as_of=request.as_of)
    return file_response(
        kind,
        name=f"risk-{dimension}-{request.as_of.isoformat()}",
        columns=[str(name) for name in MEMBER_COLUMNS],
        rows=(
            (
                row.customer_number,
                row.customer_name,
                row.risk_class,
                code,
                from_minor(amount, code),
            )
            for row, amount in told.rows
        ),
    )


@require_GET
def risk_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every part of every dimension."""
    page = concentrations(request.actor.company, as_of=request.as_of)
    code = page.currency
    return file_response(
        kind,
        name=f"concentration-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                dimension_label(dimension),
                sector_label(row.key) if dimension == "sector" else row.label,
                row.customers,
                code,
                from_minor(row.exposure_minor, code),
                row.share_ppm / PPM,
                from_minor(row.loss_minor, code),
                amount_or_none(row.before_minor, code),
                page.before,
            )
            for dimension, rows in page.parts.items()
            for row in rows
        ),
    )


def _key(request: StaffRequest, dimension: str) -> str:
    if dimension not in SHOWN:
        raise Http404
    return request.GET.get("key", "")[:80].replace("\0", "")
