"""The first page of the portal: what is owed, what is due, what happens next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.portal.account_files import seen
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.portal_account import ComingEvent, DueDay, portal_account
from dunwell.queries.portal_settings import portal_choices


@in_portal()
@require_GET
def account_home(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the balance of each currency, what comes next, and the last payments."""
    today = clock.today(who.company.zone)
    seen(who)
    account = portal_account(who.company, who.customer, as_of=today)
    coming: list[ComingEvent | DueDay] = [*account.coming, *account.due_days]
    context = {
        "who": who,
        "company": who.company,
        "account": account,
        "today": today,
        "next_days": sorted(coming, key=lambda one: one.on),
        "choices": portal_choices(who.company),
        "overdue": [one for one in account.figures if one.balance.overdue_minor > 0],
        "due": [one for one in account.figures if one.due_minor > 0],
    }
    return render(request, "portal/account/home.html", context)
