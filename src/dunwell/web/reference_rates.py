"""Pages about official rates and the rules of law: sources, what is missing, entering a rate."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.reference_rates import (
    approve_reference_rate,
    propose_reference_rate,
    withdraw_reference_rate,
)
from dunwell.models import ReferenceRate
from dunwell.queries.charge_law import official_tables
from dunwell.queries.reference_rates import proposed_rates, rate_tables, rule_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PPM_OF_PERCENT = 10_000


class ReferenceRateForm(forms.Form):
    """One official rate from a day on."""

    name = forms.ChoiceField(label=_("Rate"))
    from_on = day_field(
        label=_("From"),
        help_text=_("The first day it holds; for a half-year, the day that fixes it."),
    )
    rate = forms.CharField(
        label=_("Percent a year"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    source = forms.CharField(label=_("Where it was published"), max_length=200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the rates that a rule uses."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(name, f"{name}: {table.title}") for name, table in official_tables().items()]
        self.fields["name"].choices = choices  # type: ignore[attr-defined]

    def clean_rate(self) -> int:
        """Return the rate in ppm; at most four decimals of a percent."""
        text = str(self.cleaned_data["rate"]).strip().rstrip("%").strip().replace(",", ".")
        try:
            ppm = Decimal(text) * PPM_OF_PERCENT
        except InvalidOperation as error:
            raise forms.ValidationError(
                gettext("Write the rate as a number such as 2.15.")
            ) from error
        if not ppm.is_finite() or ppm != ppm.to_integral_value():
            raise forms.ValidationError(gettext("At most four decimals, such as 2.1525."))
        return int(ppm)


@require_GET
def rate_table_list(request: StaffRequest) -> HttpResponse:
    """Show every official rate with its source and what is missing, and the proposals."""
    company = request.actor.company
    context = {
        "tab": "rates",
        "tables": rate_tables(company, as_of=request.as_of),
        "proposals": proposed_rates(company),
    }
    return render(request, "web/charges_rates.html", context)


@require_GET
def rule_list(request: StaffRequest) -> HttpResponse:
    """Show the rules of law with their sources."""
    return render(request, "web/charges_rules.html", {"tab": "rules", "rules": rule_rows()})


@needs("reference_rate.edit")
@require_http_methods(["GET", "POST"])
def reference_rate_add(request: StaffRequest) -> HttpResponse:
    """Propose a rate; a second person approves it."""
    initial = {
        "name": request.GET.get("name", ""),
        "from_on": request.GET.get("from", request.as_of),
    }
    form = ReferenceRateForm(posted(request), initial=initial)
    back = reverse("reference-rates")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            propose_reference_rate(
                actor=request.actor,
                name=told["name"],
                from_on=told["from_on"],
                rate_ppm=told["rate"],
                source=told["source"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Proposed; a second person approves it."), back=back)
    context = {
        "heading": gettext("Enter an official rate"),
        "lead": gettext(
            "Interest of every item since that day follows once a second person approved."
        ),
        "button": gettext("Propose"),
        "action": reverse("reference-rate-add"),
        "crumb": gettext("Official rates"),
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("reference_rate.edit")
@require_POST
def reference_rate_approve(request: StaffRequest, rate_id: int) -> HttpResponse:
    """Put a proposed rate in force."""
    back = reverse("reference-rates")
    try:
        approve_reference_rate(actor=request.actor, rate=_rate(request, rate_id), at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Approved; charges follow with the next run."), back=back)


@needs("reference_rate.edit")
@require_POST
def reference_rate_withdraw(request: StaffRequest, rate_id: int) -> HttpResponse:
    """Drop a proposed rate."""
    back = reverse("reference-rates")
    try:
        withdraw_reference_rate(actor=request.actor, rate=_rate(request, rate_id), at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Withdrawn."), back=back)


def _rate(request: StaffRequest, rate_id: int) -> ReferenceRate:
    return get_object_or_404(ReferenceRate, pk=rate_id, company=request.actor.company)
