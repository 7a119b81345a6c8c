"""Forms of legal matters: opening, changing, moving on, costs and dividends."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.legal import (
    admit_matter,
    change_matter,
    close_matter,
    enforce_matter,
    file_matter,
    open_matter,
)
from dunwell.actions.legal_money import record_dividend, record_legal_cost
from dunwell.models import Agency, LegalMatter, Payment
from dunwell.queries.legal_claims import claimable_items, lawyers, spendable_payments
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import MoneyField, money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000


class TermsForm(forms.Form):
    """Deadline, court, lawyer and what is expected; all may be filled in later."""

    file_by_on = day_field(label=_("File the claim by"), required=False)
    court = forms.CharField(label=_("Court"), max_length=120, required=False)
    reference = forms.CharField(label=_("File number"), max_length=80, required=False)
    lawyer = forms.ChoiceField(label=_("Lawyer"), required=False)
    quota = forms.DecimalField(
        label=_("Expected quota in percent"),
        min_value=0,
        max_value=100,
        decimal_places=4,
        required=False,
    )

    def __init__(self, found: list[Agency], *args: Any, **kwargs: Any) -> None:
        """Offer the lawyers the company works with."""
        super().__init__(*args, **kwargs)
        choices = [("", "\N{EN DASH}"), *((str(one.pk), one.name) for one in found)]
        self.fields["lawyer"] = forms.ChoiceField(
            label=_("Lawyer"), choices=choices, required=False
        )
        self.found = {str(one.pk): one for one in found}

    def terms(self) -> dict[str, Any]:
        """Return the fields as actions take them."""
        data = self.cleaned_data
        quota = data["quota"]
        return {
            "file_by_on": data["file_by_on"],
            "court": data["court"],
            "reference": data["reference"],
            "lawyer": self.found.get(data["lawyer"]),
            "quota_ppm": None if quota is None else int(quota * PERCENT_PPM),
        }


class OpenForm(TermsForm):
    """What is claimed of whom, and since when the proceedings run."""

    kind = forms.ChoiceField(label=_("Kind"), choices=LegalMatter.Kind.choices)
    opened_on = day_field(label=_("Opened on"))
    items = forms.MultipleChoiceField(
        label=_("Items claimed"), widget=forms.CheckboxSelectMultiple()
    )

    field_order = ("kind", "opened_on", "items")


class DayForm(forms.Form):
    """When it was filed, and under which number."""

    filed_on = day_field(label=_("Filed on"))
    reference = forms.CharField(label=_("File number"), max_length=80, required=False)


class QuotaForm(forms.Form):
    """What of the claim is expected now."""

    quota = forms.DecimalField(
        label=_("Expected quota in percent"),
        min_value=0,
        max_value=100,
        decimal_places=4,
        required=False,
    )


class CloseForm(forms.Form):
    """How the matter ended, and whether the rest is asked for again."""

    result = forms.CharField(label=_("How did it end?"), max_length=300)
    is_chased_again = forms.BooleanField(
        label=_("Ask the customer for what is left"),
        required=False,
        help_text=_("After an insolvency the hold stands unless this is ticked."),
    )


class PlainForm(forms.Form):
    """Nothing to fill in: only to confirm."""


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Open a matter over a customer's items."""
    customer = customer_or_404(request, customer_id)
    items = {str(item.pk): item for item in claimable_items(customer)}
    labels = [
        (key, _label(item.number, item.due_on, item.open_now.open_minor, item.currency))
        for key, item in items.items()
    ]
    start = {"opened_on": request.as_of, "items": list(items), "kind": request.GET.get("kind")}
    form = OpenForm(lawyers(request.actor.company), posted(request), initial=start)
    form.fields["items"] = forms.MultipleChoiceField(
        label=_("Items claimed"), choices=labels, widget=forms.CheckboxSelectMultiple()
    )
    form.order_fields(OpenForm.field_order)
    back = reverse("customer", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            matter = open_matter(
                actor=request.actor,
                customer=customer,
                kind=data["kind"],
                items=[items[key] for key in data["items"]],
                opened_on=data["opened_on"],
                as_of=request.as_of,
                at=clock.now(),
                **form.terms(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(number)s is open; what it is about is no longer chased.")
            return done(
                request,
                text % {"number": matter.number},
                back=reverse("legal-matter", args=[matter.pk]),
            )
    context = {
        "heading": gettext("Legal matter with %(customer)s") % {"customer": customer.name},
        "lead": gettext(
            "A court claim stops the chasing of its items. An insolvency stops all chasing of the "
            "customer at once."
        ),
        "button": gettext("Open the matter"),
        "action": reverse("legal-add", args=[customer.pk]),
        "crumb": customer.name,
        "back": back,
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_edit(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Change deadline, court, file number, lawyer and quota."""
    matter = _matter(request, matter_id)
    quota = matter.quota_ppm
    start: dict[str, Any] = {
        "file_by_on": matter.file_by_on,
        "court": matter.court,
        "reference": matter.reference,
        "lawyer": str(matter.lawyer_id or ""),
        "quota": None if quota is None else f"{quota / PERCENT_PPM:g}",
    }
    start["version"] = matter.version
    form = TermsForm(lawyers(request.actor.company), posted(request), initial=start)
    # what the form was filled in for: another's change in between is told, not written over
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput())

    def act() -> None:
        change_matter(
            actor=request.actor,
            matter=matter,
            version=form.cleaned_data["version"],
            as_of=request.as_of,
            at=clock.now(),
            **form.terms(),
        )

    return _form(request, matter, form, act, page="legal-edit", heading=gettext("Change"))


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_file(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Record that the claim was filed."""
    matter = _matter(request, matter_id)
    start = {"filed_on": request.as_of, "reference": matter.reference}
    form = DayForm(posted(request), initial=start)

    def act() -> None:
        file_matter(
            actor=request.actor,
            matter=matter,
            as_of=request.as_of,
            at=clock.now(),
            **form.cleaned_data,
        )

    return _form(request, matter, form, act, page="legal-file", heading=gettext("Claim filed"))


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_admit(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Record that the claim was admitted or adjudged."""
    matter = _matter(request, matter_id)
    form = QuotaForm(posted(request))

    def act() -> None:
        quota = form.cleaned_data["quota"]
        admit_matter(
            actor=request.actor,
            matter=matter,
            quota_ppm=None if quota is None else int(quota * PERCENT_PPM),
            as_of=request.as_of,
            at=clock.now(),
        )

    heading = gettext("Admitted or adjudged")
    return _form(request, matter, form, act, page="legal-admit", heading=heading)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_enforce(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Record that the claim is being enforced."""
    matter = _matter(request, matter_id)
    form = PlainForm(posted(request))

    def act() -> None:
        enforce_matter(actor=request.actor, matter=matter, as_of=request.as_of, at=clock.now())

    return _form(request, matter, form, act, page="legal-enforce", heading=gettext("Enforce"))


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def matter_close(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Close the matter with its result."""
    matter = _matter(request, matter_id)
    form = CloseForm(posted(request))

    def act() -> None:
        close_matter(
            actor=request.actor,
            matter=matter,
            as_of=request.as_of,
            at=clock.now(),
            **form.cleaned_data,
        )

    return _form(request, matter, form, act, page="legal-close", heading=gettext("Close"))


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def cost_add(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Record what the matter cost."""
    matter = _matter(request, matter_id)
    form = forms.Form(posted(request), initial={"on": request.as_of})
    form.fields["amount_minor"] = MoneyField(
        matter.currency, label=gettext("Amount in %(code)s") % {"code": matter.currency}
    )
    form.fields["on"] = day_field(label=_("On"))
    form.fields["note"] = forms.CharField(label=_("What for?"), max_length=300)

    def act() -> None:
        record_legal_cost(actor=request.actor, matter=matter, at=clock.now(), **form.cleaned_data)

    return _form(request, matter, form, act, page="legal-cost", heading=gettext("Add a cost"))


@needs("payment.apply")
@require_http_methods(["GET", "POST"])
def dividend_add(request: StaffRequest, matter_id: int) -> HttpResponse:
    """Put a payment on the items of the matter as its dividend."""
    matter = _matter(request, matter_id)
    found = spendable_payments(matter.customer, currency=matter.currency)
    payments = {str(payment.pk): payment for payment, _left in found}
    form = forms.Form(posted(request))
    form.fields["payment"] = payment_field(found)

    def act() -> None:
        record_dividend(
            actor=request.actor,
            matter=matter,
            payment=payments[form.cleaned_data["payment"]],
            as_of=request.as_of,
            at=clock.now(),
        )

    heading = gettext("Record a dividend")
    return _form(request, matter, form, act, page="legal-dividend", heading=heading)


def payment_field(found: list[tuple[Payment, int]]) -> forms.ChoiceField:
    """Return a choice of payments with what is left of each."""
    return forms.ChoiceField(
        label=_("Payment"),
        choices=[
            (
                str(payment.pk),
                _label(payment.number, payment.value_on, left, payment.currency),
            )
            for payment, left in found
        ],
        help_text=_("Payments of this customer of which something is left."),
    )


def _label(number: str, on: date, minor: int, currency: str) -> str:
    """Return how a choice reads: number, day, amount."""
    return f"{number}, {day_text(on)}: {money(minor, currency)}"


def _form(
    request: StaffRequest,
    matter: LegalMatter,
    form: forms.Form,
    act: Callable[[], None],
    *,
    page: str,
    heading: str,
) -> HttpResponse:
    """Show a form of a matter, and act on what it says."""
    return told_page(
        request,
        form,
        lambda **_: act(),
        said=gettext("%(number)s: recorded.") % {"number": matter.number},
        back=reverse("legal-matter", args=[matter.pk]),
        context={
            "heading": heading,
            "lead": f"{matter.number}, {matter.customer.name}",
            "button": heading,
            "action": reverse(page, args=[matter.pk]),
            "crumb": matter.number,
        },
    )


def _matter(request: StaffRequest, matter_id: int) -> LegalMatter:
    return get_object_or_404(
        LegalMatter.objects.select_related("customer", "lawyer"),
        pk=matter_id,
        company=request.actor.company,
    )
