"""Credit and orders as far as the company shows them: what is free, what is held and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.portal.account_files import seen
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.portal_credit import LIMIT, OVERDUE, REVIEW, TERMS, portal_credit
from dunwell.queries.portal_settings import portal_choices

REASON_WORDS = {
    OVERDUE: _("Invoices are overdue. Paying them releases the order."),
    LIMIT: _("With this order the account would be above its credit limit."),
    TERMS: _("The payment terms of the order are longer than agreed."),
    REVIEW: _("We are looking at this order. We will be in touch."),
}
"""What holds an order, in words for the customer; nothing of what we think of it."""

WAY_WORDS = {
    "pay": _("Pay"),
    "prepay": _("Pay in advance"),
    "reduce": _("Reduce the order to"),
}


@in_portal()
@require_GET
def credit_page(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the limit, if this person may see it, the orders, and how to ask for more credit."""
    choices = portal_choices(who.company)
    with_limit = choices.shows_limit_to(who.seat.role if who.seat else "")
    found = portal_credit(
        who.company,
        who.customer,
        with_limit=with_limit,
        with_orders=choices.shows_orders,
        as_of=clock.today(who.company.zone),
    )
    seen(who)
    orders = [
        {
            "row": one.row,
            "is_held": one.is_held,
            "reasons": [REASON_WORDS[reason] for reason in one.reasons],
            "ways": [(WAY_WORDS[way.kind], way) for way in one.ways],
        }
        for one in found.orders
    ]
    context = {
        "who": who,
        "credit": found.credit,
        "free_minor": found.free_minor,
        "orders": orders,
        "applications": found.applications,
        "form_slug": found.form_slug,
        "choices": choices,
    }
    return render(request, "portal/account/credit.html", context)
