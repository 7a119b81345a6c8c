"""A customer's segment: why, since when, its history, and setting it by hand."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.segments import clear_segment, set_segment
from dunwell.queries.segments import customer_segment, segment_choices
from dunwell.queries.segments_due import segments_in_force
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field
from dunwell.web.staff import StaffRequest


class SegmentForm(forms.Form):
    """The segment a customer belongs to, why, and until when; `seen` is what the page showed."""

    segment = forms.ChoiceField(label=_("Segment"))
    until_on = day_field(
        label=_("Last day"), required=False, help_text=_("Leave empty until it is ended.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, choices: tuple[str, ...], *args: object, **kwargs: object) -> None:
        """Offer the segments there are."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["segment"].choices = [(name, name) for name in choices]  # type: ignore[attr-defined]


class ClearForm(forms.Form):
    """Why the rules decide again."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
def segment_customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show a customer's segment from all sides, and set it by hand."""
    company, as_of = request.actor.company, request.as_of
    found = customer_segment(company, customer_id, as_of=as_of)
    if found is None:
        raise Http404
    shown = {"found": found, "currency": company.currency}
    if request.htmx and request.method == "GET":
        return render(request, "web/segments_customer.html#card", shown)
    customer = customer_or_404(request, customer_id)
    form = SegmentForm(
        segment_choices(company, as_of=as_of), posted(request), initial={"seen": found.segment}
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            set_segment(
                actor=request.actor, customer=customer, as_of=as_of, at=clock.now(), **told
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(name)s is in segment %(segment)s.")
            return done(
                request,
                text % {"name": customer.name, "segment": told["segment"]},
                back=reverse("segment-customer", args=[customer.pk]),
            )
    context = {
        **shown,
        "form": form,
        "is_in_force": segments_in_force(company, as_of=as_of) is not None,
    }
    status = REFUSED if form.errors else 200
    return render(request, "web/segments_customer.html", context, status=status)


@require_http_methods(["GET", "POST"])
def segment_clear(request: StaffRequest, customer_id: int) -> HttpResponse:
    """End a segment set by hand, so that the rules decide again."""
    customer = customer_or_404(request, customer_id)
    form = ClearForm(posted(request), initial={"seen": customer.segment})
    back = reverse("segment-customer", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        try:
            segment = clear_segment(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("The rules decide again: %(segment)s.") % {"segment": segment}
            return done(request, text, back=back)
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": customer,
            "heading": gettext("Let the rules decide again"),
            "button": gettext("Let them decide"),
            "action": reverse("segment-clear", args=[customer.pk]),
        },
    )
