"""/portal/pay/…/: where a payment stands when the payer comes back, and where to transfer to."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.checkouts import cancel_checkout
from dunwell.actions.gate import Refused
from dunwell.engine.creditor_references import spaced_reference
from dunwell.formats.payment_code import PaymentCodeError, payment_code_png, payment_code_svg
from dunwell.formats.receipt_words import released_lines
from dunwell.jobs.checkouts import ask_provider, hand_over_checkout
from dunwell.models import Checkout, Transfer
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.visitors import REFUSED
from dunwell.queries.payment_ways import transfer_to
from dunwell.queries.portal_payments import own_checkout, own_transfer, paid_lines
from dunwell.queries.receipts import receipt_of
from dunwell.templatetags.sentences import spoken

Status = Checkout.Status
ASK_AGAIN = timedelta(seconds=10)
"""So often a page that waits asks the provider."""
FAILED = {Status.FAILED, Status.EXPIRED, Status.CANCELLED}


@in_portal("portal.view")
@require_GET
def pay_done(request: HttpRequest, who: Debtor, checkout_id: int) -> HttpResponse:
    """Say where a payment stands: it goes to the provider's page, waits, is done or failed.

    Without JavaScript the page loads itself again while it waits; with it only the part does. With
    `go` in the address it leads on to the provider by itself. That is no redirect: a browser would
    take it as a part of the form before, which may only be sent to us.
    """
    checkout = _own(who, checkout_id)
    is_going = "go" in request.GET and who.can_pay
    is_part = bool(request.headers.get("HX-Request"))
    checkout = _moved_on(checkout, is_going=is_going, is_part=is_part)
    is_open = checkout.status == Status.OPEN and bool(checkout.address)
    to_provider = checkout.address if is_going and is_open else ""
    if to_provider and is_part:
        return HttpResponse(headers={"HX-Redirect": to_provider})
    context = {
        "is_going": is_going,
        "to_provider": to_provider,
        "who": who,
        "checkout": checkout,
        "lines": paid_lines(checkout),
        "is_waiting": checkout.status in Checkout.WAITING,
        "is_failed": checkout.status in FAILED,
        "is_paid": checkout.status == Status.PAID,
        **_receipt(request, who, checkout),
    }
    part, page = "portal/account/pay_state.html", "portal/account/pay_done.html"
    return render(request, part if is_part else page, context)


@in_portal("portal.pay", most=60)
@require_POST
def pay_cancel(request: HttpRequest, who: Debtor, checkout_id: int) -> HttpResponse:
    """Stop a payment that was not made."""
    checkout = _own(who, checkout_id)
    try:
        cancel_checkout(
            actor=who.actor, checkout=checkout, reason=_("Stopped by the payer"), at=clock.now()
        )
    except Refused as refusal:
        context = {
            "who": who,
            "checkout": checkout,
            "lines": paid_lines(checkout),
            "error": spoken(refusal),
        }
        return render(request, "portal/account/pay_done.html", context, status=REFUSED)
    return redirect("portal-pay")


@in_portal("portal.view")
@require_GET
def transfer_show(request: HttpRequest, who: Debtor, transfer_id: int) -> HttpResponse:
    """Show account, amount and reference of a transfer, with the code banking apps read."""
    transfer = _transfer(who, transfer_id)
    to = transfer_to(who.customer)
    if to is None:
        raise Http404
    context = {
        "who": who,
        "transfer": transfer,
        "to": to,
        "iban": spaced_reference(to.iban),
        "reference": spaced_reference(transfer.reference),
        "lines": transfer.lines.select_related("item").order_by("item__due_on", "item_id"),
        "has_code": _code(who, transfer, "svg") is not None,
    }
    return render(request, "portal/account/transfer.html", context)


@in_portal("portal.view")
@require_GET
def transfer_code(
    request: HttpRequest,  # noqa: ARG001  as every view is called
    who: Debtor,
    transfer_id: int,
    kind: str,
) -> HttpResponse:
    """Return the payment code of a transfer as a picture."""
    code = _code(who, _transfer(who, transfer_id), kind)
    if code is None:
        raise Http404
    types = {"svg": "image/svg+xml", "png": "image/png"}
    return HttpResponse(code, content_type=types[kind])


def _code(who: Debtor, transfer: Transfer, kind: str) -> bytes | None:
    to = transfer_to(who.customer)
    if to is None or kind not in {"svg", "png"}:
        return None
    try:
        if kind == "png":
            return payment_code_png(
                name=to.name,
                iban=to.iban,
                bic=to.bic,
                amount_minor=transfer.amount_minor,
                currency=transfer.currency,
                text=transfer.reference,
            )
        return payment_code_svg(
            name=to.name,
            iban=to.iban,
            bic=to.bic,
            amount_minor=transfer.amount_minor,
            currency=transfer.currency,
            text=transfer.reference,
        ).encode()
    except PaymentCodeError:
        return None


def _moved_on(checkout: Checkout, *, is_going: bool, is_part: bool) -> Checkout:
    """Return a checkout after what can be done for it now, so that nobody waits for the cycle.

    One that is not handed over is; whoever comes back from the provider is not kept waiting for
    its webhook, and a page that stays open asks again now and then.
    """
    if checkout.status == Status.CREATED:
        return hand_over_checkout(checkout)
    if is_going or checkout.status not in {Status.OPEN, Status.PROCESSING}:
        return checkout
    asked_at = checkout.checked_at
    is_fresh = asked_at is not None and clock.now() - asked_at < ASK_AGAIN
    is_asked = not is_fresh if is_part or checkout.status == Status.PROCESSING else True
    return ask_provider(checkout) if is_asked else checkout


def _receipt(request: HttpRequest, who: Debtor, checkout: Checkout) -> dict[str, object]:
    """Return where the receipt is, and what it says the payment set free; empty before it is."""
    if checkout.status != Status.PAID:
        return {}
    receipt = receipt_of(who.company, checkout.number, customer_id=who.customer.pk)
    if receipt is None:
        return {}
    language: str = request.LANGUAGE_CODE
    return {
        "receipts_url": reverse("portal-receipt", args=[checkout.number]),
        "released": released_lines(receipt.document, language),
    }


def _own(who: Debtor, checkout_id: int) -> Checkout:
    checkout = own_checkout(who.customer, checkout_id)
    if checkout is None:
        raise Http404
    return checkout


def _transfer(who: Debtor, transfer_id: int) -> Transfer:
    transfer = own_transfer(who.customer, transfer_id)
    if transfer is None:
        raise Http404
    return transfer
