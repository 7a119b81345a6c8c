"""Pages about why disputes happen: the Pareto, actions against causes, what to check first."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.cause_actions import (
    add_cause_action,
    drop_cause_action,
    finish_cause_action,
    reopen_cause_action,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import CauseAction, User
from dunwell.queries.billing_checks import billing_checks
from dunwell.queries.dispute_causes import (
    BY_CAUSE,
    BY_OWNER,
    BY_REASON,
    CENTI,
    YEAR_DAYS,
    CauseRow,
    cause_action_rows,
    cause_page,
)
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.web.answers import posted, told_page
from dunwell.web.dispute_board import language
from dunwell.web.dispute_forms import causes_of, colleagues, day_or_none
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

BY = {BY_CAUSE: _("By root cause"), BY_REASON: _("By reason"), BY_OWNER: _("By owner")}
COLUMNS = (
    _("Group"),
    _("Cases"),
    _("Currency"),
    _("Disputed"),
    _("Share in percent"),
    _("Running share in percent"),
    _("Ended"),
    _("Days in all"),
    _("Mean days"),
    _("Median days"),
    _("Decided"),
    _("Valid in percent"),
)
PARAMETERS = {BY_CAUSE: "cause", BY_REASON: "reason", BY_OWNER: "owner"}
"""What the list of cases is asked for, to show those of a row."""
NONE = "none"
CHECK_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Product"),
    _("Reason"),
    _("Cases"),
    _("Last disputed"),
)


class CauseActionForm(forms.Form):
    """What is to be done against a cause, by whom and by when."""

    root_cause = forms.ChoiceField(label=_("Root cause"))
    action = forms.CharField(
        label=_("What is to be done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Who does it"), required=False, empty_label=_("nobody yet")
    )
    due_on = day_field(label=_("Due on"))


@require_GET
def cause_list(request: StaffRequest) -> HttpResponse:
    """Show the Pareto of a period, with what is done against causes."""
    company, asked = request.actor.company, _asked(request)
    page = cause_page(company, **asked, as_of=request.as_of, language=language())
    context = {
        "page": page,
        "bars": [_bar(row, page.by, asked) for row in page.rows],
        "by": list(BY.items()),
        "until_shown": page.until - timedelta(days=1),
        "segment": asked["segment"],
        "actions": cause_action_rows(company, as_of=request.as_of, language=language()),
        "ddo_days": YEAR_DAYS,
    }
    return render(request, "web/causes.html", context)


@require_GET
def causes_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the Pareto of the page."""
    page = cause_page(
        request.actor.company, **_asked(request), as_of=request.as_of, language=language()
    )
    return file_response(
        kind,
        name=f"dispute-causes-{page.since.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_values(row) for row in page.rows),
    )


@require_GET
def billing_check_list(request: StaffRequest) -> HttpResponse:
    """Show what to look at before the next bill."""
    rows = billing_checks(request.actor.company, as_of=request.as_of, language=language())
    return render(request, "web/cause_checks.html", {"rows": rows})


