"""/portal/offers/: what paying sooner earns, and saying by when one will."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.early_payments import accept_offer
from dunwell.actions.gate import Refused
from dunwell.models import EarlyPaymentOffer
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.visitors import REFUSED
from dunwell.queries.early_payment import open_offers
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.sentences import spoken


class AcceptForm(forms.Form):
    """The day by which somebody says they will pay."""

    pay_on = forms.DateField(
        label=gettext_lazy("I will pay by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


@in_portal()
@require_GET
def portal_offers(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the discounts that can be earned today: amount, day, yearly rate."""
    return _page(request, who)


@in_portal("portal.pay")
@require_POST
def portal_offer_accept(request: HttpRequest, who: Debtor, offer_id: int) -> HttpResponse:
    """Take the word that the customer will pay by a day; a refusal stands at its offer."""
    offer = EarlyPaymentOffer.objects.filter(pk=offer_id, customer=who.customer).first()
    if offer is None:
        raise Http404
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _page(
            request, who, refused=(offer.pk, str(form.errors["pay_on"][0])), status=REFUSED
        )
    pay_on: date = form.cleaned_data["pay_on"]
    try:
        accept_offer(
            actor=who.actor,
            offer=offer,
            pay_on=pay_on,
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as refusal:
        return _page(request, who, refused=(offer.pk, spoken(refusal)), status=REFUSED)
    messages.success(request, _("Noted: you pay by %(day)s and less.") % {"day": day_text(pay_on)})
    return redirect("portal-offers")


def _page(
    request: HttpRequest,
    who: Debtor,
    *,
    refused: tuple[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today(who.company.zone)
    offers = open_offers(who.company, who.customer, as_of=today)
    context = {
        "who": who,
        "offers": offers,
        "today": today,
        "refused_offer": refused[0] if refused else None,
        "refusal": refused[1] if refused else "",
    }
    return render(request, "portal/account/offers.html", context, status=status)
