"""Settings: payment providers, what each is used for, and how it is."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.payment_providers import (
    add_payment_provider,
    change_payment_provider,
    end_payment_provider,
)
from dunwell.jobs.checkouts import fetch_payouts, try_provider
from dunwell.jobs.practice_bank import pay_out
from dunwell.models import BankAccount, Checkout, Company, PaymentProvider
from dunwell.queries.payment_providers import payment_provider_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, posted, refused, told_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ProviderForm(forms.Form):
    """What a provider is used for. Its keys are settings of the server and are named here only."""

    name = forms.CharField(label=_("Name"), max_length=80)
    currencies = forms.CharField(
        label=_("Currencies"), max_length=80, help_text=_("Three letters each, such as EUR USD.")
    )
    methods = forms.MultipleChoiceField(
        label=_("Ways to pay"),
        choices=Checkout.Method.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    account = forms.ChoiceField(
        label=_("Pays out to"),
        required=False,
        help_text=_("Its payouts are looked for on the statements of this account."),
    )
    is_live = forms.BooleanField(label=_("Money is real"), required=False)
    charge_returns = forms.BooleanField(
        label=_("Charge a returned payment"),
        required=False,
        help_text=_("With the fee of the cash policy, when a payer charges back."),
    )

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        """Offer the company's accounts."""
        super().__init__(*args, **kwargs)
        self.accounts = {
            str(one.pk): one
            for one in BankAccount.objects.filter(company=company, is_active=True).order_by(
                "name", "id"
            )
        }
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            ("", "-"),
            *((key, str(one)) for key, one in self.accounts.items()),
        ]

    def told(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the actions take; settings other pages keep stay."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "is_live": data["is_live"],
            "currencies": data["currencies"].replace(",", " ").split(),
            "methods": data["methods"],
            "account": self.accounts.get(data["account"]),
            "settings": {**(before or {}), "charge_returns": data["charge_returns"]},
        }


class NewProviderForm(ProviderForm):
    """A provider to add."""

    kind = forms.ChoiceField(label=_("Provider"), choices=PaymentProvider.Kind.choices)
    field_order = ("kind", "name")


@needs("payment_provider.edit")
@require_http_methods(["GET", "POST"])
def payment_provider_list(request: StaffRequest) -> HttpResponse:
    """List the providers; a POST adds one."""
    company = request.actor.company
    form = NewProviderForm(company, posted(request), initial={"currencies": company.currency})
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                add_payment_provider(
                    actor=request.actor,
                    kind=form.cleaned_data["kind"],
                    at=clock.now(),
                    **form.told(),
                )
            except Refused as refusal:
                form.add_error(None, spoken(refusal))
            else:
                text = gettext("The payment provider is added.")
                return done(request, text, back=reverse("payment-providers"))
    context = {
        "form": form,
        "providers": payment_provider_rows(company),
        "site": settings.SITE,
        "now": clock.now(),
        "section": "payment-providers",
    }
    return render(request, "web/payment_providers.html", context, status=status)


@needs("payment_provider.edit")
@require_http_methods(["GET", "POST"])
def payment_provider_change(request: StaffRequest, provider_id: int) -> HttpResponse:
    """Change what a provider is used for."""
    provider = _provider(request, provider_id)
    form = ProviderForm(
        request.actor.company,
        posted(request),
        initial={
            "name": provider.name,
            "currencies": " ".join(provider.currencies),
            "methods": provider.methods,
            "account": str(provider.account_id or ""),
            "is_live": provider.is_live,
            "charge_returns": bool(provider.settings.get("charge_returns")),
        },
    )

    def act(**_: Any) -> None:
        change_payment_provider(
            actor=request.actor,
            provider=provider,
            version=provider.version,
            at=clock.now(),
            **form.told(provider.settings),
        )

    context = {
        "heading": gettext("Change a payment provider"),
        "lead": gettext("What is under way goes on as it was begun."),
        "button": gettext("Save"),
        "action": reverse("payment-provider-change", args=[provider.pk]),
        "crumb": provider.name,
    }
    said = gettext("The payment provider is changed.")
    return told_page(
        request, form, act, said=said, back=reverse("payment-providers"), context=context
    )


@needs("payment_provider.edit")
@require_POST
def payment_provider_test(request: StaffRequest, provider_id: int) -> HttpResponse:
    """Ask a provider for something harmless, and say whether it answered."""
    provider, back = _provider(request, provider_id), reverse("payment-providers")
    error = try_provider(provider)
    if error:
        return refused(request, Refused(error), back=back)
    return done(request, gettext("%(name)s answers.") % {"name": provider.name}, back=back)


@needs("payment_provider.edit")
@require_POST
def payment_provider_pay_out(request: StaffRequest, provider_id: int) -> HttpResponse:
    """Have the practice bank pay out what it holds."""
    provider = get_object_or_404(
        PaymentProvider,
        pk=provider_id,
        company=request.actor.company,
        kind=PaymentProvider.Kind.LOOPBACK,
    )
    payout = pay_out(provider)
    fetch_payouts(request.actor.company)
    text = (
        gettext("Payout %(id)s is on its way.") % {"id": payout}
        if payout
        else gettext("There is nothing to pay out.")
    )
    return done(request, text, back=reverse("payment-providers"))


@needs("payment_provider.edit")
@require_POST
def payment_provider_end(request: StaffRequest, provider_id: int) -> HttpResponse:
    """Stop using a provider."""
    provider = _provider(request, provider_id)
    end_payment_provider(
        actor=request.actor, provider=provider, as_of=request.as_of, at=clock.now()
    )
    text = gettext("%(name)s is not used any more.") % {"name": provider.name}
    return done(request, text, back=reverse("payment-providers"))


def _provider(request: StaffRequest, provider_id: int) -> PaymentProvider:
    return get_object_or_404(
        PaymentProvider.objects.select_related("company"),
        pk=provider_id,
        company=request.actor.company,
        ended_on=None,
    )
