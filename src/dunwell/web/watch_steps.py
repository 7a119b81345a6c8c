"""What is done with a watch: started, changed, checked, frozen, ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.exposure_freezes import lift_freeze, propose_freeze
from dunwell.actions.watches import (
    MOST_DAYS,
    WatchTerms,
    accept_watch,
    change_watch,
    end_watch,
    record_check,
    start_watch,
)
from dunwell.models import ExposureFreeze, User, Watch
from dunwell.queries.playbooks import playbooks_in_force
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LABELS = {
    "running": _("Under watch"),
    "due": _("Check due"),
    "mine": _("I am the sponsor"),
    "proposed": _("Proposed"),
    "ended": _("Ended"),
    "all": _("All"),
}
COLUMNS = (
    _("Playbook"),
    _("Customer number"),
    _("Customer"),
    _("Status"),
    _("Reason"),
    _("Sponsor"),
    _("How"),
    _("Every so many days"),
    _("Next check"),
    _("Checks"),
    _("Last check"),
    _("Exposure freeze"),
    _("Since"),
    _("Ended on"),
    _("Result"),
)


class TermsForm(forms.Form):
    """How a customer is watched; the agenda is one point a line."""

    way = forms.ChoiceField(label=_("How it is checked"), choices=Watch.Way.choices)
    every_days = forms.IntegerField(
        label=_("Every so many days"), min_value=1, max_value=MOST_DAYS
    )
    agenda = forms.CharField(
        label=_("Agenda, one point a line"),
        required=False,
        max_length=4_200,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sponsor = forms.ModelChoiceField(
        User.objects.none(), label=_("Sponsor"), required=False, empty_label=_("nobody")
    )

    def __init__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who works for the company as a sponsor."""
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            memberships__company=request.actor.company, is_active=True
        ).distinct()
        self.fields["sponsor"] = forms.ModelChoiceField(
            people.order_by("username"),
            label=_("Sponsor"),
            required=False,
            empty_label=_("nobody"),
        )

    def terms(self) -> WatchTerms:
        """Return what was filled in."""
        told = self.cleaned_data
        return WatchTerms(
            agenda=told["agenda"].splitlines(),
            every_days=told["every_days"],
            way=told["way"],
            sponsor=told["sponsor"],
        )


class StartForm(TermsForm):
    """A new watch by hand."""

    playbook = forms.CharField(label=_("Playbook, or what kind of watch this is"), max_length=80)
    reason = forms.CharField(label=_("Why is the customer watched?"), max_length=300)
    field_order = ("playbook", "reason")


class ChangeForm(TermsForm):
    """A running watch, changed."""

    next_on = day_field(label=_("Next check"))


