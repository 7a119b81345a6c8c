"""/portal/pay/: what is paid, how, and the way to the provider's page."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_payments import pay_in_portal, transfer_in_portal
from dunwell.jobs.checkouts import hand_over_checkout
from dunwell.models import Checkout, Transfer
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.pay_choice import Choice, read_choice, shown_items
from dunwell.portal.visitors import REFUSED
from dunwell.queries.payment_ways import PaymentWay, payment_ways
from dunwell.queries.portal_payments import waiting_checkouts
from dunwell.templatetags.sentences import spoken


@in_portal("portal.view")
@require_GET
def pay_what(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Offer what can be paid: all that is due, ticked items, or an amount."""
    today = clock.today(who.company.zone)
    choice = read_choice(request, who.customer, as_of=today)
    return render(
        request,
        "portal/account/pay.html",
        {
            "who": who,
            "choice": choice,
            "shown": shown_items(choice),
            "due": read_all(choice, today),
            "today": today,
            "waiting": waiting_checkouts(who.customer),
        },
    )


@in_portal("portal.pay", most=120)
@require_GET
def pay_how(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show what the choice comes to, and the ways to pay it with what each adds."""
    today = clock.today(who.company.zone)
    choice = read_choice(request, who.customer, as_of=today)
    if choice.error or not choice.lines:
        nothing = gettext("Nothing is due. Choose invoices or write an amount.")
        return _again(request, who, choice, choice.error or nothing)
    return render(request, "portal/account/pay_how.html", _how(who, choice))


@in_portal("portal.pay", most=120)
@require_POST
def pay_start(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Begin the payment and lead to the provider, or show where to transfer."""
    today = clock.today(who.company.zone)
    choice = read_choice(request, who.customer, as_of=today)
    if choice.error or not choice.lines:
        nothing = gettext("This is paid meanwhile. Choose again.")
        return _again(request, who, choice, choice.error or nothing)
    ways = payment_ways(
        who.customer, currency=choice.currency, amount_minor=choice.pay_minor, on=today
    )
    way = next((one for one in ways if one.value == request.POST.get("way", "")), None)
    if way is None:
        context = {**_how(who, choice), "error": gettext("Choose how you want to pay.")}
        return render(request, "portal/account/pay_how.html", context, status=REFUSED)
    try:
        if way.provider is None:
            return redirect("portal-transfer", _announced(who, choice).pk)
        checkout = _begun(request, who, choice, way)
    except Refused as refusal:
        context = {**_how(who, choice, way), "error": spoken(refusal)}
        return render(request, "portal/account/pay_how.html", context, status=REFUSED)
    hand_over_checkout(checkout)
    return redirect(f"{reverse('portal-pay-done', args=[checkout.pk])}?go")


def _announced(who: Debtor, choice: Choice) -> Transfer:
    return transfer_in_portal(
        actor=who.actor,
        customer=who.customer,
        wish=choice.wish(None),
        as_of=clock.today(who.company.zone),
        at=clock.now(),
    )


def _begun(request: HttpRequest, who: Debtor, choice: Choice, way: PaymentWay) -> Checkout:
    shown = request.POST.get(f"shown_{way.value}", "")
    if way.provider is None:
        raise Refused(gettext("Choose how you want to pay."))
    return pay_in_portal(
        actor=who.actor,
        customer=who.customer,
        wish=choice.wish(int(shown) if shown.isascii() and shown.isdigit() else None),
        provider=way.provider,
        method=way.method,
        saved=way.saved,
        saves_method=bool(request.POST.get("save")) and who.can_manage,
        purpose=choice.purpose,
        seat=who.seat,
        key=request.POST.get("key", ""),
        as_of=clock.today(who.company.zone),
        at=clock.now(),
    )


def read_all(choice: Choice, today: Any) -> dict[str, int]:
    """Return what is due and what is open of what may be paid, in minor units."""
    free = [row for row in choice.found.items if not row.bound_by]
    return {
        "due_minor": sum(row.free_minor for row in free if row.due_on <= today),
        "open_minor": sum(row.free_minor for row in free),
        "disputed_minor": sum(row.disputed_minor for row in free),
    }


def _how(who: Debtor, choice: Choice, way: PaymentWay | None = None) -> dict[str, object]:
    today = clock.today(who.company.zone)
    ways = payment_ways(
        who.customer, currency=choice.currency, amount_minor=choice.pay_minor, on=today
    )
    return {
        "who": who,
        "choice": choice,
        "ways": ways,
        "chosen": way.value if way else ways[0].value if ways else "",
        "has_surcharge": any(one.surcharge_minor for one in ways),
        "key": secrets.token_hex(16),
        "back": f"{reverse('portal-pay')}?{choice.query}",
    }


def _again(request: HttpRequest, who: Debtor, choice: Choice, error: str) -> HttpResponse:
    today = clock.today(who.company.zone)
    context = {
        "who": who,
        "choice": choice,
        "shown": shown_items(choice),
        "due": read_all(choice, today),
        "today": today,
        "waiting": waiting_checkouts(who.customer),
        "error": error,
    }
    return render(request, "portal/account/pay.html", context, status=REFUSED)
