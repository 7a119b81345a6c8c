"""/portal/enter/ and the links: coming in without a password, and leaving."""

import logging

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused, debtor, looker
from dunwell.actions.portal_access import sign_out, sign_out_everywhere
from dunwell.actions.portal_links import knock, open_sign_in, open_view_link
from dunwell.actions.portal_passkeys import use_passkey
from dunwell.jobs.portal_mails import begin_answering
from dunwell.models import PortalLink
from dunwell.portal.debtors import (
    Debtor,
    current_debtor,
    in_portal,
    leave,
    look_on,
    take_seat,
)
from dunwell.portal.second_factor import confirm
from dunwell.portal.visitors import REFUSED, visitor
from dunwell.portal.webauthn import PasskeyError, asked, checked
from dunwell.queries.customer_merges import led_on
from dunwell.queries.link_tokens import hashed_link
from dunwell.queries.portal_links import live_links
from dunwell.queries.portal_seats import led_seat, live_seats, masked_email
from dunwell.templatetags.sentences import spoken

log = logging.getLogger(__name__)


class DoorForm(forms.Form):
    """The mail address, and nothing else."""

    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


@visitor("portal-enter", most=15)
@require_http_methods(["GET", "POST"])
def portal_enter(request: HttpRequest) -> HttpResponse:
    """Take an address; the answer is the same whether it has access or not."""
    form = DoorForm(request.POST or None)
    if form.is_valid():
        knock(
            email=form.cleaned_data["email"],
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
        begin_answering()
        return render(request, "portal/access/sent.html", {"email": form.cleaned_data["email"]})
    who = None if form.is_bound else current_debtor(request)
    if who is not None and who.seat is not None:
        return redirect("portal-home")
    status = REFUSED if form.is_bound else 200
    return render(request, "portal/access/enter.html", {"form": form}, status=status)


@visitor("portal-link", most=20)
@require_http_methods(["GET", "HEAD", "POST"])
def portal_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, and come in when it is pressed: the GET of a scanner burns nothing.

    The address with the token is left at once, and no other site is told of it.
    """
    link = (
        live_links(at=clock.now())
        .filter(token_hash=hashed_link(token))
        .select_related(
            "company", "customer__company", "seat__company", "seat__person", "seat__customer"
        )
        .first()
    )
    if link is None:
        _log_failure(request, by="link")
        response = _gone(request)
    elif request.method == "POST":
        response = _sign_in(request, link) if link.seat_id else _look(request, link)
    else:
        context = {
            "company": link.company,
            "link": link,
            "to": masked_email(link.email),
            "next": _inside(request),
        }
        response = render(request, "portal/access/link.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@visitor("portal-leave", most=60)
@require_POST
def portal_leave(request: HttpRequest) -> HttpResponse:
    """Close the portal in this browser."""
    who = current_debtor(request)
    if who is not None and who.seat is not None:
        sign_out(actor=who.actor, seat=who.seat, at=clock.now())
    leave(request)
    return redirect("portal-enter")


@in_portal()
@require_POST
def portal_sign_out_everywhere(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Close the portal in every browser of the person."""
    if who.seat is not None:
        sign_out_everywhere(actor=who.actor, seat=who.seat, at=clock.now())
    leave(request)
    return redirect("portal-enter")


@visitor("portal-enter", most=15)
@require_POST
def portal_passkey_options(request: HttpRequest) -> HttpResponse:
    """Return what the browser asks whatever passkey it has for this site."""
    return asked(request, None)


@visitor("portal-enter", most=15)
@require_POST
def portal_passkey_enter(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey, without mail; it counts as the second factor as well."""
    try:
        passkey, count = checked(request)
        seats = live_seats(passkey.person.email)
        if not seats:
            return _gone(request)
        seat = use_passkey(
            actor=debtor(seats[0]),
            passkey=passkey,
            seat=seats[0],
            sign_count=count,
            at=clock.now(),
        )
    except (PasskeyError, Refused) as refusal:
        _log_failure(request, by="passkey")
        context = {"form": DoorForm(), "refusal": spoken(refusal)}
        return render(request, "portal/access/enter.html", context, status=REFUSED)
    take_seat(request, seat)
    confirm(request, seat)
    return redirect("portal-home")


def _log_failure(request: HttpRequest, *, by: str) -> None:
    log.warning(
        "portal.sign_in_failed",
        extra={"by": by, "client": get_adapter().get_client_ip(request)},
    )


def _sign_in(request: HttpRequest, link: PortalLink) -> HttpResponse:
    led = None if link.seat is None else led_seat(link.seat)
    if led is None:
        return _gone(request)
    try:
        seat = open_sign_in(actor=debtor(led), link=link, at=clock.now())
    except Refused:
        return _gone(request)
    take_seat(request, seat)
    return redirect(_inside(request) or "portal-home")


def _look(request: HttpRequest, link: PortalLink) -> HttpResponse:
    """Open a link to look; whoever has the own seat open there keeps it."""
    who = current_debtor(request)
    try:
        customer = led_on(link.customer)
        open_view_link(actor=looker(link, customer), link=link, at=clock.now())
    except Refused:
        return _gone(request)
    if who is None or who.seat is None or who.customer.pk != customer.pk:
        look_on(request, link)
    return redirect(_inside(request) or "portal-home")


def _gone(request: HttpRequest) -> HttpResponse:
    """Say the same of a token nobody was sent, a used one and an old one."""
    return render(request, "portal/access/gone.html", {"form": DoorForm()}, status=REFUSED)


def _inside(request: HttpRequest) -> str:
    """Return the page of the portal a link leads on to, "" for none."""
    told = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(told, allowed_hosts=None)
    return told if is_ours and told.startswith("/portal/") else ""
