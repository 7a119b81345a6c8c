"""/portal/payment/<token>/: a payment we asked for by mail: where it leads, where it stands.

The link shows one amount to one payer and opens nothing else. Looking changes nothing; the page of
the provider is one press away.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from dunwell.jobs.checkouts import ask_provider, hand_over_checkout
from dunwell.models import Checkout
from dunwell.portal.visitors import visitor
from dunwell.queries.checkouts import checkout_of_token

Status = Checkout.Status
FAILED = frozenset({Status.FAILED, Status.EXPIRED, Status.CANCELLED})


@require_GET
@visitor("payment-link", most=120)
def payment_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be paid with the button that leads to the provider; 404 for a wrong link.

    One that is not with the provider yet is handed over now; looked at twice, it is opened once.
    Whoever comes back from the provider (`back` in the address) sees what became of it.
    """
    checkout = checkout_of_token(token)
    if checkout is None:
        raise Http404
    if checkout.status == Status.CREATED:
        checkout = hand_over_checkout(checkout)
    elif "back" in request.GET and checkout.status in Checkout.WAITING:
        checkout = ask_provider(checkout)
    language = checkout.customer.language or checkout.company.language
    if not request.COOKIES.get("django_language"):
        translation.activate(language[:2] if language[:2] in {"en", "de"} else "en")
    context = {
        "checkout": checkout,
        "company": checkout.company,
        "lines": checkout.lines.select_related("item").order_by("item__due_on", "item_id"),
        "is_open": checkout.status == Status.OPEN and bool(checkout.address),
        "is_paid": checkout.status == Status.PAID,
        "is_failed": checkout.status in FAILED,
    }
    return render(request, "portal/payment_link.html", context)
