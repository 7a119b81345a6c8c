"""The outbox of credit applications: mails to people who are no customers, once and provably.

Claimed and committed, handed over outside any transaction, and marked, as the outbox of
customers' messages; a claim of a worker that died runs out.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.outbox import ATTEMPTS, BACKOFF, LEASE
from dunwell.formats.application_words import application_mail
from dunwell.models import ApplicationMail, ApplicationReference, CreditApplication

CLAIM_LASTS = LEASE / 2
"""A mail claimed longer ago is left: another worker might take it over meanwhile."""

Status = ApplicationMail.Status


def queue_mail(
    application: CreditApplication,
    kind: str,
    *,
    at: datetime,
    until: date | None = None,
    text: str = "",
    reference: ApplicationReference | None = None,
    has_letter: bool = False,
) -> ApplicationMail | None:
    """Put a mail into the outbox; return None where the addressee has no address.

    Part of the action that calls it, in its transaction.
    """
    to = reference.email if reference else application.email
    if not to:
        return None
    turn = ApplicationMail.objects.filter(application=application).count()
    company = application.company
    words = application_mail(
        kind,
        application.language,
        {
            "person": (reference.person or reference.name)
            if reference
            else str(application.answers.get("contact_name") or application.name),
            "company": company.name,
            "number": application.number,
            "applicant": application.name,
            "until": until.isoformat() if until else "",
            "text": text,
        },
    )
    return ApplicationMail.objects.create(
        company=company,
        application=application,
        reference=reference,
        kind=kind,
        language=application.language,
        to=to,
        subject=words.subject,
        body=words.body,
        has_letter=has_letter,
        message_id=f"<application-{application.pk}.{turn}@dunwell>",
        recorded_at=at,
    )


@transaction.atomic
def claim_application_mails(
    *, actor: Actor, limit: int, at: datetime, after: int = 0
) -> list[ApplicationMail]:
    """Take up to `limit` mails that may be handed over now, in the order of their keys.

    Each is taken by compare-and-set, so two workers never hold the same one.
    """
    actor.require("message.send")
    mails = ApplicationMail.objects.filter(company=actor.company)
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
        if ApplicationMail.objects.filter(pk=key, status=status).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    return list(
        ApplicationMail.objects.filter(pk__in=taken)
        .select_related("application", "reference", "company")
        .order_by("id")
    )


@transaction.atomic
def mark_application_mail(
    *, actor: Actor, mail: ApplicationMail, place: str = "", error: str = "",
    is_final: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Write down what became of a claimed mail; return sent, failed or dead.

    Without an error it was handed over to `place`. A claim that was lost changes nothing.
    """
    actor.require("message.send")
    status = Status.SENT
    if error:
        status = Status.DEAD if is_final or mail.attempts >= ATTEMPTS else Status.FAILED
    rows = ApplicationMail.objects.filter(
        pk=mail.pk, status=Status.CLAIMED, claimed_at=mail.claimed_at
    ).update(status=status, error=error[:500], sent_at=None if error else at)
    if rows:
        record_event(
            actor,
            "application.mailed" if not error else "application.mail_failed",
            mail.application,
            at=at,
            number=mail.application.number,
            kind=mail.kind,
            to=mail.to,
            place=place,
            error=error[:500],
        )
    return str(status.value)


def drop_mails(application: CreditApplication, kinds: Sequence[str]) -> None:
    """Cancel mails of these kinds that have not left yet: what they say no longer holds."""
    ApplicationMail.objects.filter(
        application=application, kind__in=kinds, status__in=(Status.READY, Status.FAILED)
    ).update(status=Status.CANCELLED)
