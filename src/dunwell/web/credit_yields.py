"""Pages about what selling on credit costs and brings, and what its words mean."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.credit_words import credit_words
from dunwell.queries.credit_yields import BY, YieldRow, credit_yield_page, credit_yields
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

BY_LABELS = {"segment": _("Segment"), "terms": _("Credit terms"), "country": _("Country")}
COLUMNS = (
    _("Group"),
    _("Customers"),
    _("Currency"),
    _("Sales on credit"),
    _("Owed on average"),
    _("Margin"),
    _("Cost of carry"),
    _("Expected loss"),
    _("Cost to collect"),
    _("Discounts"),
    _("Result"),
    _("Yield a year in ppm"),
)


@require_GET
def credit_yield_show(request: StaffRequest) -> HttpResponse:
    """Show a year of credit by segment, terms or country, or the customers of one group."""
    by, group = _asked(request)
    company = request.actor.company
    found, page = page_asked(
        request,
        lambda cursor: credit_yield_page(
            company, as_of=request.as_of, by=by, group=group, cursor=cursor
        ),
    )
    context = {
        "tab": "yield",
        "page": page,
        "found": found,
        "by": by,
        "group": group,
        "groupings": BY_LABELS.items(),
        "by_label": BY_LABELS[by],
    }
    return render(request, "web/credit_yields.html", context)


@require_GET
def credit_yield_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the rows of the page."""
    by, group = _asked(request)
    found = credit_yields(request.actor.company, as_of=request.as_of, by=by, group=group)
    return file_response(
        kind,
        name=f"credit-yield-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row, found.currency) for row in found.rows),
    )


@require_GET
def credit_words_show(request: StaffRequest) -> HttpResponse:
    """Explain the words of provisions and financing by figures of the own book."""
    words = credit_words(request.actor.company, as_of=request.as_of)
    return render(request, "web/credit_words.html", {"tab": "words", "words": words})


def _asked(request: StaffRequest) -> tuple[str, str]:
    by = request.GET.get("by", "segment")
    return by if by in BY else BY[0], request.GET.get("group", "")[:80]


def _cells(row: YieldRow, currency: str) -> tuple[Value, ...]:
    found = row.found
    amounts = (
        found.sales_minor,
        found.average_minor,
        found.margin_minor,
        found.carry_minor,
        found.loss_minor,
        found.collect_minor,
        found.discount_minor,
        row.result_minor,
    )
    return (
        row.key,
        row.customers,
        currency,
        *(from_minor(minor, currency) for minor in amounts),
        row.yield_ppm,
    )
