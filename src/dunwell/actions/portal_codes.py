"""Codes of six digits by mail: the second factor of whoever has no passkey."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.portal_mails import queue_portal_mail
from dunwell.models import PortalCode, PortalMail, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce
from dunwell.queries.portal_links import code_digits

LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AN_HOUR = 5
"""Codes a person is sent in an hour: 25 guesses at a million, and each is written down."""


@transaction.atomic
def send_code(*, actor: Actor, seat: PortalSeat, site: str, at: datetime) -> PortalCode:
    """Send somebody who is in a code; the one before stops working.

    Raises Refused when five were sent within the hour.
    """
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    found = PortalSeat.objects.select_for_update(no_key=True, of=("self",))
    locked = found.select_related("person", "customer__company").get(pk=seat.pk)
    codes = PortalCode.objects.filter(seat__person=locked.person_id)
    if codes.filter(recorded_at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Refused(f"{MOST_AN_HOUR} codes were sent within an hour; wait, or use a passkey.")
    codes.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    code = PortalCode.objects.create(
        seat=locked, nonce=fresh_nonce(), expires_at=at + LASTS, recorded_at=at
    )
    queue_portal_mail(
        locked.customer,
        PortalMail.Kind.CODE,
        to=locked.person.email,
        name=locked.person.name,
        language=locked.person.language,
        site=site,
        seat=locked,
        code=code,
        at=at,
    )
    record_event(
        actor, "portal.code_sent", code, at=at, customer_id=locked.customer_id,
        email=locked.person.email,
    )  # fmt: skip
    return code


@transaction.atomic
def check_code(*, actor: Actor, seat: PortalSeat, key: int, said: str, at: datetime) -> bool:
    """Return whether what was typed is the code; each try counts, five at most, one success.

    A wrong one is an answer and no error: a refusal would undo the counting of it.
    """
    actor.require("portal.view")
    own_customer(actor, seat.customer)
    live = PortalCode.objects.filter(pk=key, seat=seat, used_at=None, expires_at__gt=at)
    if live.filter(attempts__lt=MOST_TRIES).update(attempts=F("attempts") + 1) != 1:
        return False
    code = PortalCode.objects.get(pk=key)
    typed = "".join(character for character in said if character.isdigit())
    is_right = constant_time_compare(typed, code_digits(code))
    if is_right:
        PortalCode.objects.filter(pk=key).update(used_at=at)
        record_event(
            actor, "portal.confirmed", seat, at=at, customer_id=seat.customer_id, by="code"
        )
    else:
        record_event(
            actor, "portal.code_wrong", code, at=at, customer_id=seat.customer_id,
            attempts=code.attempts,
        )  # fmt: skip
    return is_right
