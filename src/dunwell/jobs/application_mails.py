"""Handing over mails about credit applications: link and letter are put in at the end."""

from collections import Counter
from contextlib import ExitStack
from email.utils import formataddr

from django.conf import settings
from django.urls import reverse

from dunwell import clock
from dunwell.actions.application_mails import (
    claim_application_mails,
    mark_application_mail,
)
from dunwell.actions.channel_health import note_failure
from dunwell.actions.gate import Actor, system
from dunwell.actions.mail_claims import CLAIM_LASTS
from dunwell.formats.application_words import LINK
from dunwell.formats.decision_letter import decision_letter_pdf
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import Attachment, Mail, MailFormError
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.channels import HandOver, carrier
from dunwell.models import ApplicationMail, Channel, Company
from dunwell.queries.application_letters import decision_letter
from dunwell.queries.link_tokens import APPLICANT, REFERENCE, link_token

BATCH = 50


def deliver_application_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up.

    Claimed, handed over outside any transaction, and marked; killed in between, a later call
    hands a mail over again under the same message id. Four queries where nothing is
    ready: the company, dead claims to give up, dead claims to put back, and what is ready.
    """
    company = Company.objects.get(pk=company_id)
    actor, after = system(company), 0
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        lines: list[HandOver] = []
        while batch := claim_application_mails(
            actor=actor, limit=BATCH, at=clock.now(), after=after
        ):
            after = batch[-1].pk
            if not lines:
                lines.append(opened.enter_context(carrier(company, Channel.Kind.EMAIL)))
            for mail in batch:
                counts[_deliver_one(actor, mail, lines[0])] += 1
    return counts


def _deliver_one(actor: Actor, mail: ApplicationMail, hand_over: HandOver) -> str:
    at = clock.now()
    place, error, is_final = "", "", False
    if mail.claimed_at is None or at - mail.claimed_at > CLAIM_LASTS:
        return "waiting"
    try:
        place = hand_over(_mail(mail), at).place
    except MailFormError as problem:
        error, is_final = str(problem), True
    except CarrierError as problem:
        error, is_final = str(problem), problem.permanent
        if problem.of_carrier:
            note_failure(actor=actor, kind=Channel.Kind.EMAIL, error=error, at=clock.now())
    except OSError as problem:
        error = f"The file outbox: {problem}"
    return mark_application_mail(
        actor=actor, mail=mail, place=place, error=error, is_final=is_final, at=clock.now()
    )


def _mail(mail: ApplicationMail) -> Mail:
    company = mail.company
    return Mail(
        message_id=mail.message_id,
        sender=formataddr((company.name, settings.DEFAULT_FROM_EMAIL)),
        to=mail.to,
        subject=mail.subject,
        body=mail.body.replace(LINK, _link(mail)) if LINK in mail.body else mail.body,
        language=mail.language,
        reply_to=company.reply_to,
        attachments=_attachments(mail),
    )


def _link(mail: ApplicationMail) -> str:
    """Return the link of a mail; MailFormError where this installation's address is not known."""
    site = mail.application.site.rstrip("/")
    if not site:
        raise MailFormError(
            "The address of this installation is not known. Open the application and send the "
            "link again from there"
        )
    if mail.reference is not None:
        token = link_token(REFERENCE, mail.reference.pk, mail.reference.link_nonce)
        return f"{site}{reverse('apply-reference', args=[token])}"
    token = link_token(APPLICANT, mail.application.pk, mail.application.link_nonce)
    return f"{site}{reverse('apply-resume', args=[token])}"


def _attachments(mail: ApplicationMail) -> tuple[Attachment, ...]:
    letter = decision_letter(mail.application) if mail.has_letter else None
    if letter is None:
        return ()
    try:
        data = decision_letter_pdf(letter)
    except TypesettingError as error:
        raise MailFormError(f"The letter as PDF: {error}") from error
    name = f"{mail.application.number}.pdf"
    return (Attachment(name=name, media_type="application/pdf", data=data),)
