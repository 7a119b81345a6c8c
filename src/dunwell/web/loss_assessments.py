"""Pages about single customers and items whose loss is assessed by hand."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.loss_assessments import ask_assessment, decide_assessment, end_assessment
from dunwell.models import Customer, Item, LossAssessment
from dunwell.queries.loss_assessments import assessment_rows
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000


class AssessmentForm(forms.Form):
    """Whose loss is assessed: a share of it, or the money still expected; and the ground."""

    customer = forms.CharField(label=_("Customer number"), max_length=80)
    item = forms.CharField(
        label=_("Item number"),
        max_length=80,
        required=False,
        help_text=_("Leave empty to assess everything the customer owes."),
    )
    percent = forms.DecimalField(
        label=_("Share that is lost, %"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        required=False,
    )
    expected_on = day_field(label=_("Or: money still expected on"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        help_text=_("What an auditor can look at: court file, report, letter."),
    )
    from_on = day_field(label=_("Counts from"))

    def __init__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> None:
        """Find customers and items of the person's company alone."""
        super().__init__(*args, **kwargs)
        self._company = request.actor.company
        amount = MoneyField(
            self._company.currency, label=_("How much of it, in home currency"), required=False
        )
        fields = list(self.fields.items())
        place = [name for name, _field in fields].index("expected_on") + 1
        self.fields = dict([*fields[:place], ("expected", amount), *fields[place:]])

    def clean(self) -> dict[str, Any]:
        """Return what the action takes; say what does not fit."""
        told = super().clean() or {}
        customer = Customer.objects.filter(
            company=self._company, number=told.get("customer", "")
        ).first()
        if customer is None and "customer" in told:
            self.add_error("customer", gettext("There is no customer with this number."))
        item = None
        if told.get("item") and customer is not None:
            item = Item.objects.filter(customer=customer, number=told["item"]).first()
            if item is None:
                self.add_error("item", gettext("The customer has no item with this number."))
        percent, day, minor = told.get("percent"), told.get("expected_on"), told.get("expected")
        flows = [(day, minor)] if isinstance(day, date) and minor is not None else []
        return {
            "customer": customer,
            "item": item,
            "loss_ppm": None if percent is None else int(percent * PERCENT_PPM),
            "flows": flows,
            "currency": self._company.currency if flows else "",
            "reason": told.get("reason", ""),
            "evidence": told.get("evidence", ""),
            "from_on": told.get("from_on"),
        }


@require_GET
def assessment_list(request: StaffRequest) -> HttpResponse:
    """List assessments, those that wait first."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: assessment_rows(company, cursor=cursor))
    return render(request, "web/loss_assessments.html", {"tab": "assessments", "page": page})


@needs("loss.assess")
@require_http_methods(["GET", "POST"])
def assessment_add(request: StaffRequest) -> HttpResponse:
    """State what is expected to be lost of a customer or an item."""
    first = request.as_of.replace(day=1)
    number = request.GET.get("customer", "")
    form = AssessmentForm(request, posted(request), initial={"from_on": first, "customer": number})

    def act(**told: Any) -> LossAssessment:
        return ask_assessment(
            actor=request.actor, discount_ppm=0, as_of=request.as_of, at=clock.now(), **told
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Stated; somebody else has to approve it."),
        back=reverse("loss-assessments"),
        context={
            "heading": gettext("Assess a loss"),
            "lead": gettext("The next provision measures it by itself instead of by its pool."),
            "button": gettext("State it"),
            "action": reverse("loss-assessment-add"),
            "crumb": gettext("Assessed one by one"),
        },
    )


@require_http_methods(["POST"])
def assessment_decide(request: StaffRequest, assessment_id: int) -> HttpResponse:
    """Approve or refuse an assessment."""
    found = _assessment(request, assessment_id)
    back = reverse("loss-assessments")
    is_approved = request.POST.get("answer") == "approve"
    try:
        decide_assessment(
            actor=request.actor, assessment=found, is_approved=is_approved, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Approved.") if is_approved else gettext("Refused."), back=back)


@needs("loss.assess")
@require_http_methods(["GET", "POST"])
def assessment_end(request: StaffRequest, assessment_id: int) -> HttpResponse:
    """End an assessment."""
    found = _assessment(request, assessment_id)
    context = {
        "heading": gettext("End the assessment"),
        "lead": gettext("From today on the customer is measured with its pool again."),
        "button": gettext("End it"),
        "action": reverse("loss-assessment-end", args=[found.pk]),
        "crumb": gettext("Assessed one by one"),
    }
    return reason_page(
        request,
        lambda reason: end_assessment(
            actor=request.actor,
            assessment=found,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Ended."),
        back=reverse("loss-assessments"),
        context=context,
    )


def _assessment(request: StaffRequest, assessment_id: int) -> LossAssessment:
    return get_object_or_404(LossAssessment, pk=assessment_id, company=request.actor.company)
