"""Pages about payees: accounts money may be refunded to, proposing, approving, retiring."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.payees import LONGEST, approve_payee, propose_payee, retire_payee
from dunwell.models import Payee
from dunwell.queries.accounts_shown import shown_page
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.payees import payee_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted, refused
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Payee.Status


class PayeeForm(forms.Form):
    """An account of a customer, and where its number comes from."""

    name = forms.CharField(label=_("Account holder"), max_length=LONGEST["name"])
    account = forms.CharField(
        label=_("IBAN, or account number"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bic = forms.CharField(
        label=_("BIC"),
        max_length=20,
        required=False,
        help_text=_("Not needed for an IBAN of a SEPA country."),
    )
    evidence = forms.CharField(
        label=_("Where does the number come from?"),
        max_length=LONGEST["evidence"],
        help_text=_("Such as a letter, or a call back to a number known before. Never an e-mail."),
    )

    def __init__(self, *args: object, must_be_proven: bool, **kwargs: object) -> None:
        """Ask for the evidence where the cash policy does."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["evidence"].required = must_be_proven


@require_GET
def payee_list(request: StaffRequest) -> HttpResponse:
    """List accounts money may be refunded to; those that wait for approval stand in their tab."""
    company = request.actor.company
    asked = request.GET.get("status", "")
    status = asked if asked in Status.values else ""
    customer_id = read_key(request.GET.get("customer", ""))
    page = page_asked(
        request,
        lambda cursor: payee_rows(company, status=status, customer_id=customer_id, cursor=cursor),
    )
    context = {
        "page": shown_page(page, request.actor.rights),
        "status": status,
        "tabs": Status.choices,
        "customer_id": customer_id,
        "name": request.actor.name,
    }
    return render(request, "web/payees.html", context)


@needs("refund.propose")
@require_http_methods(["GET", "POST"])
def payee_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Propose an account of a customer; somebody else approves it."""
    customer = customer_or_404(request, customer_id)
    policy = cash_policy_in_force(request.actor.company, as_of=request.as_of)
    form = PayeeForm(
        posted(request), initial={"name": customer.name}, must_be_proven=policy.refund_evidence
    )
    back = f"{reverse('payees')}?customer={customer.pk}"
    if request.method == "POST" and form.is_valid():
        try:
            payee = propose_payee(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(name)s is proposed; somebody else approves the account.")
            return done(request, text % {"name": payee.name}, back=back)
    context = {
        "heading": gettext("Propose an account of %(name)s") % {"name": customer.name},
        "lead": gettext("Money goes there once a second person has approved the account."),
        "button": gettext("Propose account"),
        "action": reverse("payee-add", args=[customer.pk]),
        "crumb": gettext("Payees"),
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("payee.approve")
@require_POST
def payee_approve(request: StaffRequest, payee_id: int) -> HttpResponse:
    """Allow refunds to an account; its author cannot where others can."""
    payee = _payee(request, payee_id)
    back = reverse("payees")
    try:
        approve_payee(actor=request.actor, payee=payee, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("Money may be refunded to %(name)s.") % {"name": payee.name}
    return done(request, text, back=back)


@needs("payee.approve")
@require_http_methods(["GET", "POST"])
def payee_retire(request: StaffRequest, payee_id: int) -> HttpResponse:
    """Let no further money go to an account."""
    payee = _payee(request, payee_id)
    return reason_page(
        request,
        lambda reason: retire_payee(
            actor=request.actor, payee=payee, reason=reason, at=clock.now()
        ),
        said=gettext("%(name)s is no longer used.") % {"name": payee.name},
        back=reverse("payees"),
        context={
            "heading": gettext("Stop using %(account)s") % {"account": payee.account},
            "lead": gettext("Approved refunds to it are left out of payment files."),
            "button": gettext("Stop using it"),
            "action": reverse("payee-retire", args=[payee.pk]),
            "crumb": gettext("Payees"),
        },
    )


def _payee(request: StaffRequest, payee_id: int) -> Payee:
    return get_object_or_404(Payee, pk=payee_id, company=request.actor.company)
