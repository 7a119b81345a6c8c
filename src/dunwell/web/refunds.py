"""Pages about refunds: the list with what to pay out, one refund, proposing, deciding, paying."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.refunds import (
    approve_refund,
    fail_refund,
    mark_refunds_paid,
    propose_refund,
    reject_refund,
    withdraw_refund,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.pain001 import TransferFileError
from dunwell.models import Company, Item, Payment, Refund
from dunwell.queries.accounts_shown import shown, shown_page
from dunwell.queries.pages import every_row
from dunwell.queries.payees import usable_payees
from dunwell.queries.refund_files import paying_accounts, payout, transfer_file
from dunwell.queries.refunds import (
    RefundRow,
    RefundSource,
    refund_counts,
    refund_row,
    refund_rows,
    refund_source,
    refund_totals,
)
from dunwell.templatetags.money import MoneyField, money
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Refund.Status

COLUMNS = (
    _("Refund"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Of"),
    _("Payee"),
    _("Account"),
    _("BIC"),
    _("Currency"),
    _("Amount"),
    _("Reason"),
    _("Proposed on"),
    _("Proposed by"),
    _("Decided on"),
    _("Decided by"),
    _("Paid out on"),
    _("Note"),
)


class RefundForm(forms.Form):
    """How much of a payment or credit is given back, to which account, and why."""

    payee = forms.ChoiceField(label=_("Payee"))
    reason = forms.CharField(label=_("Why is it given back?"), max_length=300)

    def __init__(self, company: Company, source: RefundSource, *args: Any, **kwargs: Any) -> None:
        """Offer the customer's accounts, and all that is free."""
        super().__init__(*args, **kwargs)
        self.payees = {str(one.pk): one for one in usable_payees(company, source.customer_id)}
        self.fields["payee"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.name} · {one.account} · {one.get_status_display()}")
            for key, one in self.payees.items()
        ]
        free = source.free_minor
        self.fields["amount"] = MoneyField(
            source.currency, label=_("Amount"), initial=free or None
        )
        self.order_fields(["payee", "amount", "reason"])


class PaidForm(forms.Form):
    """When the chosen refunds left our account."""

    paid_on = day_field(label=_("Left our account on"))


@require_GET
def refund_list(request: StaffRequest) -> HttpResponse:
    """List refunds of a status with their sums; approved ones can be paid out from here."""
    company = request.actor.company
    status = _status(request)
    page = page_asked(request, lambda cursor: refund_rows(company, status=status, cursor=cursor))
    counts = refund_counts(company)
    is_paying = status == Status.APPROVED and "refund.approve" in request.actor.rights
    context = {
        "page": shown_page(page, request.actor.rights),
        "totals": refund_totals(company, status=status),
        "status": status,
        "tabs": [(value, label, counts.get(value, 0)) for value, label in Status.choices],
        "total": sum(counts.values()),
        "payout": payout(company) if is_paying else None,
        "accounts": paying_accounts(company) if is_paying else (),
        "paid_form": PaidForm(initial={"paid_on": request.as_of}),
    }
    return render(request, "web/refunds.html", context)


