"""Due days, promises and instalments as a calendar: a file, or read at a secret address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_calendars import make_calendar, revoke_calendar
from dunwell.formats.calendar_file import MEDIA_TYPE, write_calendar
from dunwell.models import Company, Customer
from dunwell.portal.account_files import attached, seen
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal
from dunwell.portal.visitors import visitor
from dunwell.queries.portal_calendar import (
    calendar_entries,
    calendar_of,
    calendar_of_token,
    calendar_token,
)

NOT_FOUND = 404


@in_portal()
@require_http_methods(["GET", "POST"])
def calendar_page(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the calendar address of this person; a POST makes a new one."""
    if request.method == "POST":
        if who.seat is None:
            return _page(request, who, status=FORBIDDEN)
        make_calendar(actor=who.actor, customer=who.customer, seat=who.seat, at=clock.now())
        return redirect("portal-calendar")
    seen(who)
    return _page(request, who)


@in_portal()
@require_http_methods(["POST"])
def calendar_stop(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Stop the calendar address of this person."""
    if who.seat is None:
        return _page(request, who, status=FORBIDDEN)
    try:
        revoke_calendar(actor=who.actor, customer=who.customer, seat=who.seat, at=clock.now())
    except Refused:
        return _page(request, who, status=FORBIDDEN)
    return redirect("portal-calendar")


@in_portal()
@require_GET
def calendar_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
) -> HttpResponse:
    """Return the calendar as a file."""
    return _file(who.company, who.customer, language=(get_language() or "en")[:2])


@visitor("portal-calendar", most=60)
@require_GET
def calendar_feed(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    token: str,
) -> HttpResponse:
    """Return the calendar a secret address opens; one that ended is not found."""
    calendar = calendar_of_token(token)
    if calendar is None:
        return HttpResponse("", status=NOT_FOUND, content_type="text/plain; charset=utf-8")
    language = calendar.seat.person.language or calendar.customer.language
    return _file(calendar.company, calendar.customer, language=language[:2] or "en")


def _file(company: Company, customer: Customer, *, language: str) -> HttpResponse:
    entries = calendar_entries(
        company,
        customer,
        as_of=clock.today(company.zone),
        language=language if language in {"en", "de"} else "en",
    )
    data = write_calendar(entries, name=f"{company.name}: {customer.name}", stamp=clock.now())
    return attached(data, name="due-days.ics", media_type=MEDIA_TYPE)


def _page(request: HttpRequest, who: Debtor, *, status: int = 200) -> HttpResponse:
    calendar = calendar_of(who.seat) if who.seat else None
    address = ""
    if calendar is not None:
        path = reverse(
            "portal-calendar-feed", args=[calendar_token(calendar.seat_id, calendar.nonce)]
        )
        address = request.build_absolute_uri(path)
    context = {"who": who, "address": address}
    return render(request, "portal/account/calendar.html", context, status=status)
