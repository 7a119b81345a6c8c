"""The outbox of mails about access to the portal: queued, claimed, handed over once, marked.

As the outbox of credit applications: no contact with a debtor, so neither an hour nor an opt-out
holds back what somebody asked for to get in.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.outbox import ATTEMPTS, BACKOFF, LEASE
from dunwell.formats.portal_words import portal_mail
from dunwell.models import Customer, PortalCode, PortalLink, PortalMail, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce

CLAIM_LASTS = LEASE / 2
"""A mail claimed longer ago is left: another worker might take it over meanwhile."""

Status = PortalMail.Status


def queue_portal_mail(
    customer: Customer,
    kind: str,
    *,
    to: str,
    name: str,
    language: str,
    site: str,
    at: datetime,
    seat: PortalSeat | None = None,
    link: PortalLink | None = None,
    code: PortalCode | None = None,
    values: Mapping[str, str] | None = None,
) -> PortalMail:
    """Put a mail into the outbox; part of the action that calls it, in its transaction."""
    company = customer.company
    words = portal_mail(
        kind,
        language or customer.language or company.language,
        {
            **(values or {}),
            "name": name or to,
            "customer": customer.name,
            "company": company.name,
        },
    )
    return PortalMail.objects.create(
        company=company,
        customer=customer,
        seat=seat,
        link=link,
        code=code,
        site=site[:200],
        kind=kind,
        language=words.language,
        to=to,
        subject=words.subject,
        body=words.body,
        message_id=f"<portal-{customer.pk}.{fresh_nonce()[:16]}@dunwell>",
        recorded_at=at,
    )


@transaction.atomic
def claim_portal_mails(
    *, actor: Actor, limit: int, at: datetime, after: int = 0
) -> list[PortalMail]:
    """Take up to `limit` mails that may be handed over now, in the order of their keys.

    Each is taken by compare-and-set, so two workers never hold the same one.
    """
    actor.require("message.send")
    mails = PortalMail.objects.filter(company=actor.company)
    dead = mails.filter(status=Status.CLAIMED, claimed_at__lte=at - LEASE)
    dead.filter(attempts__gte=ATTEMPTS).update(
        status=Status.DEAD, error="the worker stopped during each attempt"
    )
    dead.update(status=Status.READY, error="a worker stopped while handing it over")
    waiting = Q(pk__in=())
    for number, pause in enumerate(BACKOFF, 1):
        waiting |= Q(attempts=number, claimed_at__lte=at - pause)
    found = (
        mails.filter(id__gt=after)
        .filter(Q(status=Status.READY) | Q(status=Status.FAILED) & waiting)
        .order_by("id")
        .values_list("id", "status")[:limit]
    )
    taken = [
        key
        for key, status in list(found)
        if PortalMail.objects.filter(pk=key, status=status).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    return list(
        PortalMail.objects.filter(pk__in=taken)
        .select_related("company", "customer", "link", "code", "seat")
        .order_by("id")
    )


@transaction.atomic
def mark_portal_mail(
    *, actor: Actor, mail: PortalMail, place: str = "", error: str = "",
    is_final: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Write down what became of a claimed mail; return sent, failed or dead.

    Without an error it was handed over to `place`. A claim that was lost changes nothing.
    """
    actor.require("message.send")
    status = Status.SENT
    if error:
        status = Status.DEAD if is_final or mail.attempts >= ATTEMPTS else Status.FAILED
    rows = PortalMail.objects.filter(
        pk=mail.pk, status=Status.CLAIMED, claimed_at=mail.claimed_at
    ).update(status=status, error=error[:500], sent_at=None if error else at)
    if rows:
        record_event(
            actor,
            "portal.mail_failed" if error else "portal.mailed",
            mail,
            at=at,
            customer_id=mail.customer_id,
            kind=mail.kind,
            to=mail.to,
            place=place,
            error=error[:500],
        )
    return str(status.value)
