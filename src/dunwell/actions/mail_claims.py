"""Claiming and settling mails of an outbox of its own: each handed over by one worker, once.

For mails that are no contact with a debtor (credit applications, access to the portal, reports,
colleagues); those to debtors go through `outbox`.
"""

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from dunwell.actions.gate import Actor
from dunwell.actions.outbox import ATTEMPTS, BACKOFF, LEASE
from dunwell.models import ApplicationMail, PortalMail, ReportMail, TeamMail
from dunwell.queries.site_addresses import unaddressed

M = TypeVar("M", ApplicationMail, PortalMail, ReportMail, TeamMail)

CLAIM_LASTS = LEASE / 2
"""A mail claimed longer ago is left: another worker might take it over meanwhile."""

Status = ApplicationMail.Status
"""What all kinds are marked with; their values are the same."""


def claim_mails(mails: QuerySet[M], *, limit: int, at: datetime, after: int = 0) -> QuerySet[M]:
    """Take up to `limit` mails that may be handed over now; return them in the order of keys.

    Each is taken by compare-and-set, so two workers never hold the same one. A claim that ran
    out is put back, or given up after the last attempt.
    """
    lost = mails.filter(status=Status.CLAIMED, claimed_at__lte=at - LEASE)
    lost.filter(attempts__gte=ATTEMPTS).update(
        status=Status.DEAD, error="the worker stopped during each attempt"
    )
    lost.update(status=Status.READY, error="a worker stopped while handing it over")
    waiting = Q(pk__in=())
    for number, pause in enumerate(BACKOFF, 1):
        waiting |= Q(attempts=number, claimed_at__lte=at - pause)
    found = (
        mails.filter(id__gt=after)
        .filter(Q(status=Status.READY) | Q(status=Status.FAILED) & waiting)
        .exclude(unaddressed())
        .order_by("id")
        .values_list("id", "status")[:limit]
    )
    taken = [
        key
        for key, status in list(found)
        if mails.filter(pk=key, status=status).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    return mails.filter(pk__in=taken).order_by("id")


@transaction.atomic
def put_back_mail(*, actor: Actor, mail: M, text: str) -> None:
    """Put a claimed mail back to wait, with why; the attempt does not count, and nothing happened.

    A claim that was lost changes nothing.
    """
    actor.require("message.send")
    type(mail).objects.filter(
        pk=mail.pk, status=Status.CLAIMED, claimed_at=mail.claimed_at
    ).update(status=Status.READY, attempts=F("attempts") - 1, error=text[:500])


def settle_mail(
    mail: ApplicationMail | PortalMail | ReportMail | TeamMail,
    *,
    error: str,
    is_final: bool,
    at: datetime,
) -> tuple[str, bool]:
    """Mark a claimed mail sent, failed or dead; return which, and whether the claim still held."""
    status = Status.SENT
    if error:
        status = Status.DEAD if is_final or mail.attempts >= ATTEMPTS else Status.FAILED
    rows = (
        type(mail)
        .objects.filter(pk=mail.pk, status=Status.CLAIMED, claimed_at=mail.claimed_at)
        .update(status=status, error=error[:500], sent_at=None if error else at)
    )
    return str(status.value), bool(rows)
