"""Pages about duties that are kept apart: who holds both sides, and what was allowed."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.duty_overrides import (
    LONGEST_DAYS,
    LONGEST_REASON,
    allow_duties,
    end_duties,
)
from dunwell.actions.gate import Refused
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import DutyOverride
from dunwell.queries.duty_pairs import KeptApartRow, duty_conflicts, duty_pairs
from dunwell.web.answers import colleague_or_404, done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Who"),
    _("Kept apart"),
    _("Where it stands"),
    _("Reason"),
    _("Allowed by"),
    _("From"),
    _("Until"),
    _("Acts it allowed"),
)
STATES = {
    "open": _("not allowed"),
    "allowed": _("allowed"),
    "over": _("ran out"),
    "ended": _("ended"),
}


class AllowForm(forms.Form):
    """Which pair one person may do for a time, and why."""

    pair = forms.ChoiceField(label=_("Kept apart"))
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=LONGEST_DAYS, initial=30
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every pair."""
        super().__init__(*args, **kwargs)
        self.fields["pair"].choices = [  # type: ignore[attr-defined]
            (pair.id, capfirst(gettext(pair.why))) for pair in duty_pairs()
        ]


@needs("user.manage")
@require_GET
def kept_apart(request: StaffRequest) -> HttpResponse:
    """Show who holds both sides of a pair, and everything that was allowed."""
    context = {"rows": _rows(request), "pairs": duty_pairs(), "states": STATES}
    return render(request, "web/duty_overrides.html", context)


@needs("user.manage")
@require_GET
def kept_apart_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the report as a file."""
    return file_response(
        kind,
        name=f"duties-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.username,
                gettext(row.why),
                str(STATES[row.state]),
                row.reason,
                row.by,
                row.granted_at,
                row.ends_at,
                row.used,
            )
            for row in _rows(request)
        ),
    )


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def duties_allow(request: StaffRequest, user_id: int) -> HttpResponse:
    """Allow a person both sides of a pair for a time."""
    user = colleague_or_404(request, user_id)

    def act(**told: Any) -> DutyOverride:
        return allow_duties(actor=request.actor, user=user, at=clock.now(), **told)

    return told_page(
        request,
        AllowForm(posted(request), initial={"pair": request.GET.get("pair", "")}),
        act,
        said=gettext("Allowed for a time; it stands in the report."),
        back=reverse("kept-apart"),
        context={
            "heading": gettext("Allow %(name)s both duties") % {"name": user.username},
            "lead": gettext("It ends by itself, and every act it allows is marked."),
            "button": gettext("Allow it"),
            "action": reverse("duties-allow", args=[user.pk]),
            "crumb": gettext("Duties kept apart"),
        },
    )


@needs("user.manage")
@require_POST
def duties_end(request: StaffRequest, override_id: int) -> HttpResponse:
    """End what was allowed at once."""
    found = get_object_or_404(DutyOverride, pk=override_id, company=request.actor.company)
    try:
        end_duties(actor=request.actor, override=found, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("kept-apart"))
    return done(request, gettext("Ended."), back=reverse("kept-apart"))


def _rows(request: StaffRequest) -> tuple[KeptApartRow, ...]:
    return duty_conflicts(request.actor.company, rights=ROLE_RIGHTS, at=clock.now())
