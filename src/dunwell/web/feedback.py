"""Pages about feedback: what customers say of us, whom we reach, who complains, who is tired."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.feedback_policy import OCCASIONS, SCALES
from dunwell.formats.exports import Value
from dunwell.models import Survey
from dunwell.queries.contact_quality import (
    TiredCustomer,
    complaint_rates,
    right_party,
    tired_customers,
    tiring_since,
)
from dunwell.queries.feedback_policies import feedback_policy
from dunwell.queries.pages import every_row
from dunwell.queries.surveys import SurveyRow, survey_figures, survey_rows
from dunwell.templatetags.ui import translated
from dunwell.web.exports import file_response
from dunwell.web.keys import read_span_day
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

DAYS = timedelta(days=364)
"""The span a page shows until another one is chosen."""

ANSWER_COLUMNS = (
    _("Question"),
    _("Customer number"),
    _("Customer"),
    _("Kind"),
    _("After"),
    _("Asked on"),
    _("Answer"),
    _("Comment"),
    _("Answered at"),
)
TIRED_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Contacts"),
    _("Calls"),
    _("Written"),
    _("People"),
    _("Last contact"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days a page is about."""

    from_on: date
    until_on: date


@require_GET
def feedback_show(request: StaffRequest) -> HttpResponse:
    """Show what answers come to, right-party contact and complaints of a span."""
    company, span = request.actor.company, _span(request)
    policy = feedback_policy(company, as_of=request.as_of)
    on = {"from_on": span.from_on, "until_on": span.until_on}
    figures = survey_figures(company, **on)
    context = {
        "tab": "feedback",
        "span": span,
        "policy": policy,
        "is_asking": any(one.is_on for one in policy.occasions.values()),
        "totals": [row for row in figures if row.month is None],
        "months": [row for row in figures if row.month is not None],
        "callers": right_party(company, **on),
        "complaints": complaint_rates(company, policy, **on),
    }
    return render(request, "web/feedback.html", context)


@require_GET
def answer_list(request: StaffRequest) -> HttpResponse:
    """List questions and answers, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: survey_rows(company, cursor=cursor, **only))
    context = {
        "tab": "answers",
        "page": page,
        "only": only,
        "kinds": Survey.Kind.choices,
        "occasions": Survey.Occasion.choices,
    }
    return render(request, "web/feedback_answers.html", context)


@require_GET
def answers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every question under the page's filter."""
    found = every_row(partial(survey_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"feedback-{request.as_of.isoformat()}",
        columns=[str(name) for name in ANSWER_COLUMNS],
        rows=(_answer(row) for row in found),
    )


@require_GET
def tired_list(request: StaffRequest) -> HttpResponse:
    """List customers that were contacted often of late, by all teams together."""
    company = request.actor.company
    policy = feedback_policy(company, as_of=request.as_of)
    read = partial(tired_customers, company, policy, as_of=request.as_of)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "tab": "fatigue",
        "page": page,
        "policy": policy,
        "from_on": tiring_since(policy, as_of=request.as_of),
        "until_on": request.as_of,
    }
    return render(request, "web/feedback_fatigue.html", context)


@require_GET
def tired_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer of the page."""
    company = request.actor.company
    policy = feedback_policy(company, as_of=request.as_of)
    found = every_row(partial(tired_customers, company, policy, as_of=request.as_of))
    return file_response(
        kind,
        name=f"fatigue-{request.as_of.isoformat()}",
        columns=[str(name) for name in TIRED_COLUMNS],
        rows=(_tired(row) for row in found),
    )


def _span(request: StaffRequest) -> Span:
    """Return the days of the address; a year until today where it names none that fit."""
    from_on, until_on = (read_span_day(request.GET.get(name, "")) for name in ("from", "until"))
    until_on = until_on or request.as_of
    if from_on is None or from_on > until_on:
        from_on = until_on - DAYS
    return Span(from_on, until_on)


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address."""
    kind, occasion = request.GET.get("kind", ""), request.GET.get("occasion", "")
    return {
        "kind": kind if kind in SCALES else "",
        "occasion": occasion if occasion in OCCASIONS else "",
        "only_answered": request.GET.get("answered", "") == "1",
        "from_on": read_span_day(request.GET.get("from", "")),
        "until_on": read_span_day(request.GET.get("until", "")),
    }


def _answer(row: SurveyRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.customer_number,
        row.customer_name,
        translated(row.kind_label),
        translated(row.occasion_label),
        row.asked_on,
        row.score,
        row.comment,
        row.answered_at.isoformat() if row.answered_at else None,
    )


def _tired(row: TiredCustomer) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.contacts,
        row.calls,
        row.written,
        row.people,
        row.last_at.isoformat(),
    )
