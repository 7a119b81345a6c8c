"""Handing over mails about credit applications: link and letter are put in at the end."""

from collections import Counter
from email.utils import formataddr

from django.conf import settings
from django.urls import reverse

from dunwell.actions.application_mails import (
    claim_application_mails,
    mark_application_mail,
)
from dunwell.formats.application_words import LINK
from dunwell.formats.decision_letter import decision_letter_pdf
from dunwell.formats.mail import AddressUnknown, Attachment, Mail, MailFormError
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.plain_mails import hand_over_mails
from dunwell.models import ApplicationMail
from dunwell.queries.application_letters import decision_letter
from dunwell.queries.link_tokens import APPLICANT, REFERENCE, link_token

BATCH = 50


def deliver_application_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up.

    Four queries where nothing is ready: the company, dead claims to give up, dead claims to put
    back, and what is ready.
    """
    return hand_over_mails(
        company_id,
        claim=claim_application_mails,
        mark=mark_application_mail,
        written=_mail,
        batch=BATCH,
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
    """Return the link of a mail; AddressUnknown where this installation's address is not known."""
    site = str(settings.SITE or mail.application.site).rstrip("/")
    if not site:
        raise AddressUnknown
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
