"""Pages about hand-offs: what waits for me, the clock, and what came of each."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.hand_offs import (
    LONGEST_CONTEXT,
    LONGEST_RESULT,
    LONGEST_WHAT,
    ask_hand_off,
    finish_hand_off,
    give_back,
    take_hand_off,
    withdraw_hand_off,
)
from dunwell.formats.exports import Value
from dunwell.models import HandOff, User
from dunwell.queries.colleagues import colleagues
from dunwell.queries.hand_offs import (
    MINE,
    SCOPES,
    HandOffReader,
    HandOffRow,
    hand_off_of,
    hand_off_reader,
    hand_off_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.case_charts import desk_label
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, done, form_page, posted, refused, told_page
from dunwell.web.case_graph import about_choices, graph_of, read_about
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LABELS = {
    "mine": _("For me"),
    "asked": _("Asked by me"),
    "open": _("All open"),
    "late": _("Not taken on in time"),
    "over": _("Over"),
}
COLUMNS = (
    _("What"),
    _("Customer number"),
    _("Customer"),
    _("Status"),
    _("Desk"),
    _("Person"),
    _("Asked by"),
    _("Asked on"),
    _("Take on by (UTC)"),
    _("Needed on"),
    _("Taken on by"),
    _("Result"),
)


class HandOffForm(forms.Form):
    """What is handed over, to which desk, and what they have to know."""

    to_desk = forms.ChoiceField(label=_("To which desk"), choices=HandOff.Desk.choices)
    person = forms.ChoiceField(label=_("To whom"), required=False)
    what = forms.CharField(label=_("What is to be done"), max_length=LONGEST_WHAT)
    context = forms.CharField(
        label=_("What they have to know"),
        required=False,
        max_length=LONGEST_CONTEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    about = forms.ChoiceField(label=_("About"), required=False)
    due_on = day_field(label=_("Needed on"), required=False)

    def __init__(
        self,
        people: list[tuple[str, str]],
        about: list[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].choices = [("", gettext("everybody of the desk")), *people]
        fields["about"].choices = about


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Why?"), max_length=LONGEST_RESULT, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResultForm(forms.Form):
    """What came of it."""

    result = forms.CharField(
        label=_("What came of it?"),
        max_length=LONGEST_RESULT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
def hand_off_list(request: StaffRequest) -> HttpResponse:
    """List hand-offs, what is to be taken on first at the top."""
    only = _only(request)
    read = partial(
        hand_off_rows,
        request.actor.company,
        _reader(request),
        as_of=request.as_of,
        at=clock.now(),
        **only,
    )
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "page": page,
        "scopes": list(LABELS.items()),
        "desks": HandOff.Desk.choices,
        **only,
    }
    return render(request, "web/hand_offs.html", context)


@require_GET
def hand_offs_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every hand-off under the page's filter."""
    found = every_row(
        partial(
            hand_off_rows,
            request.actor.company,
            _reader(request),
            as_of=request.as_of,
            at=clock.now(),
            **_only(request),
        )
    )
    return file_response(
        kind,
        name=f"hand-offs-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def hand_off_show(request: StaffRequest, hand_off_id: int) -> HttpResponse:
    """Show one hand-off: what is to be done, whom it waits for, its clock."""
    row = hand_off_of(
        request.actor.company,
        _reader(request),
        hand_off_id,
        as_of=request.as_of,
        at=clock.now(),
    )
    if row is None:
        raise Http404
    return render(request, "web/hand_off.html", {"row": row})


@needs("case.share")
@require_http_methods(["GET", "POST"])
def hand_off_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Hand a piece of work about a customer to another desk."""
    customer = customer_or_404(request, customer_id)
    people = colleagues(request.actor.company)
    form = HandOffForm(
        [
            (str(one.user_id), f"{one.name} ({', '.join(map(desk_label, one.desks))})")
            for one in people
            if one.desks
        ],
        about_choices(graph_of(request, customer)),
        posted(request),
        initial={"about": request.GET.get("about", "")},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        subject, subject_id = read_about(told["about"])
        person = int(told["person"]) if told["person"] else None
        try:
            made = ask_hand_off(
                actor=request.actor,
                customer=customer,
                to_desk=told["to_desk"],
                to_user=None if person is None else User.objects.get(pk=person),
                what=told["what"],
                context=told["context"],
                subject=subject,
                subject_id=subject_id,
                due_on=told["due_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = gettext("Handed off; the clock runs.")
            return done(request, said, back=reverse("hand-off", args=[made.pk]))
    context = {
        "heading": gettext("Hand off"),
        "lead": gettext("%(customer)s. The desk has some office hours to take it on.")
        % {"customer": customer.name},
        "button": gettext("Hand off"),
        "action": reverse("hand-off-add", args=[customer.pk]),
        "back": reverse("case-graph", args=[customer.pk]),
        "crumb": gettext("Case"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("case.share")
@require_POST
def hand_off_take(request: StaffRequest, hand_off_id: int) -> HttpResponse:
    """Take a hand-off on; its clock stops."""
    hand_off = _hand_off(request, hand_off_id)
    back = reverse("hand-off", args=[hand_off.pk])
    try:
        take_hand_off(actor=request.actor, hand_off=hand_off, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("It is yours now; the clock has stopped."), back=back)


@needs("case.share")
@require_http_methods(["GET", "POST"])
def hand_off_done(request: StaffRequest, hand_off_id: int) -> HttpResponse:
    """Say what came of a hand-off."""
    return _told(
        request, hand_off_id, ResultForm(posted(request)), finish_hand_off,
        heading=_("Done"), page="hand-off-done", said=_("Done; who asked is told."),
    )  # fmt: skip


@needs("case.share")
@require_http_methods(["GET", "POST"])
def hand_off_give_back(request: StaffRequest, hand_off_id: int) -> HttpResponse:
    """Give a hand-off back to who asked."""
    return _told(
        request, hand_off_id, ReasonForm(posted(request)), give_back,
        heading=pgettext_lazy("work", "Give back"), page="hand-off-give-back",
        said=_("Given back; who asked is told."),
    )  # fmt: skip


@needs("case.share")
@require_http_methods(["GET", "POST"])
def hand_off_withdraw(request: StaffRequest, hand_off_id: int) -> HttpResponse:
    """Take a hand-off back that is no longer needed."""
    return _told(
        request, hand_off_id, ReasonForm(posted(request)), withdraw_hand_off,
        heading=_("Withdraw"), page="hand-off-withdraw", said=_("Withdrawn."),
    )  # fmt: skip


def _told(
    request: StaffRequest,
    hand_off_id: int,
    form: forms.Form,
    act: Callable[..., object],
    *,
    heading: Promise | str,
    page: str,
    said: Promise | str,
) -> HttpResponse:
    hand_off = _hand_off(request, hand_off_id)
    answer = partial(
        act, actor=request.actor, hand_off=hand_off, as_of=request.as_of, at=clock.now()
    )
    context = {
        "heading": str(heading),
        "lead": f"{hand_off.customer.name}: {hand_off.what}",
        "button": str(heading),
        "action": reverse(page, args=[hand_off.pk]),
        "crumb": gettext("Hand-off"),
    }
    back = reverse("hand-off", args=[hand_off.pk])
    return told_page(request, form, answer, said=str(said), back=back, context=context)


def _hand_off(request: StaffRequest, hand_off_id: int) -> HandOff:
    found = HandOff.objects.select_related("customer", "to_user")
    return get_object_or_404(found, pk=hand_off_id, company=request.actor.company)


def _reader(request: StaffRequest) -> HandOffReader:
    actor = request.actor
    return hand_off_reader(
        actor.company, user_id=actor.user_id, roles=actor.roles, as_of=request.as_of
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    asked = request.GET
    scope, desk = asked.get("scope", ""), asked.get("desk", "")
    return {
        "scope": scope if scope in SCOPES else MINE,
        "desk": desk if desk in HandOff.Desk.values else "",
        "customer_id": read_key(asked.get("customer", "")),
    }


def _row(row: HandOffRow) -> tuple[Value, ...]:
    return (
        row.what,
        row.customer_number,
        row.customer_name,
        translated(row.status_label),
        translated(row.desk_label),
        row.to_person,
        row.by,
        row.asked_on,
        row.answer_by_at.isoformat(),
        row.due_on,
        row.taken_by,
        row.result,
    )
