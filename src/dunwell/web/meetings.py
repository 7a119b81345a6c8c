"""Pages about meetings: today's agenda made of stuck money, meetings held, what was decided."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
from dunwell.engine.money import from_minor
from dunwell.models import Customer, Meeting, MeetingDecision, MeetingPoint, User
from dunwell.queries.meetings import (
    MeetingPointRow,
    meeting_decision_rows,
    meeting_detail,
    meeting_rows,
)
from dunwell.queries.stuck_money import (
    AgendaRow,
    agenda_points,
    agenda_rows,
    point_of,
    stuck_item_rows,
)
from dunwell.templatetags.meetings import stuck_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import form_page, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.initiative_forms import PersonChoice
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

USUAL_DAYS = 7
RECENT = timedelta(days=28)
AGENDA_COLUMNS = (
    _("Customer"),
    _("Name"),
    _("Why"),
    _("Currency"),
    _("Stuck"),
    _("Items"),
    _("Since"),
    _("Days"),
)
POINT_COLUMNS = (
    _("Customer"),
    _("Name"),
    _("Why"),
    _("Since"),
    _("Currency"),
    _("Stuck then"),
    _("Open now"),
    _("Items"),
)
DECISION_COLUMNS = (
    _("Meeting"),
    _("Decision"),
    _("Owner"),
    _("Due"),
    _("Customer"),
    _("Currency"),
    _("Stuck"),
    _("Paid since"),
    _("Done on"),
    _("Done by"),
    _("Outcome"),
)


class MeetingForm(forms.Form):
    """What the meeting is called."""

    name = forms.CharField(label=_("Name"), max_length=80)


class MeetingDecisionForm(forms.Form):
    """What was decided, who sees to it, until when."""

    text = forms.CharField(
        label=_("Decision"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = PersonChoice(User.objects.none(), label=_("Who sees to it"))
    due_on = day_field(label=_("Until"))

    def __init__(self, *args: object, request: StaffRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        people = User.objects.filter(
            memberships__company=request.actor.company, is_active=True
        ).exclude(memberships__role__in=("partner", "advisor", "auditor"))
        self.fields["owner"].queryset = people.distinct().order_by("username")  # type: ignore[attr-defined]


class MeetingOutcomeForm(forms.Form):
    """What came of a decision."""

    outcome = forms.CharField(
        label=_("What came of it?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
def meeting_list(request: StaffRequest) -> HttpResponse:
    """Show what a meeting of today would be about, what was decided, and meetings held."""
    company, as_of = request.actor.company, request.as_of
    page = page_asked(request, lambda cursor: meeting_rows(company, cursor=cursor))
    context = {
        "page": page,
        "agenda": agenda_rows(company, as_of=as_of),
        "decisions": meeting_decision_rows(company, as_of=as_of, since=as_of - RECENT),
    }
    return render(request, "web/meetings.html", context)


@require_GET
def meeting_show(request: StaffRequest, meeting_id: int) -> HttpResponse:
    """Show one meeting: its agenda as it was, how it stands now, and its decisions."""
    detail = meeting_detail(request.actor.company, meeting_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    return render(request, "web/meeting.html", {"detail": detail, "row": detail.row})


@require_GET
def agenda_point_show(
    request: StaffRequest, customer_id: int, reason: str, currency: str
) -> HttpResponse:
    """Show the items behind a point of today's agenda."""
    company = request.actor.company
    point = point_of(agenda_points(company, as_of=request.as_of), (customer_id, reason, currency))
    if point is None:
        raise Http404
    customer = get_object_or_404(Customer, pk=customer_id, company=company)
    return _point(request, customer, point, point.items, {})


@require_GET
def meeting_point_show(request: StaffRequest, point_id: int) -> HttpResponse:
    """Show the items behind a point of a meeting that was held."""
    point = get_object_or_404(
        MeetingPoint.objects.select_related("customer", "meeting"),
        pk=point_id,
        company=request.actor.company,
    )
    items = tuple((item_id, minor) for item_id, minor in point.items)
    return _point(request, point.customer, point, items, {"meeting": point.meeting})


