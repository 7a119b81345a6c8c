"""What may be done with a placement on its page; each is one form and one action."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.placement_reports import reconcile_reports, report_collection
from dunwell.actions.placement_work import (
    ENDINGS,
    accept_placement,
    acknowledge_placement,
    end_placement,
    note_on_placement,
    refuse_placement,
)
from dunwell.actions.placements import (
    approve_placement,
    cancel_placement,
    close_placement,
    recall_placement,
)
from dunwell.models import AgencyReport, Company, Payment, Placement
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Placement.Status


class ReferenceForm(forms.Form):
    """The agency's own reference."""

    reference = forms.CharField(label=_("The agency's reference"), max_length=80)


class EndingForm(forms.Form):
    """How a placement goes on."""

    status = forms.ChoiceField(
        label=_("How it goes on"), choices=[(one.value, one.label) for one in ENDINGS]
    )
    reason = forms.CharField(label=_("What the agency says"), max_length=300)


class NoteForm(forms.Form):
    """A note that both sides read."""

    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea)


class CollectedForm(forms.Form):
    """Money the agency reports, or that a debtor paid us directly."""

    kind = forms.ChoiceField(label=_("What happened"), choices=AgencyReport.Kind.choices)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=80,
        help_text=_("The same reference again is the same report and changes nothing."),
    )
    reported_on = day_field(label=_("Collected on"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for amounts in the currency of the placement."""
        super().__init__(*args, **kwargs)
        self.fields["gross"] = MoneyField(currency, label=_("Collected from the debtor"))
        self.fields["commission"] = MoneyField(
            currency, label=_("Commission (as agreed if empty)"), required=False
        )


class ReconcileForm(forms.Form):
    """The bank payment that brought the money of the reports."""

    payment = forms.CharField(
        label=_("Number of the bank payment"),
        max_length=80,
        help_text=_("Of an agency's remittance the net amounts must fit into it."),
    )

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        """Look for the payment in a company."""
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_payment(self) -> Payment:
        """Return the payment with the number."""
        number = self.cleaned_data["payment"].strip()
        found = Payment.objects.filter(company=self.company, number=number).first()
        if found is None:
            raise ValidationError(gettext("There is no payment with this number."))
        return found


@needs("placement.approve")
@require_POST
def placement_approve(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Approve somebody else's proposal; the evidence is made and the items are held."""
    placement = _placement(request, placement_id)
    back = reverse("placement", args=[placement.pk])
    try:
        approve_placement(
            actor=request.actor, placement=placement, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is approved; its items are held and the evidence is made.")
    return done(request, text % {"number": placement.number}, back=back)


@needs("placement.report")
@require_POST
def placement_close(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Close a placement whose money is all reconciled."""
    placement = _placement(request, placement_id)
    back = reverse("placement", args=[placement.pk])
    try:
        close_placement(actor=request.actor, placement=placement, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is closed.") % {"number": placement.number}
    return done(request, text, back=back)


@needs("placement.propose")
@require_http_methods(["GET", "POST"])
def placement_cancel(request: StaffRequest, placement_id: int) -> HttpResponse:
    """End a placement before it is handed over."""
    return _because(
        request,
        placement_id,
        cancel_placement,
        page="placement-cancel",
        heading=gettext("Cancel the placement"),
        said=gettext("Cancelled; its items may be chased again."),
    )


@needs("placement.approve")
@require_http_methods(["GET", "POST"])
def placement_recall(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Take a placement back from the agency."""
    return _because(
        request,
        placement_id,
        recall_placement,
        page="placement-recall",
        heading=gettext("Recall the placement"),
        said=gettext("Recalled; tell the agency. Its items may be chased again."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_refuse(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Record that the agency does not take it."""
    return _because(
        request,
        placement_id,
        refuse_placement,
        page="placement-refuse",
        heading=gettext("The agency refuses"),
        said=gettext("Refused by the agency; its items may be chased again."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_accept(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Record that the agency takes it."""
    return placement_page(
        request,
        _placement(request, placement_id),
        ReferenceForm(posted(request)),
        accept_placement,
        page="placement-accept",
        heading=gettext("The agency accepts"),
        said=gettext("The agency works on it now."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_acknowledge(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Record for an agency on the API that it has fetched the placement."""
    return placement_page(
        request,
        _placement(request, placement_id),
        ReferenceForm(posted(request)),
        acknowledge_placement,
        page="placement-acknowledge",
        heading=gettext("The agency has fetched it"),
        said=gettext("Handed over to the agency."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_end(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Record how the placement goes on: settled, returned or to court."""
    return placement_page(
        request,
        _placement(request, placement_id),
        EndingForm(posted(request)),
        end_placement,
        page="placement-end",
        heading=gettext("How it goes on"),
        said=gettext("Recorded."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_note(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Write a note that the agency reads too."""
    return placement_page(
        request,
        _placement(request, placement_id),
        NoteForm(posted(request)),
        note_on_placement,
        page="placement-note",
        heading=gettext("Note to the agency"),
        said=gettext("Noted."),
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_collect(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Record money the agency collected, or that came to us directly."""
    placement = _placement(request, placement_id)
    form = CollectedForm(
        placement.currency, posted(request), initial={"reported_on": request.as_of}
    )
    return placement_page(
        request,
        placement,
        form,
        report_collection,
        page="placement-collect",
        heading=gettext("Money collected"),
        said=gettext("Recorded."),
        renamed={"gross": "gross_minor", "commission": "commission_minor"},
    )


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def placement_reconcile(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Link the placement's reports that wait with the bank payment of them."""
    placement = _placement(request, placement_id)
    form = ReconcileForm(request.actor.company, posted(request))
    back = reverse("placement", args=[placement.pk])
    if request.method == "POST" and form.is_valid():
        try:
            reconcile_reports(
                actor=request.actor,
                payment=form.cleaned_data["payment"],
                reports=list(placement.reports.filter(payment=None)),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Reconciled with the bank payment."), back=back)
    context = _context(placement, "placement-reconcile", gettext("Reconcile with the bank"))
    context["lead"] = gettext(
        "The commission the agency kept is taken off the items of the placement; put the payment "
        "on them like any other."
    )
    return form_page(request, "web/plain_form.html", form, context)


def placement_page(
    request: StaffRequest,
    placement: Placement,
    form: forms.Form,
    action: Callable[..., object],
    *,
    page: str,
    heading: str,
    said: str,
    renamed: dict[str, str] | None = None,
    back: str = "placement",
) -> HttpResponse:
    """Show a form about a placement, and give what is told to an action."""

    def act(**told: object) -> None:
        names = renamed or {}
        facts = {names.get(name, name): value for name, value in told.items()}
        action(
            actor=request.actor,
            placement=placement,
            as_of=request.as_of,
            at=clock.now(),
            **facts,
        )

    return told_page(
        request,
        form,
        act,
        said=said,
        back=reverse(back, args=[placement.pk]),
        context=_context(placement, page, heading, back=back),
    )


def _because(
    request: StaffRequest,
    placement_id: int,
    action: Callable[..., object],
    *,
    page: str,
    heading: str,
    said: str,
) -> HttpResponse:
    """Ask why, and give the reason to an action."""
    placement = _placement(request, placement_id)

    def carry_out(reason: str) -> None:
        action(
            actor=request.actor,
            placement=placement,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    back = reverse("placement", args=[placement.pk])
    context = {**_context(placement, page, heading), "lead": placement.number}
    return reason_page(request, carry_out, said=said, back=back, context=context)


def _context(
    placement: Placement, page: str, heading: str, *, back: str = "placement"
) -> dict[str, Any]:
    return {
        "heading": heading,
        "button": heading,
        "action": reverse(page, args=[placement.pk]),
        "crumb": placement.number,
        "back": reverse(back, args=[placement.pk]),
    }


def _placement(request: StaffRequest, placement_id: int) -> Placement:
    return get_object_or_404(Placement, pk=placement_id, company=request.actor.company)
