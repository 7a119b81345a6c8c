"""Pages about credit reviews: the queue with its budget, the calendar, one review."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.formats.exports import Value
from dunwell.queries.credit_reviews import (
    SCOPES,
    ReviewRow,
    review_budget,
    review_calendar,
    review_counts,
    review_detail,
    review_rows,
)
from dunwell.queries.events import event_rows
from dunwell.queries.pages import every_row
from dunwell.queries.review_cases import coming_reviews
from dunwell.templatetags.credit_words import outcome_label, trigger_label
from dunwell.templatetags.ui import translated
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

LABELS = {
    "week": _("This week"),
    "waiting": _("Waiting"),
    "working": _("Being reviewed"),
    "decide": _("To decide"),
    "overdue": _("Past their day"),
    "closed": _("Done"),
    "all": _("All"),
}
SHOWN_EVENTS = 30
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Status"),
    _("Due"),
    _("Why"),
    _("This week"),
    _("Currency"),
    _("Exposure"),
    _("Limit"),
    _("Change in expected loss"),
    _("Risk class"),
    _("Reviewer"),
    _("Recommendation"),
    _("New limit"),
    _("Decided by"),
    _("Result"),
    _("Closed on"),
)


@require_GET
def review_list(request: StaffRequest) -> HttpResponse:
    """List reviews, the largest change in expected loss first, beside the week's budget."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: review_rows(company, cursor=cursor, **only))
    counts = review_counts(company, as_of=request.as_of)
    months = review_calendar(company, as_of=request.as_of)
    context = {
        "page": page,
        "only": only,
        "tabs": [(value, label, counts[value]) for value, label in LABELS.items()],
        "budget": review_budget(company, as_of=request.as_of),
        "months": [(one, _width(one.due, months)) for one in months],
    }
    return render(request, "web/credit_reviews.html", context)


@require_GET
def reviews_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every review under the page's filter."""
    found = every_row(partial(review_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"credit-reviews-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def review_months(request: StaffRequest) -> HttpResponse:
    """Show the calendar to come: how many customers are due in which month."""
    company = request.actor.company
    months = coming_reviews(company, as_of=request.as_of)
    most = max((one.customers for one in months), default=1)
    context = {
        "months": [(one, f"{100 * one.customers / most:.2f}%") for one in months],
        "customers": sum(one.customers for one in months),
        "limit_minor": sum(one.limit_minor for one in months),
        "currency": company.currency,
    }
    return render(request, "web/credit_review_months.html", context)


@require_GET
def review_show(request: StaffRequest, review_id: int) -> HttpResponse:
    """Show one review: what moved, what the policy proposes, what was recommended and decided."""
    company = request.actor.company
    detail = review_detail(company, review_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    events = event_rows(company, subject="creditreview", subject_id=review_id, limit=SHOWN_EVENTS)
    context = {"detail": detail, "row": detail.row, "events": events}
    return render(request, "web/credit_review.html", context)


def _only(request: StaffRequest) -> dict[str, Any]:
    scope = request.GET.get("scope", "")
    return {
        "as_of": request.as_of,
        "scope": scope if scope in SCOPES else SCOPES[0],
        "search": request.GET.get("q", "")[:80].replace("\0", ""),
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _width(due: int, months: Any) -> str:
    return f"{100 * due / max(one.due for one in months):.2f}%"


def _line(row: ReviewRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        translated(row.status_label),
        row.due_on,
        "; ".join(trigger_label(one.code) for one in row.triggers),
        row.is_queued,
        row.currency,
        amount_or_none(row.exposure_minor, row.currency),
        amount_or_none(row.limit_minor, row.currency),
        amount_or_none(row.change_minor, row.currency),
        row.risk_class,
        row.reviewer,
        translated(row.advice_label),
        amount_or_none(row.advised_minor, row.currency),
        row.decided_by,
        outcome_label(row.outcome) if row.outcome else "",
        row.closed_on,
    )
