"""The outbox of mails about access to the portal: queued, claimed, handed over once, marked.

As the outbox of credit applications: no contact with a debtor, so neither an hour nor an opt-out
holds back what somebody asked for to get in.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.mail_claims import claim_mails, settle_mail
from dunwell.formats.portal_words import portal_mail
from dunwell.models import Customer, PortalCode, PortalLink, PortalMail, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce

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
    taken = claim_mails(mails, limit=limit, at=at, after=after)
    return list(taken.select_related("company", "customer", "link", "code", "seat"))


@transaction.atomic
def mark_portal_mail(
    *, actor: Actor, mail: PortalMail, place: str = "", error: str = "",
    is_final: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Write down what became of a claimed mail; return sent, failed or dead.

    Without an error it was handed over to `place`. A claim that was lost changes nothing.
    """
    actor.require("message.send")
    status, is_mine = settle_mail(mail, error=error, is_final=is_final, at=at)
    if is_mine:
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
    return status
