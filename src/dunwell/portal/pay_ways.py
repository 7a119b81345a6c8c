"""/portal/ways/: saved ways to pay, the direct debit mandate, and automatic payment."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.autopay import agree_autopay, end_autopay, pause_autopay, resume_autopay
from dunwell.actions.autopay_charges import drop_charge
from dunwell.actions.gate import Refused
from dunwell.actions.mandate_consents import address_hash_of, enrol_mandate
from dunwell.actions.saved_methods import remove_method
from dunwell.formats.sepa_accounts import is_account_number
from dunwell.models import Autopay, AutopayCharge, Mandate, SavedMethod
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.second_factor import second_factor
from dunwell.portal.visitors import REFUSED
from dunwell.queries.autopay import (
    autopay_charge_rows,
    autopay_rows,
    autopay_terms,
    method_label,
    saved_methods,
)
from dunwell.queries.debit_notices import hidden_account
from dunwell.queries.mandate_texts import mandate_terms
from dunwell.queries.payables import currencies_of
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken

MOST_CHARGES = 12


class MandateForm(forms.Form):
    """The account, who holds it, and the signature: a name and a tick."""

    iban = forms.CharField(
        label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    debtor = forms.CharField(label=_("Account holder"), max_length=70)
    name = forms.CharField(label=_("Your name"), max_length=120)
    agrees = forms.BooleanField(label=_("I have read the mandate and agree to it."))
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean_iban(self) -> str:
        """Return the account number; raise ValidationError for one that was mistyped."""
        iban = str(self.cleaned_data["iban"])
        if not is_account_number(iban):
            raise forms.ValidationError(
                _("This account number cannot be right. Please compare it with your bank card.")
            )
        return iban


class AutopayForm(forms.Form):
    """What is charged by itself, and when; agreed to on a second page that shows the text."""

    method = forms.ChoiceField(label=_("Way to pay"), choices=())
    currency = forms.ChoiceField(label=_("Currency"), choices=())
    covers = forms.ChoiceField(label=_("What is paid"), choices=Autopay.Covers.choices)
    day_offset = forms.TypedChoiceField(label=_("When"), coerce=int, choices=(), initial=0)

    def __init__(self, who: Debtor, *args: Any, **kwargs: Any) -> None:
        """Offer the customer's own ways to pay and currencies."""
        super().__init__(*args, **kwargs)
        own = who.customer.currency or who.company.currency
        currencies = list(dict.fromkeys([own, *currencies_of(who.customer)]))
        days = [
            (-7, _("7 days before it is due")),
            (-3, _("3 days before it is due")),
            (0, _("On the day it is due")),
            (3, _("3 days after it is due")),
        ]
        choices: dict[str, list[tuple[object, object]]] = {
            "method": [(str(one.pk), method_label(one)) for one in saved_methods(who.customer)],
            "currency": [(code, code) for code in currencies],
            "day_offset": list(days),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["cap"] = MoneyField(
            self.data.get("currency") or own,
            label=_("At most in one charge"),
            required=False,
        )


class AgreeForm(AutopayForm):
    """The same choices, with the signature."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    agrees = forms.BooleanField(label=_("I have read this and agree to it."))
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


@in_portal("portal.view")
@require_GET
def ways_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show saved ways to pay, the mandate, and automatic payment with its charges."""
    return _list(request, who)


@in_portal("portal.manage", most=60)
@second_factor
@require_http_methods(["GET", "POST"])
def mandate_new(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the text of the mandate and take the signature."""
    terms = mandate_terms(who.customer)
    if terms is None:
        raise Http404
    first = {"debtor": who.customer.name[:70], "sha256": terms.sha256}
    form = MandateForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            enrol_mandate(
                actor=who.actor,
                customer=who.customer,
                iban=told["iban"],
                debtor=told["debtor"],
                name=told["name"],
                sha256=told["sha256"],
                address_hash=_address(request),
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("portal-ways")
    status = REFUSED if form.is_bound else 200
    context = {"who": who, "form": form, "terms": terms}
    return render(request, "portal/account/mandate.html", context, status=status)


@in_portal("portal.manage", most=60)
@second_factor
@require_http_methods(["GET", "POST"])
def autopay_new(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Take the choices, show the text that says just them, and take the agreement."""
    if not saved_methods(who.customer):
        return redirect("portal-ways")
    agrees = request.method == "POST" and "sha256" in request.POST
    data = request.POST if request.method == "POST" else None
    form = AgreeForm(who, data) if agrees else AutopayForm(who, data)
    text = None
    chosen = AutopayForm(who, data) if data is not None else None
    if chosen is not None and chosen.is_valid():
        text = autopay_terms(who.customer, **_choices(who, chosen))
    if agrees and form.is_valid() and text is not None:
        told = form.cleaned_data
        try:
            agree_autopay(
                actor=who.actor,
                customer=who.customer,
                **_choices(who, form),
                name=told["name"],
                sha256=told["sha256"],
                address_hash=_address(request),
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("portal-ways")
    status = REFUSED if form.is_bound and (form.errors or agrees) else 200
    context = {"who": who, "form": form, "text": text}
    return render(request, "portal/account/autopay.html", context, status=status)


@in_portal("portal.manage", most=60)
@second_factor
@require_POST
def autopay_change(request: HttpRequest, who: Debtor, autopay_id: int) -> HttpResponse:
    """Pause, resume or end automatic payment."""
    autopay = Autopay.objects.filter(customer=who.customer, pk=autopay_id).first()
    if autopay is None:
        raise Http404
    acts: dict[str, Any] = {
        "pause": pause_autopay,
        "resume": resume_autopay,
        "end": partial(end_autopay, as_of=clock.today(who.company.zone)),
    }
    change = acts.get(request.POST.get("what", ""), pause_autopay)
    try:
        change(actor=who.actor, autopay=autopay, at=clock.now())
    except Refused as refusal:
        return _list(request, who, error=spoken(refusal))
    return redirect("portal-ways")


@in_portal("portal.manage", most=60)
@second_factor
@require_POST
def method_remove(request: HttpRequest, who: Debtor, method_id: int) -> HttpResponse:
    """Remove a saved way to pay; the provider is told to forget it."""
    method = SavedMethod.objects.filter(customer=who.customer, pk=method_id).first()
    if method is None:
        raise Http404
    try:
        remove_method(actor=who.actor, method=method, at=clock.now())
    except Refused as refusal:
        return _list(request, who, error=spoken(refusal))
    return redirect("portal-ways")


@in_portal("portal.pay", most=60)
@require_POST
def charge_drop(request: HttpRequest, who: Debtor, charge_id: int) -> HttpResponse:
    """Leave out one announced charge."""
    charge = (
        AutopayCharge.objects.filter(autopay__customer=who.customer, pk=charge_id)
        .select_related("autopay")
        .first()
    )
    if charge is None:
        raise Http404
    try:
        drop_charge(actor=who.actor, charge=charge, at=clock.now())
    except Refused as refusal:
        return _list(request, who, error=spoken(refusal))
    return redirect("portal-ways")


def _list(request: HttpRequest, who: Debtor, *, error: str = "") -> HttpResponse:
    customer = who.customer
    mandates = Mandate.objects.filter(customer=customer).exclude(status=Mandate.Status.ENDED)
    methods = saved_methods(customer)
    context = {
        "who": who,
        "methods": [(one, method_label(one)) for one in methods],
        "mandates": [(one, hidden_account(one.iban)) for one in mandates.order_by("-pk")],
        "can_enrol": mandate_terms(customer) is not None and not mandates.exists(),
        "autopays": autopay_rows(who.company, customer_id=customer.pk).rows,
        "charges": autopay_charge_rows(
            who.company, customer_id=customer.pk, limit=MOST_CHARGES
        ).rows,
        "error": error,
    }
    status = REFUSED if error else 200
    return render(request, "portal/account/ways.html", context, status=status)


def _choices(who: Debtor, form: forms.Form) -> dict[str, Any]:
    told = form.cleaned_data
    method = SavedMethod.objects.get(customer=who.customer, pk=int(told["method"]))
    return {
        "method": method,
        "covers": told["covers"],
        "currency": told["currency"],
        "cap_minor": told.get("cap") or None,
        "day_offset": told["day_offset"],
    }


def _address(request: HttpRequest) -> str:
    """Return what is kept of where the agreement came from."""
    return address_hash_of(str(get_adapter().get_client_ip(request)), settings.SECRET_KEY)