@needs("meeting.edit")
@require_http_methods(["GET", "POST"])
def meeting_add(request: StaffRequest) -> HttpResponse:
    """Begin a meeting: the agenda of today is kept."""
    form = MeetingForm(posted(request), initial={"name": gettext("Stuck money")})
    if request.method == "POST" and form.is_valid():
        company, as_of = request.actor.company, request.as_of
        try:
            made = hold_meeting(
                actor=request.actor,
                name=form.cleaned_data["name"],
                points=agenda_points(company, as_of=as_of),
                as_of=as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("meeting", made.pk)
    context = {
        "heading": gettext("Begin a meeting"),
        "lead": gettext("The agenda of today is kept, and decisions stand beside its points."),
        "button": gettext("Begin"),
        "action": reverse("meeting-add"),
        "crumb": gettext("Meetings"),
        "back": reverse("meetings"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("meeting.edit")
@require_http_methods(["GET", "POST"])
def meeting_decide(request: StaffRequest, meeting_id: int) -> HttpResponse:
    """Write down what was decided, about nothing of the agenda in particular."""
    meeting = get_object_or_404(Meeting, pk=meeting_id, company=request.actor.company)
    return _decide(request, meeting, None, reverse("meeting-decide", args=[meeting.pk]))


@needs("meeting.edit")
@require_http_methods(["GET", "POST"])
def meeting_point_decide(request: StaffRequest, point_id: int) -> HttpResponse:
    """Write down what was decided about a point."""
    point = get_object_or_404(
        MeetingPoint.objects.select_related("meeting", "customer"),
        pk=point_id,
        company=request.actor.company,
    )
    return _decide(request, point.meeting, point, reverse("meeting-point-decide", args=[point.pk]))


@require_http_methods(["GET", "POST"])
def meeting_decision_done(request: StaffRequest, decision_id: int) -> HttpResponse:
    """Note that a decision was carried out."""
    decision = get_object_or_404(
        MeetingDecision.objects.select_related("point"),
        pk=decision_id,
        company=request.actor.company,
    )
    return told_page(
        request,
        MeetingOutcomeForm(posted(request)),
        partial(
            carry_out_decision,
            actor=request.actor,
            decision=decision,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Done."),
        back=reverse("meeting", args=[decision.meeting_id]),
        context={
            "heading": gettext("Carried out"),
            "lead": decision.text,
            "button": gettext("Done"),
            "action": reverse("meeting-decision-done", args=[decision.pk]),
            "crumb": gettext("Meetings"),
        },
    )


@require_GET
def agenda_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return today's agenda."""

    def cells(row: AgendaRow) -> tuple[Any, ...]:
        return (
            row.customer_number,
            row.customer_name,
            stuck_label(row.reason),
            row.currency,
            from_minor(row.stuck_minor, row.currency),
            row.n_items,
            row.since_on,
            row.days,
        )

    return file_response(
        kind,
        name=f"stuck-money-{request.as_of.isoformat()}",
        columns=[str(name) for name in AGENDA_COLUMNS],
        rows=(cells(row) for row in agenda_rows(request.actor.company, as_of=request.as_of)),
    )


@require_GET
def meeting_export(request: StaffRequest, meeting_id: int, kind: str) -> HttpResponse:
    """Return the agenda of a meeting as it was, with what of it is still open."""
    detail = meeting_detail(request.actor.company, meeting_id, as_of=request.as_of)
    if detail is None:
        raise Http404

    def cells(row: MeetingPointRow) -> tuple[Any, ...]:
        money = (from_minor(one, row.currency) for one in (row.stuck_minor, row.open_minor))
        return (
            *(row.customer_number, row.customer_name, stuck_label(row.reason)),
            *(row.since_on, row.currency, *money, row.n_items),
        )

    return file_response(
        kind,
        name=f"meeting-{detail.row.on.isoformat()}",
        columns=[str(name) for name in POINT_COLUMNS],
        rows=(cells(row) for row in detail.points),
    )


@require_GET
def meeting_decisions_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the decisions of meetings."""
    rows = meeting_decision_rows(request.actor.company, as_of=request.as_of)

    def shown(minor: int | None, currency: str) -> Any:
        return None if minor is None else from_minor(minor, currency)

    return file_response(
        kind,
        name=f"decisions-{request.as_of.isoformat()}",
        columns=[str(name) for name in DECISION_COLUMNS],
        rows=(
            (
                *(row.meeting, row.text, row.owner, row.due_on, row.customer, row.currency),
                shown(row.stuck_minor, row.currency),
                shown(row.paid_minor, row.currency),
                *(row.done_on, row.done_by, row.outcome),
            )
            for row in rows
        ),
    )


def _decide(
    request: StaffRequest, meeting: Meeting, point: MeetingPoint | None, action: str
) -> HttpResponse:
    form = MeetingDecisionForm(
        posted(request),
        request=request,
        initial={"due_on": request.as_of + timedelta(days=USUAL_DAYS)},
    )
    lead = "" if point is None else f"{point.customer.name}: {stuck_label(point.reason)}"
    return told_page(
        request,
        form,
        partial(
            decide_in_meeting,
            actor=request.actor,
            meeting=meeting,
            point=point,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The decision is written down."),
        back=reverse("meeting", args=[meeting.pk]),
        context={
            "heading": gettext("A decision of %(name)s") % {"name": meeting.name},
            "lead": lead,
            "button": gettext("Write it down"),
            "action": action,
            "crumb": meeting.name,
        },
    )


def _point(
    request: StaffRequest,
    customer: Customer,
    point: Any,
    items: tuple[tuple[int, int], ...],
    more: dict[str, object],
) -> HttpResponse:
    rows = stuck_item_rows(request.actor.company, items)
    context = {
        "point": point,
        "customer": customer,
        "rows": rows,
        "left_minor": sum(row.left_minor for row in rows),
        **more,
    }
    return render(request, "web/meeting_point.html", context)
