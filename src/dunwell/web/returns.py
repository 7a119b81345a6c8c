"""The page behind "returned by the bank": why the payment came back, and the fee for it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.returns import return_payment
from dunwell.engine.return_reasons import OTHER, RETURN_REASONS
from dunwell.models import Payment
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.templatetags.money import money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ReturnForm(forms.Form):
    """Why a payment came back; the code is the bank's, the words are free."""

    reason_code = forms.ChoiceField(label=_("Reason of the bank"), required=False)
    reason = forms.CharField(
        label=_("In words"),
        max_length=290,
        required=False,
        help_text=_("What the bank wrote. Needed when no code fits."),
    )
    charge_fee = forms.BooleanField(required=False)

    def __init__(self, *args: object, fee: str, **kwargs: object) -> None:
        """Offer every code with its meaning, and the fee where there is one to charge."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} · {gettext(words)}") for code, words in RETURN_REASONS.items()
        ]
        if fee:
            label = gettext("Charge the customer %(fee)s for it") % {"fee": fee}
            self.fields["charge_fee"].label = label
        else:
            del self.fields["charge_fee"]


@needs("payment.reverse")
@require_http_methods(["GET", "POST"])
def payment_return(request: StaffRequest, payment_id: int) -> HttpResponse:
    """Record that a payment was returned; what it settled is owed again."""
    company = request.actor.company
    payment = get_object_or_404(Payment, pk=payment_id, company=company)
    back = reverse("payment", args=[payment.pk])
    fee_minor = cash_policy_in_force(company, as_of=request.as_of).returned.fee_minor
    fee = money(fee_minor, company.currency) if fee_minor and payment.customer_id else ""
    form = ReturnForm(
        posted(request), initial={"reason_code": "AM04", "charge_fee": True}, fee=fee
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            return_payment(
                actor=request.actor,
                payment=payment,
                reason_code=told["reason_code"] or OTHER,
                reason=told["reason"],
                charge_fee=told.get("charge_fee", False),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Payment returned; its items are owed again."), back=back)
    context = {
        "heading": gettext("Return payment %(number)s") % {"number": payment.number},
        "lead": gettext("%(amount)s is taken off the account and off every item it was put on.")
        % {"amount": money(payment.amount_minor, payment.currency)},
        "button": gettext("Return payment"),
        "action": reverse("payment-reverse", args=[payment.pk]),
        "crumb": payment.number,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)
