"""One message of the outbox as what a carrier takes: its words, its headers, its files."""

import re
from email.utils import formataddr

from django.conf import settings

from dunwell.actions.uploads import upload_path
from dunwell.formats.account_statement_files import file_name
from dunwell.formats.account_statement_pdf import statement_pdf
from dunwell.formats.mail import AddressUnknown, Attachment, Mail, MailFormError
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Message
from dunwell.queries import follow_ups
from dunwell.queries.assistant_talks import assistant_is_on
from dunwell.queries.debit_notices import STATEMENT
from dunwell.queries.portal_links import with_door
from dunwell.queries.statements import statement_document
from dunwell.queries.surveys import LINK, SURVEY, survey_address
from dunwell.queries.unsubscribe_links import unsubscribe_address

MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
"""A Message-ID that may be repeated in a header: printable ASCII without brackets inside."""


def mail_of(message: Message) -> Mail:
    """Return a message as a mail.

    Raises AddressUnknown where it leads to pages nobody has said the address of, MailFormError
    where a file of it is missing or not proved.
    """
    company = message.company
    # what a customer's own program wrote as its id is not always one
    answered = message.in_reply_to if MESSAGE_ID.fullmatch(message.in_reply_to) else ""
    return Mail(
        message_id=message.message_id,
        sender=formataddr((company.name, settings.DEFAULT_FROM_EMAIL)),
        to=message.to,
        subject=message.subject,
        body=_body(message),
        language=message.language,
        reply_to=company.reply_to,
        attachments=(*_statement(message), *_files(message)),
        in_reply_to=answered,
        unsubscribe=unsubscribe_address(message),
        is_personal=bool(message.author),
    )


def _body(message: Message) -> str:
    """Return the words; the link of a question is put in now, so that it is stored nowhere."""
    if message.template == SURVEY:
        mark, address = LINK, survey_address(message.pk)
    elif message.template == follow_ups.FOLLOW_UP:
        if not assistant_is_on(message.company):
            raise MailFormError(
                "The assistant is off, so nobody would answer; switch it on and try again"
            )
        mark, address = follow_ups.LINK, follow_ups.follow_up_address(message)
    else:
        return with_door(message.body)
    if not address:
        raise AddressUnknown
    return with_door(message.body.replace(mark, address))


def _files(message: Message) -> tuple[Attachment, ...]:
    """Return the files kept with a message, byte for byte, in the order they were added."""
    found: list[Attachment] = []
    for file in message.attachments.order_by("pk"):
        try:
            data = upload_path(file.sha256).read_bytes()
        except OSError as error:
            raise MailFormError(
                f"The file {file.name} is not in the store any more; compose the message anew"
            ) from error
        found.append(Attachment(name=file.name, media_type=file.media_type, data=data))
    return tuple(found)


def _statement(message: Message) -> tuple[Attachment, ...]:
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
