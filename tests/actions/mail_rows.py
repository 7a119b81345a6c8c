"""Short builders for what comes in: mails of a customer's people, taken in by the system."""

from email.message import EmailMessage

from dunwell.actions.gate import system
from dunwell.actions.intake import take_in
from dunwell.actions.mailboxes import add_mailbox
from dunwell.models import Contact
from tests.conftest import AT

SENDER = "ann@buyer.example"


def contact(customer, email=SENDER, **fields):
    """A contact of the customer."""
    return Contact.objects.create(customer=customer, email=email, recorded_at=AT, **fields)


def mailbox(company, **fields):
    """A mailbox of files by hand, unless another kind is wanted."""
    values = {"name": "Desk", "kind": "upload", **fields}
    return add_mailbox(actor=system(company), at=AT, **values)


def imap_box(company, port, **fields):
    """A mailbox of a server on this machine."""
    values = {
        "name": "Desk",
        "kind": "imap",
        "host": "127.0.0.1",
        "port": port,
        "is_encrypted": False,
        "user": "desk@seller.example",
        "secret_name": "DUNWELL_MAILBOX_DESK",
        **fields,
    }
    return add_mailbox(actor=system(company), at=AT, **values)


def letter(
    text="We paid R-1001 yesterday.",
    *,
    subject="Re: Reminder",
    sender=SENDER,
    message_id="<a1@buyer.example>",
    replies_to="",
    references="",
    more=(),
    files=(),
):
    """The bytes of a mail; `files` are names and bytes."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "credit@seller.example", subject
    mail["Message-ID"] = message_id
    if replies_to:
        mail["In-Reply-To"] = replies_to
    if references:
        mail["References"] = references
    for name, value in more:
        mail[name] = value
    mail.set_content(text)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def take(company, data=None, *, box=None, at=AT, actor=None, channel="email", **fields):
    """Take a mail in as the system."""
    return take_in(
        actor=actor or system(company),
        mailbox=box,
        data=letter(**fields) if data is None else data,
        channel=channel,
        received_at=at,
        at=at,
    )