@require_GET
def billing_checks_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what to look at before the next bill as a file."""
    rows = billing_checks(request.actor.company, as_of=request.as_of, language=language())
    return file_response(
        kind,
        name=f"billing-checks-{request.as_of.isoformat()}",
        columns=[str(name) for name in CHECK_COLUMNS],
        rows=(
            (
                one.customer_number,
                one.customer_name,
                one.product,
                one.reason_label,
                one.cases,
                one.last_on,
            )
            for one in rows
        ),
    )


@needs("cause.edit")
@require_http_methods(["GET", "POST"])
def cause_action_add(request: StaffRequest) -> HttpResponse:
    """Record what is to be done against a cause."""
    company = request.actor.company
    policy = dispute_policy_in_force(company, as_of=request.as_of).policy
    initial = {"root_cause": request.GET.get("cause", "")}
    form = CauseActionForm(posted(request), initial=initial)
    causes: Any = form.fields["root_cause"]
    owner: Any = form.fields["owner"]
    causes.choices = causes_of(policy, language())
    owner.queryset = colleagues(company)
    act = partial(add_cause_action, actor=request.actor, as_of=request.as_of, at=clock.now())
    return told_page(
        request,
        form,
        act,
        said=gettext("Recorded."),
        back=reverse("causes"),
        context=_context(request, gettext("Act against a cause"), ""),
    )


@needs("cause.edit")
@require_http_methods(["GET", "POST"])
def cause_action_finish(request: StaffRequest, action_id: int) -> HttpResponse:
    """Say that it is done; its effect is watched from then on."""
    return _moved(request, action_id, finish_cause_action, gettext("It is done"))


@needs("cause.edit")
@require_http_methods(["GET", "POST"])
def cause_action_reopen(request: StaffRequest, action_id: int) -> HttpResponse:
    """Take up again what did not work."""
    return _moved(request, action_id, reopen_cause_action, gettext("Take it up again"))


@needs("cause.edit")
@require_http_methods(["GET", "POST"])
def cause_action_drop(request: StaffRequest, action_id: int) -> HttpResponse:
    """Give an action up, with a reason."""
    found = _action(request, action_id)

    def take_back(reason: str) -> None:
        drop_cause_action(
            actor=request.actor,
            cause_action=found,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = _context(request, gettext("Drop it"), found.action)
    back = reverse("causes")
    return reason_page(request, take_back, said=gettext("Dropped."), back=back, context=context)


def _moved(
    request: StaffRequest, action_id: int, move: Callable[..., object], heading: str
) -> HttpResponse:
    found = _action(request, action_id)
    act = partial(
        move, actor=request.actor, cause_action=found, as_of=request.as_of, at=clock.now()
    )
    return told_page(
        request,
        forms.Form(posted(request)),
        act,
        said=gettext("Recorded."),
        back=reverse("causes"),
        context=_context(request, heading, found.action),
    )


def _action(request: StaffRequest, action_id: int) -> CauseAction:
    return get_object_or_404(CauseAction, pk=action_id, company=request.actor.company)


def _context(request: StaffRequest, heading: str, lead: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "lead": lead,
        "button": heading,
        "action": request.path,
        "crumb": gettext("Causes of disputes"),
        "back": reverse("causes"),
    }


def _asked(request: StaffRequest) -> dict[str, Any]:
    """Return the period and segment of the address; at first the last year up to today."""
    told = request.GET
    until = day_or_none(told.get("until", "")) or request.as_of
    since = day_or_none(told.get("since", "")) or until - timedelta(days=YEAR_DAYS - 1)
    last = min(until, date.max - timedelta(days=1))
    return {
        "by": told["by"] if told.get("by") in BY else BY_CAUSE,
        "since": min(since, last),
        "until": last + timedelta(days=1),
        "segment": told.get("segment", "")[:40].replace("\0", ""),
    }


def _bar(row: CauseRow, by: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the width of its bar and the list of cases that sum to it."""
    query = {
        "scope": "all",
        PARAMETERS[by]: row.group or (NONE if by == BY_OWNER else ""),
        "since": asked["since"].isoformat(),
        "until": asked["until"].isoformat(),
    }
    if asked["segment"]:
        query["segment"] = asked["segment"]
    return {
        "row": row,
        "width": f"{row.share_ppm / 10_000:.2f}%",
        "upto": f"{row.upto_ppm / 10_000:.2f}%",
        "href": f"{reverse('disputes-list')}?{urlencode(query)}",
    }


def _values(row: CauseRow) -> tuple[Value, ...]:
    def days(centidays: int | None) -> float | None:
        return None if centidays is None else centidays / CENTI

    def percent(ppm: int | None) -> float | None:
        return None if ppm is None else ppm / 10_000

    return (
        row.label or row.group,
        row.cases,
        row.currency,
        from_minor(row.base_minor, row.currency),
        percent(row.share_ppm),
        percent(row.upto_ppm),
        row.resolved,
        row.days_sum,
        days(row.mean_centidays),
        days(row.median_centidays),
        row.decided,
        percent(row.valid_ppm),
    )
