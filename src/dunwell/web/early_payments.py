"""Pages about early payment: what is offered and earned, offering by hand, taking back."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.early_payments import offer_by_hand, withdraw_offer
from dunwell.engine.early_payment import OfferStep
from dunwell.formats.exports import Value
from dunwell.models import EarlyPaymentOffer, Item
from dunwell.queries.early_payment import early_payment_policy
from dunwell.queries.early_payment_rows import (
    LIVE,
    STATES,
    OfferRow,
    offer_figures,
    offer_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.early_payment import offer_kind, offer_state
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Invoice"),
    _("Customer number"),
    _("Customer"),
    _("Kind"),
    _("Where it stands"),
    _("Discount"),
    _("Currency"),
    _("Open"),
    _("Discount at most"),
    _("Earned"),
    _("Yearly rate in ppm"),
    _("Offered on"),
    _("Until"),
    _("Due"),
    _("Pays by"),
    _("By"),
)
PERCENT_PPM = 10_000


class OfferForm(forms.Form):
    """A discount for payment by a day, a second one for later money if one likes, and why."""

    first_on = forms.DateField(
        label=_("Money with us by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    first_percent = forms.DecimalField(
        label=_("Discount in percent"), max_digits=4, decimal_places=2, min_value=0, localize=True
    )
    second_on = forms.DateField(
        label=_("Or by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    second_percent = forms.DecimalField(
        label=_("Discount then, in percent"),
        required=False,
        max_digits=4,
        decimal_places=2,
        min_value=0,
        localize=True,
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def steps(self) -> list[OfferStep]:
        """Return what was typed as steps."""
        told = self.cleaned_data
        pairs = [
            (told["first_on"], told["first_percent"]),
            (told["second_on"], told["second_percent"]),
        ]
        return [
            OfferStep(until_on=on, rate_ppm=int(percent * PERCENT_PPM))
            for on, percent in pairs
            if on is not None and percent is not None
        ]


@require_GET
def early_payment_list(request: StaffRequest) -> HttpResponse:
    """List offers with what they cost at most and have earned, the newest first."""
    company, only = request.actor.company, _only(request)
    read = partial(offer_rows, company, as_of=request.as_of, **only)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    policy, version = early_payment_policy(company, as_of=request.as_of)
    context = {
        "page": page,
        "states": [(name, offer_state(name)) for name in STATES],
        "figures": offer_figures(company, as_of=request.as_of),
        "policy": policy,
        "has_policy": version is not None,
        **only,
    }
    return render(request, "web/early_payment.html", context)


@require_GET
def early_payment_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every offer under the page's filter."""
    found = every_row(
        partial(offer_rows, request.actor.company, as_of=request.as_of, **_only(request))
    )
    return file_response(
        kind,
        name=f"early-payment-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("early_payment.offer")
@require_http_methods(["GET", "POST"])
def early_payment_offer(request: StaffRequest, item_id: int) -> HttpResponse:
    """Offer a discount on one invoice by hand."""
    item = get_object_or_404(
        Item.objects.select_related("customer"), pk=item_id, company=request.actor.company
    )
    policy, _version = early_payment_policy(request.actor.company, as_of=request.as_of)
    form = OfferForm(posted(request), initial={"first_on": request.as_of + timedelta(days=7)})

    def offer(**_told: Any) -> None:
        offer_by_hand(
            actor=request.actor,
            item=item,
            steps=form.steps(),
            reason=form.cleaned_data["reason"],
            as_of=request.as_of,
            at=clock.now(),
        )

    lead = gettext(
        "%(customer)s, due on %(due)s. The policy allows %(rate)s %% and %(apr)s %% a year. "
        "The invoice stays due in full until the money has come."
    ) % {
        "customer": item.customer.name,
        "due": day_text(item.due_on),
        "rate": f"{policy.most_rate_ppm / PERCENT_PPM:g}",
        "apr": f"{policy.most_apr_ppm / PERCENT_PPM:g}",
    }
    return told_page(
        request,
        form,
        offer,
        said=gettext("The discount is offered."),
        back=reverse("early-payment"),
        context={
            "heading": gettext("Offer a discount on %(number)s") % {"number": item.number},
            "lead": lead,
            "button": gettext("Offer it"),
            "action": reverse("early-payment-offer", args=[item.pk]),
            "crumb": gettext("Early payment"),
        },
    )


@needs("early_payment.offer")
@require_http_methods(["GET", "POST"])
def early_payment_withdraw(request: StaffRequest, offer_id: int) -> HttpResponse:
    """Take an offer back that nobody accepted, with the reason."""
    offer = get_object_or_404(
        EarlyPaymentOffer.objects.select_related("item"),
        pk=offer_id,
        company=request.actor.company,
    )

    number = offer.item.number

    def withdraw(reason: str) -> None:
        withdraw_offer(
            actor=request.actor, offer=offer, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        withdraw,
        said=gettext("The offer is taken back."),
        back=reverse("early-payment"),
        context={
            "heading": gettext("Take back the offer on %(number)s") % {"number": number},
            "lead": gettext("An offer that the customer accepted is kept."),
            "button": gettext("Take back"),
            "action": reverse("early-payment-withdraw", args=[offer.pk]),
            "crumb": gettext("Early payment"),
        },
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    state = request.GET.get("state", "")
    return {
        "state": state if state in STATES else LIVE,
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: OfferRow) -> tuple[Value, ...]:
    return (
        row.number,
        row.customer_number,
        row.customer_name,
        offer_kind(row.kind),
        offer_state(row.state),
        row.terms,
        row.currency,
        row.open_minor,
        row.most_minor,
        row.earned_minor,
        row.apr_ppm,
        row.offered_on.isoformat(),
        row.until_on.isoformat(),
        row.due_on.isoformat(),
        row.pay_on.isoformat() if row.pay_on else "",
        row.offered_by,
    )