@require_GET
def refunds_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every refund under the page's filter, with the accounts they go to."""
    found = every_row(partial(refund_rows, request.actor.company, status=_status(request)))
    rows = (_line(shown(row, request.actor.rights)) for row in found)
    return file_response(
        kind,
        name=f"refunds-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


@require_GET
def refund_show(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Show one refund: what it gives back, to whom, who said what."""
    row = refund_row(request.actor.company, refund_id)
    if row is None:
        raise Http404
    context = {
        "row": shown(row, request.actor.rights),
        "is_own": row.author == request.actor.name,
    }
    return render(request, "web/refund.html", context)


@needs("refund.propose")
@require_http_methods(["GET", "POST"])
def payment_refund(request: StaffRequest, payment_id: int) -> HttpResponse:
    """Propose to give back a part of a payment's unapplied cash."""
    payment = get_object_or_404(Payment, pk=payment_id, company=request.actor.company)
    source = refund_source(request.actor.company, payment_id=payment.pk)
    address = reverse("payment-refund", args=[payment.pk])
    return _propose(request, payment, source, address, reverse("payment", args=[payment.pk]))


@needs("refund.propose")
@require_http_methods(["GET", "POST"])
def credit_refund(request: StaffRequest, item_id: int) -> HttpResponse:
    """Propose to give back a part of an open credit."""
    credit = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    source = refund_source(request.actor.company, credit_id=credit.pk)
    address = reverse("credit-refund", args=[credit.pk])
    return _propose(request, credit, source, address, reverse("item", args=[credit.pk]))


@needs("refund.approve")
@require_POST
def refund_approve(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Approve a refund; its author cannot where others can."""
    refund = _refund(request, refund_id)
    back = reverse("refund", args=[refund.pk])
    try:
        approve_refund(actor=request.actor, refund=refund, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is approved and can be paid out.") % {"number": refund.number}
    return done(request, text, back=back)


@needs("refund.approve")
@require_http_methods(["GET", "POST"])
def refund_reject(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Refuse a proposed refund, with the reason."""
    refund = _refund(request, refund_id)
    return reason_page(
        request,
        lambda reason: reject_refund(
            actor=request.actor,
            refund=refund,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("%(number)s is rejected.") % {"number": refund.number},
        back=reverse("refund", args=[refund.pk]),
        context={
            "heading": gettext("Reject %(number)s") % {"number": refund.number},
            "lead": gettext("Nothing is given back; the money or credit is free again."),
            "button": gettext("Reject refund"),
            "action": reverse("refund-reject", args=[refund.pk]),
            "crumb": refund.number,
        },
    )


@needs("refund.propose")
@require_http_methods(["GET", "POST"])
def refund_withdraw(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Take a proposal back before anybody decided."""
    refund = _refund(request, refund_id)
    return reason_page(
        request,
        lambda reason: withdraw_refund(
            actor=request.actor,
            refund=refund,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The proposal %(number)s is taken back.") % {"number": refund.number},
        back=reverse("refund", args=[refund.pk]),
        context={
            "heading": gettext("Take %(number)s back") % {"number": refund.number},
            "lead": gettext("Nothing is given back; the money or credit is free again."),
            "button": gettext("Take back"),
            "action": reverse("refund-withdraw", args=[refund.pk]),
            "crumb": refund.number,
        },
    )


@require_http_methods(["GET", "POST"])
def refund_fail(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Take an approved or paid refund back: its payout did not happen, or came back."""
    is_theirs = {"refund.propose", "refund.approve"} & request.actor.rights
    if request.method == "POST" and not is_theirs:
        raise PermissionDenied("refund.propose")
    refund = _refund(request, refund_id)
    return reason_page(
        request,
        lambda reason: fail_refund(
            actor=request.actor,
            refund=refund,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("%(number)s is taken back; its money or credit is free again.")
        % {"number": refund.number},
        back=reverse("refund", args=[refund.pk]),
        context={
            "heading": gettext("Payout of %(number)s failed") % {"number": refund.number},
            "lead": gettext(
                "The refund's item is reversed, and the payment or credit can be used again."
            ),
            "button": gettext("Take the refund back"),
            "action": reverse("refund-fail", args=[refund.pk]),
            "crumb": refund.number,
        },
    )


@require_POST
def refunds_paid(request: StaffRequest) -> HttpResponse:
    """Note that the chosen refunds have left our account, all or none."""
    told = (read_key(text) for text in request.POST.getlist("refund"))
    keys = [key for key in told if key is not None]
    chosen = Refund.objects.filter(company=request.actor.company, pk__in=keys)
    back = f"{reverse('refunds')}?status={Status.APPROVED}"
    form = PaidForm(request.POST)
    if not form.is_valid():
        refusal = Refused(gettext("Say on which day the money left our account."))
        return refused(request, refusal, back=back)
    try:
        count = mark_refunds_paid(
            actor=request.actor,
            refunds=list(chosen),
            paid_on=form.cleaned_data["paid_on"],
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as no:
        return refused(request, no, back=back)
    text = ngettext("%(n)d refund is paid out.", "%(n)d refunds are paid out.", count)
    return done(request, text % {"n": count}, back=back)


@needs("refund.approve")
@require_GET
def refunds_file(request: StaffRequest) -> HttpResponse:
    """Return the SEPA file of what can be paid out, from the chosen account of ours."""
    company = request.actor.company
    asked = read_key(request.GET.get("account", ""))
    account = next((one for one in paying_accounts(company) if one.id == asked), None)
    if account is None:
        raise Http404
    try:
        file = transfer_file(company, account=account, as_of=request.as_of, at=clock.now())
    except TransferFileError as error:
        back = f"{reverse('refunds')}?status={Status.APPROVED}"
        return refused(request, Refused(str(error)), back=back)
    response = HttpResponse(file.data, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _propose(
    request: StaffRequest,
    row: Payment | Item,
    source: RefundSource | None,
    address: str,
    back: str,
) -> HttpResponse:
    """Propose a refund when the form is sent and right, else show it."""
    if source is None:
        refusal = Refused(gettext("Nothing of %(row)s can be given back.") % {"row": row.number})
        return refused(request, refusal, back=back)
    form = RefundForm(request.actor.company, source, posted(request))
    if not form.payees:
        return redirect(f"{reverse('payee-add', args=[source.customer_id])}?next={address}")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            refund = propose_refund(
                actor=request.actor,
                source=row,
                payee=form.payees[told["payee"]],
                amount_minor=told["amount"],
                reason=told["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(number)s is proposed; somebody else approves it.")
            said = text % {"number": refund.number}
            return done(request, said, back=reverse("refund", args=[refund.pk]))
    context = {
        "heading": gettext("Give back of %(row)s") % {"row": row.number},
        "lead": gettext("%(free)s of %(customer)s can be given back.")
        % {"free": money(source.free_minor, source.currency), "customer": source.customer_name},
        "button": gettext("Propose refund"),
        "action": address,
        "crumb": row.number,
        "back": back,
    }
    return form_page(request, "web/refund_form.html", form, {**context, "source": source})


def _refund(request: StaffRequest, refund_id: int) -> Refund:
    return get_object_or_404(Refund, pk=refund_id, company=request.actor.company)


def _status(request: StaffRequest) -> str:
    """Return the status the address asks for; without one what waits for approval, or all."""
    asked = request.GET.get("status", Status.PROPOSED.value)
    return asked if asked in Status.values else ""


def _line(row: RefundRow) -> tuple[Value, ...]:
    return (
        row.number,
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        row.source,
        row.payee,
        row.account,
        row.bic,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.reason,
        row.proposed_on,
        row.author,
        row.decided_on,
        row.approver,
        row.paid_on,
        row.decision,
    )