class CheckForm(forms.Form):
    """What a call or visit brought."""

    way = forms.ChoiceField(label=_("How"), choices=Watch.Way.choices)
    result = forms.CharField(
        label=_("What did it bring?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer under watch by hand, as a playbook says or on terms of one's own."""
    customer = customer_or_404(request, customer_id)
    books = playbooks_in_force(request.actor.company, as_of=request.as_of).playbooks
    book = next((one for one in books if one.name == request.GET.get("playbook")), None)
    book = book or (books[0] if books else None)
    initial: dict[str, Any] = {"every_days": 7}
    if book is not None:
        initial = {
            "playbook": book.name,
            "every_days": book.every_days,
            "way": book.way,
            "agenda": "\n".join(book.agenda),
            "sponsor": User.objects.filter(username=book.sponsor).first(),
        }
    form = StartForm(request, posted(request), initial=initial)

    def start() -> Watch:
        return start_watch(
            actor=request.actor,
            customer=customer,
            playbook=form.cleaned_data["playbook"],
            reason=form.cleaned_data["reason"],
            terms=form.terms(),
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Put under watch"),
        "lead": gettext("Each check becomes a task on its day, until somebody ends the watch."),
        "button": gettext("Put under watch"),
        "action": reverse("watch-add", args=[customer.pk]),
        "crumb": customer.name,
        "back": reverse("customer", args=[customer.pk]),
    }
    return _answered(request, form, start, gettext("The customer is under watch."), context)


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_accept(request: StaffRequest, watch_id: int) -> HttpResponse:
    """Start the watch that a playbook proposes."""
    watch = _watch(request, watch_id)
    form = TermsForm(request, posted(request), initial=_terms_of(watch))

    def accept() -> Watch:
        return accept_watch(
            actor=request.actor,
            watch=watch,
            terms=form.terms(),
            as_of=request.as_of,
            at=clock.now(),
        )

    context = _context(watch, "watch-accept", gettext("Start the watch"), lead=watch.reason)
    return _answered(request, form, accept, gettext("The customer is under watch."), context)


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_change(request: StaffRequest, watch_id: int) -> HttpResponse:
    """Change agenda, rhythm, sponsor or the day of the next check."""
    watch = _watch(request, watch_id)
    initial = {**_terms_of(watch), "next_on": max(watch.next_on, request.as_of)}
    form = ChangeForm(request, posted(request), initial=initial)

    def change() -> Watch:
        return change_watch(
            actor=request.actor,
            watch=watch,
            terms=form.terms(),
            next_on=form.cleaned_data["next_on"],
            as_of=request.as_of,
            at=clock.now(),
        )

    context = _context(watch, "watch-change", gettext("Change the watch"))
    return _answered(request, form, change, gettext("The watch is changed."), context)


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_check(request: StaffRequest, watch_id: int) -> HttpResponse:
    """Record what a check brought; the next one is planned."""
    watch = _watch(request, watch_id)
    form = CheckForm(posted(request), initial={"way": watch.way})

    def record() -> object:
        return record_check(
            actor=request.actor,
            watch=watch,
            as_of=request.as_of,
            at=clock.now(),
            **form.cleaned_data,
        )

    lead = "; ".join(watch.agenda) or watch.reason
    context = _context(watch, "watch-check", gettext("Record a check"), lead=lead)
    return _answered(request, form, record, gettext("Recorded; the next check is set."), context)


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_freeze(request: StaffRequest, watch_id: int) -> HttpResponse:
    """Ask a second person to freeze the exposure."""
    watch = _watch(request, watch_id)

    def propose(reason: str) -> object:
        return propose_freeze(
            actor=request.actor, watch=watch, reason=reason, as_of=request.as_of, at=clock.now()
        )

    lead = gettext("Nothing more is delivered on credit; collecting goes on. A second decides.")
    context = _context(watch, "watch-freeze", gettext("Freeze the exposure"), lead=lead)
    said = gettext("Proposed; somebody else has to approve it.")
    return reason_page(request, propose, said=said, back=_address(watch), context=context)


@needs("watch.edit")
@require_http_methods(["GET", "POST"])
def watch_end(request: StaffRequest, watch_id: int) -> HttpResponse:
    """End a watch with its result, or decline a proposal."""
    watch = _watch(request, watch_id)
    is_proposed = watch.status == Watch.Status.PROPOSED
    heading = gettext("Decline the watch") if is_proposed else gettext("End the watch")

    def end(result: str) -> object:
        return end_watch(
            actor=request.actor, watch=watch, result=result, as_of=request.as_of, at=clock.now()
        )

    context = _context(watch, "watch-end", heading)
    said = gettext("Declined.") if is_proposed else gettext("The watch has ended.")
    return reason_page(request, end, said=said, back=_address(watch), context=context)


@needs("hold.release")
@require_http_methods(["GET", "POST"])
def freeze_lift(request: StaffRequest, freeze_id: int) -> HttpResponse:
    """End a freeze: credit is given again."""
    freeze = get_object_or_404(ExposureFreeze, pk=freeze_id, company=request.actor.company)

    def lift(reason: str) -> object:
        return lift_freeze(
            actor=request.actor, freeze=freeze, reason=reason, as_of=request.as_of, at=clock.now()
        )

    context = {
        "heading": gettext("Lift the freeze"),
        "lead": freeze.reason,
        "button": gettext("Lift the freeze"),
        "action": reverse("freeze-lift", args=[freeze.pk]),
        "crumb": gettext("Watch"),
    }
    back = reverse("watch", args=[freeze.watch_id])
    return reason_page(
        request, lift, said=gettext("Lifted; credit is given again."), back=back, context=context
    )


def _answered(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[], object],
    said: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Act when the form is sent and right, else show it."""
    return told_page(
        request, form, lambda **_: act(), said=said, back=context["back"], context=context
    )


def _watch(request: StaffRequest, watch_id: int) -> Watch:
    found = Watch.objects.select_related("customer", "sponsor")
    return get_object_or_404(found, pk=watch_id, company=request.actor.company)


def _address(watch: Watch) -> str:
    return reverse("watch", args=[watch.pk])


def _terms_of(watch: Watch) -> dict[str, Any]:
    return {
        "way": watch.way,
        "every_days": watch.every_days,
        "agenda": "\n".join(watch.agenda),
        "sponsor": watch.sponsor,
    }


def _context(watch: Watch, page: str, heading: str, *, lead: str = "") -> dict[str, Any]:
    name = f"{watch.customer.name}: {watch.playbook}"
    return {
        "heading": heading,
        "lead": lead or name,
        "button": heading,
        "action": reverse(page, args=[watch.pk]),
        "crumb": name,
        "back": _address(watch),
    }
