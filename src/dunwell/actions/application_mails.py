"""The outbox of credit applications: mails to people who are no customers, once and provably.

Claimed and committed, handed over outside any transaction, and marked, as the outbox of
customers' messages; a claim of a worker that died runs out.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.mail_claims import claim_mails, settle_mail
from dunwell.formats.application_words import application_mail
from dunwell.models import ApplicationMail, ApplicationReference, CreditApplication

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
    taken = claim_mails(mails, limit=limit, at=at, after=after)
    return list(taken.select_related("application", "reference", "company"))


@transaction.atomic
def mark_application_mail(
    *, actor: Actor, mail: ApplicationMail, place: str = "", error: str = "",
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
            "application.mailed" if not error else "application.mail_failed",
            mail.application,
            at=at,
            number=mail.application.number,
            kind=mail.kind,
            to=mail.to,
            place=place,
            error=error[:500],
        )
    return status


def drop_mails(application: CreditApplication, kinds: Sequence[str]) -> None:
    """Cancel mails of these kinds that have not left yet: what they say no longer holds."""
    ApplicationMail.objects.filter(
        application=application, kind__in=kinds, status__in=(Status.READY, Status.FAILED)
    ).update(status=Status.CANCELLED)
