"""Pages about refunds of online payments: proposed, approved or rejected by a second person."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.checkout_refunds import (
    approve_checkout_refund,
    left_of,
    refund_checkout,
    reject_checkout_refund,
)
from dunwell.actions.gate import Refused
from dunwell.jobs.background import begin
from dunwell.jobs.checkouts import hand_over_refunds
from dunwell.models import Checkout, CheckoutRefund
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class RefundForm(forms.Form):
    """How much of a payment goes back, and why."""

    reason = forms.CharField(label=_("Why is it given back?"), max_length=300)

    def __init__(self, checkout: Checkout, *args: Any, **kwargs: Any) -> None:
        """Offer all that is left of it."""
        super().__init__(*args, **kwargs)
        left = left_of(checkout)
        self.fields["amount"] = MoneyField(
            checkout.currency, label=_("Amount"), initial=left or None
        )
        self.order_fields(["amount", "reason"])


@needs("refund.propose")
@require_http_methods(["GET", "POST"])
def checkout_refund_add(request: StaffRequest, checkout_id: int) -> HttpResponse:
    """Propose to give money of a payment back the way it came."""
    checkout = get_object_or_404(
        Checkout.objects.select_related("payment"), pk=checkout_id, company=request.actor.company
    )
    form = RefundForm(checkout, posted(request))

    def act(amount: int, reason: str) -> None:
        refund_checkout(
            actor=request.actor,
            checkout=checkout,
            amount_minor=amount,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Give back of %(number)s") % {"number": checkout.number},
        "lead": gettext(
            "A second person approves it. What the money was put on last is owed again then."
        ),
        "button": gettext("Propose"),
        "action": reverse("checkout-refund-add", args=[checkout.pk]),
        "crumb": checkout.number,
    }
    back = reverse("checkout", args=[checkout.pk])
    said = gettext("The refund is proposed.")
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("refund.approve")
@require_POST
def checkout_refund_approve(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Approve a refund, and have it handed to the provider."""
    refund = _refund(request, refund_id)
    back = reverse("checkout", args=[refund.checkout_id])
    try:
        approve_checkout_refund(
            actor=request.actor, refund=refund, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    company = request.actor.company
    begin(lambda: hand_over_refunds(company), key=f"refunds {company.pk}", takes_later=True)
    text = gettext("%(number)s is approved and handed to the provider.")
    return done(request, text % {"number": refund.number}, back=back)


@needs("refund.approve")
@require_http_methods(["GET", "POST"])
def checkout_refund_reject(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Refuse a proposed refund, with the reason."""
    refund = _refund(request, refund_id)

    def act(reason: str) -> None:
        reject_checkout_refund(
            actor=request.actor,
            refund=refund,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return reason_page(
        request,
        act,
        said=gettext("%(number)s is rejected.") % {"number": refund.number},
        back=reverse("checkout", args=[refund.checkout_id]),
        context={
            "heading": gettext("Reject %(number)s") % {"number": refund.number},
            "lead": gettext("Nothing is given back."),
            "button": gettext("Reject refund"),
            "action": reverse("checkout-refund-reject", args=[refund.pk]),
            "crumb": refund.checkout.number,
        },
    )


def _refund(request: StaffRequest, refund_id: int) -> CheckoutRefund:
    return get_object_or_404(
        CheckoutRefund.objects.select_related("checkout"),
        pk=refund_id,
        company=request.actor.company,
    )
