"""Handing over a company's messages: to the mail server, or while testing to the file outbox."""

from collections import Counter
from datetime import date
from email.utils import formataddr

from django.conf import settings

from dunwell import clock
from dunwell.actions.gate import Actor, system
from dunwell.actions.outbox import (
    LEASE,
    claim_messages,
    mark_failed,
    mark_sent,
    put_back_messages,
    withdraw_message,
)
from dunwell.connectors.smtp import MailError
from dunwell.formats.account_statement_files import file_name
from dunwell.formats.account_statement_pdf import statement_pdf
from dunwell.formats.mail import Attachment, Mail, MailFormError, write_mail
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.application_mails import deliver_application_mails
from dunwell.jobs.mail_places import HandOver, mail_place
from dunwell.models import Company, Message
from dunwell.queries.debit_notices import STATEMENT
from dunwell.queries.deliveries import (
    Verdict,
    delivery_verdicts,
    early_messages,
    is_unchanged,
)
from dunwell.queries.statements import statement_document

BATCH = 100
"""Messages claimed and judged together; small enough to be handed over within the lease."""


def deliver(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed, dead, withdrawn or wait.

    Each message is claimed, judged by the chase gate once more, handed over outside any
    transaction, and marked. Killed in between, a later call hands it over again under the
    same message id once the claim has run out.
    """
    company = Company.objects.get(pk=company_id)
    actor, as_of = system(company), clock.today(company.zone)
    counts: Counter[str] = Counter()
    after = 0
    with mail_place(company) as hand_over:
        while batch := _claimed(actor, as_of, after=after):
            after = batch[-1].pk
            verdicts = delivery_verdicts(company, batch, as_of=as_of, at=clock.now())
            for message in batch:
                counts[_deliver_one(actor, message, verdicts[message.pk], hand_over)] += 1
    return counts + deliver_application_mails(company_id)


def _claimed(actor: Actor, as_of: date, *, after: int) -> list[Message]:
    """Claim the next batch; a mail that was given a later hour of the day is left alone."""
    at = clock.now()
    early = early_messages(actor.company, as_of=as_of, at=at)
    return claim_messages(actor=actor, limit=BATCH, at=at, after=after, besides=early)


def _deliver_one(actor: Actor, message: Message, verdict: Verdict, hand_over: HandOver) -> str:
    """Act on one claimed message; return what became of it."""
    at = clock.now()
    if verdict.act == "withdraw":
        withdraw_message(
            actor=actor, message=message, reasons=verdict.reasons, text=verdict.text, at=at
        )
        return "withdrawn"
    # too close to the end of the claim, another worker might take the message over meanwhile
    is_late = message.claimed_at is None or at - message.claimed_at > LEASE / 2
    if verdict.act == "wait" or is_late or not is_unchanged(message):
        text = verdict.text or "judged too long ago, or something has changed since"
        put_back_messages(actor=actor, messages=[message], text=text)
        return "waiting"
    try:
        place = hand_over(message, write_mail(_mail(message), at=at))
    except MailFormError as error:
        return _failed(actor, message, str(error), permanent=True)
    except MailError as error:
        return _failed(actor, message, str(error), permanent=error.permanent)
    except OSError as error:
        return _failed(actor, message, f"The file outbox: {error}", permanent=False)
    mark_sent(actor=actor, message=message, place=place, at=clock.now(), verdict=verdict.contact)
    return "sent"


def _failed(actor: Actor, message: Message, error: str, *, permanent: bool) -> str:
    status = mark_failed(
        actor=actor, message=message, error=error, permanent=permanent, at=clock.now()
    )
    return str(status)


def _mail(message: Message) -> Mail:
    company = message.company
    return Mail(
        message_id=message.message_id,
        sender=formataddr((company.name, settings.DEFAULT_FROM_EMAIL)),
        to=message.to,
        subject=message.subject,
        body=message.body,
        language=message.language,
        reply_to=company.reply_to,
        attachments=_attachments(message),
    )


def _attachments(message: Message) -> tuple[Attachment, ...]:
    """Return the PDF of the statement a mail is about; MailFormError where it is not proved."""
    if message.template != STATEMENT:
        return ()
    issued = statement_document(message.company, int(message.decision["statement_id"]))
    if issued is None or not issued.is_proved:
        raise MailFormError("The ledger no longer reproduces the statement. Verify the books")
    try:
        data = statement_pdf(issued.document, issued.letterhead)
    except TypesettingError as error:
        raise MailFormError(f"The statement as PDF: {error}") from error
    name = file_name(issued.document, "pdf")
    return (Attachment(name=name, media_type="application/pdf", data=data),)
