"""Whom we write to at the customer: oneself, colleagues, channels, and wishes for changes."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.portal_contacts import (
    CHOSEN_CHANNELS,
    CUSTOMER_FIELDS,
    add_own_contact,
    ask_detail_change,
    save_own_contact,
    set_channel,
)
from dunwell.models import Contact, DetailChange, PortalSeat
from dunwell.portal.account_files import seen
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal
from dunwell.portal.second_factor import is_confirmed, second_factor
from dunwell.portal.visitors import REFUSED
from dunwell.queries.portal_contacts import is_own_contact, portal_contact, portal_contacts
from dunwell.queries.portal_papers import wish_rows

CHANNEL_NAMES = {
    "email": _("E-mail"),
    "letter": _("Letters"),
    "call": _("Calls"),
    "sms": _("Text messages"),
}
LANGUAGES = (("", _("As agreed")), ("en", "English"), ("de", "Deutsch"))
CONTACT_FIELDS = ("name", "email", "phone", "language", "role")


@in_portal()
@require_GET
def contacts_page(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the person's own contact with its channels, and the customer's details."""
    seen(who)
    return _page(request, who)


@in_portal("portal.manage")
@second_factor
@require_GET
def contacts_others(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show all contacts to whoever manages access."""
    return _page(request, who, with_others=True)


@in_portal()
@require_POST
def contact_save(request: HttpRequest, who: Debtor, contact_id: int) -> HttpResponse:
    """Change a contact; another mail address becomes a wish."""
    contact, seat = _contact(who, contact_id), _seat(who)
    if not _may_touch(request, who, seat, contact):
        return redirect("portal-contacts-others")
    try:
        save_own_contact(
            actor=who.actor,
            customer=who.customer,
            seat=seat,
            contact=contact,
            changes=_typed(request.POST),
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, who, contact_id=contact_id, refusal=error)
    return _back(request)


@in_portal()
@require_POST
def channel_set(request: HttpRequest, who: Debtor, contact_id: int) -> HttpResponse:
    """Stop a channel for a contact, or allow it again."""
    contact, seat = _contact(who, contact_id), _seat(who)
    if not _may_touch(request, who, seat, contact):
        return redirect("portal-contacts-others")
    try:
        set_channel(
            actor=who.actor,
            customer=who.customer,
            seat=seat,
            contact=contact,
            channel=request.POST.get("channel", "")[:10],
            is_stopped=request.POST.get("stop") == "1",
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, who, contact_id=contact_id, refusal=error)
    return _back(request)


@in_portal()
@require_POST
def contact_add(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Add oneself or, for whoever manages access, a colleague."""
    seat = _seat(who)
    told = _typed(request.POST)
    try:
        add_own_contact(
            actor=who.actor,
            customer=who.customer,
            seat=seat,
            role=told.pop("role", "") or Contact.Role.PAYABLES,
            **told,
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, who, refusal=error)
    return _back(request)


@in_portal("portal.manage")
@require_POST
def details_ask(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Ask for another name, address or tax number of the customer."""
    try:
        ask_detail_change(
            actor=who.actor,
            customer=who.customer,
            seat=_seat(who),
            after={name: request.POST[name] for name in CUSTOMER_FIELDS if name in request.POST},
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as error:
        return _page(request, who, refusal=error)
    return redirect("portal-contacts")


def _typed(posted: Mapping[str, str]) -> dict[str, str]:
    return {name: posted[name][:300] for name in CONTACT_FIELDS if name in posted}


def _seat(who: Debtor) -> PortalSeat:
    """Return the seat of the person; whoever came by a link that lets look only has none."""
    if who.seat is None:
        raise Http404
    return who.seat


def _contact(who: Debtor, contact_id: int) -> Contact:
    contact = portal_contact(who.customer, contact_id)
    if contact is None:
        raise Http404
    return contact


def _may_touch(request: HttpRequest, who: Debtor, seat: PortalSeat, contact: Contact) -> bool:
    """Return whether the contact is the person, or whoever manages access has confirmed itself."""
    is_own = is_own_contact(seat, contact_id=contact.pk, email=contact.email)
    return is_own or not who.can_manage or is_confirmed(request, who)


def _back(request: HttpRequest) -> HttpResponse:
    others = request.POST.get("others") == "1"
    return redirect("portal-contacts-others" if others else "portal-contacts")


def _page(
    request: HttpRequest,
    who: Debtor,
    *,
    with_others: bool = False,
    contact_id: int | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    """Show the contacts a person may see: its own, and all where `with_others` is asked for."""
    status = 200
    if refusal is not None:
        status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
        others = request.POST.get("others") == "1" and who.can_manage
        with_others = with_others or (others and is_confirmed(request, who))
    today = clock.today(who.company.zone)
    found = portal_contacts(who.company, who.customer, who.seat, as_of=today) if who.seat else ()
    open_wishes = wish_rows(
        who.company, customer_id=who.customer.pk, status=DetailChange.Status.OPEN
    ).rows
    context: dict[str, Any] = {
        "who": who,
        "own": [one for one in found if one.is_own],
        "others": [one for one in found if not one.is_own] if with_others else [],
        "with_others": with_others,
        "wishes": [one for one in open_wishes if one.contact_id is None or with_others],
        "channels": [(name, CHANNEL_NAMES[name]) for name in CHOSEN_CHANNELS],
        "roles": Contact.Role.choices,
        "languages": LANGUAGES,
        "refusal": str(refusal or ""),
        "typed": request.POST,
        "typed_id": contact_id,
        "link_only": gettext("You came by a link that lets you look only.")
        if not who.seat
        else "",
    }
    return render(request, "portal/account/contacts.html", context, status=status)
