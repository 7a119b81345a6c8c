"""What else can be done with a waiting payment: leave it on account, hold it, release it."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.match_cases import hold_case, park_case, release_case
from dunwell.models import Company, Customer
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.cash import case_or_404
from dunwell.web.cash_forms import read_seconds
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ParkForm(forms.Form):
    """Whose money it is, and why it is not put on items."""

    customer = forms.CharField(label=_("Customer number"), max_length=80)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    seconds = forms.CharField(widget=forms.HiddenInput, required=False, max_length=9)

    def __init__(self, company: Company, *args: object, **kwargs: object) -> None:
        """Look customers up among the company's own; begin with what is not known yet."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.company = company
        first = "reason" if self.initial.get("customer") else "customer"
        self.fields[first].widget.attrs["autofocus"] = True

    def clean_customer(self) -> Customer:
        """Return the customer of the number."""
        number = self.cleaned_data["customer"].strip()
        found = Customer.objects.filter(company=self.company, number=number).first()
        if found is None:
            raise forms.ValidationError(
                gettext("There is no customer %(number)s.") % {"number": number}
            )
        return found


class HoldForm(forms.Form):
    """Why a payment is held, and who looks at it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    escalate_to = forms.CharField(
        label=_("Who looks at it"), max_length=40, initial=_("credit manager")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@needs("match.decide")
@require_http_methods(["GET", "POST"])
def case_park(request: StaffRequest, case_id: int) -> HttpResponse:
    """Leave a payment on account of a customer."""
    case = case_or_404(request, case_id)
    customer = case.payment.customer
    initial = {"version": case.version, "customer": customer.number if customer else ""}
    form = ParkForm(request.actor.company, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            park_case(
                actor=request.actor,
                case=case,
                version=told["version"],
                customer_id=told["customer"].pk,
                reason=told["reason"],
                seconds=read_seconds(told["seconds"]),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Left on account."), back=reverse("cash"))
    context = {
        "heading": gettext("Leave %(payment)s on account") % {"payment": case.payment.number},
        "lead": gettext("It stays unapplied and is not matched again by itself."),
        "button": gettext("Leave on account"),
        "action": reverse("cash-park", args=[case.pk]),
        "back": reverse("cash-case", args=[case.pk]),
        "crumb": case.payment.number,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("match.decide")
@require_http_methods(["GET", "POST"])
def case_hold(request: StaffRequest, case_id: int) -> HttpResponse:
    """Hold a payment until somebody has looked at it."""
    case = case_or_404(request, case_id)
    form = HoldForm(posted(request), initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            hold_case(
                actor=request.actor,
                case=case,
                version=told["version"],
                reason=told["reason"],
                escalate_to=told["escalate_to"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Held."), back=reverse("cash"))
    context = {
        "heading": gettext("Hold %(payment)s") % {"payment": case.payment.number},
        "lead": gettext("Nothing is posted from it until somebody releases it."),
        "button": pgettext("payment", "Hold"),
        "action": reverse("cash-hold", args=[case.pk]),
        "back": reverse("cash-case", args=[case.pk]),
        "crumb": case.payment.number,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("match.decide")
@require_http_methods(["GET", "POST"])
def case_release(request: StaffRequest, case_id: int) -> HttpResponse:
    """Give a held payment, or one left on account, back to the queue."""
    case = case_or_404(request, case_id)
    context = {
        "heading": gettext("Release %(payment)s") % {"payment": case.payment.number},
        "lead": gettext("It waits in the queue again; a person decides it."),
        "button": gettext("Release"),
        "action": reverse("cash-release", args=[case.pk]),
        "crumb": case.payment.number,
    }
    return reason_page(
        request,
        lambda reason: release_case(
            actor=request.actor, case=case, version=case.version, reason=reason, at=clock.now()
        ),
        said=gettext("Released."),
        back=reverse("cash-case", args=[case.pk]),
        context=context,
    )
