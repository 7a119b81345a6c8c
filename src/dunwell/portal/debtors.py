"""Who is in the portal: somebody with a seat, or somebody looking on through a view link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.crypto import constant_time_compare

from dunwell import clock, walls
from dunwell.actions.gate import Actor, debtor, looker
from dunwell.jobs.heavy_files import count_for
from dunwell.models import Company, Customer, PortalLink, PortalSeat
from dunwell.portal.visitors import View, visitor
from dunwell.queries.customer_merges import led_on
from dunwell.queries.portal_links import live_links
from dunwell.queries.portal_seats import open_seat

SESSION_KEY, CONFIRMED_KEY = "portal", "portal_confirmed"
FORBIDDEN = 403


@dataclass(frozen=True, kw_only=True, slots=True)
class Debtor:
    """Who looks at a page of the portal, for which customer; `seat` is empty for a view link."""

    company: Company
    customer: Customer
    actor: Actor
    seat: PortalSeat | None = None
    link: PortalLink | None = None

    def may(self, right: str) -> bool:
        """Return whether a right is held; pages show what the actions would let through."""
        return right in self.actor.rights

    @property
    def can_ask(self) -> bool:
        """Return whether promises, plans, disputes and messages may be sent."""
        return self.may("portal.ask")

    @property
    def can_pay(self) -> bool:
        """Return whether payments may be made."""
        return self.may("portal.pay")

    @property
    def can_manage(self) -> bool:
        """Return whether colleagues, keys and saved ways to pay may be changed."""
        return self.may("portal.manage")


def in_portal(right: str = "portal.view", *, most: int = 600) -> Callable[[View], View]:
    """Give a view the debtor whose session this is: `view(request, who, ...)`.

    Whoever has no session is led to the door; whoever lacks the right is told so (403).
    """

    def guard(view: View) -> View:
        @visitor("portal", most=most)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = current_debtor(request)
            if who is None:
                return redirect("portal-enter")
            if not who.may(right):
                context = {"who": who, "company": who.company, "right": right}
                return render(
                    request, "portal/account/not_allowed.html", context, status=FORBIDDEN
                )
            walls.enter(who.company.pk)
            count_for(who.actor)
            _speak(request, who)
            return view(request, who, *args, **kwargs)

        return guarded

    return guard


def take_seat(request: HttpRequest, seat: PortalSeat) -> None:
    """Let this browser act from a seat; whatever was open before is forgotten.

    Its session gets a new key: one that was planted before is worth nothing.
    """
    request.session.cycle_key()
    request.session[SESSION_KEY] = {"seat": seat.pk, "nonce": seat.person.session_nonce}


def look_on(request: HttpRequest, link: PortalLink) -> None:
    """Let this browser look at what a view link opens, and do nothing else."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {"link": link.pk}


def leave(request: HttpRequest) -> None:
    """Close the portal in this browser."""
    for key in (SESSION_KEY, CONFIRMED_KEY):
        request.session.pop(key, None)
    request.session.cycle_key()


def current_debtor(request: HttpRequest) -> Debtor | None:
    """Return who is in the portal in this browser; None where nobody is (any more)."""
    told = request.session.get(SESSION_KEY)
    if not isinstance(told, dict):
        return None
    if isinstance(key := told.get("seat"), int):
        return _seated(key, str(told.get("nonce", "")))
    if isinstance(key := told.get("link"), int):
        return _onlooker(key)
    return None


def _seated(key: int, nonce: str) -> Debtor | None:
    seat = open_seat(key)
    if seat is None or not constant_time_compare(nonce, seat.person.session_nonce):
        return None
    return Debtor(company=seat.company, customer=seat.customer, actor=debtor(seat), seat=seat)


def _onlooker(key: int) -> Debtor | None:
    rows = live_links(at=clock.now()).select_related("company", "customer__company", "contact")
    link = rows.filter(pk=key, purpose=PortalLink.Purpose.VIEW).first()
    if link is None:
        return None
    customer = led_on(link.customer)
    return Debtor(company=link.company, customer=customer, actor=looker(link, customer), link=link)


def _speak(request: HttpRequest, who: Debtor) -> None:
    """Use the person's language where the browser has not chosen one by itself."""
    if request.COOKIES.get("django_language"):
        return
    person = who.seat.person.language if who.seat else ""
    language = person or who.customer.language or who.company.language
    translation.activate(language[:2] if language[:2] in {"en", "de"} else "en")
