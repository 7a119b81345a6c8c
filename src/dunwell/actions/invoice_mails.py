"""Sending an issued invoice: a message to the payables contact with its files."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.compositions import Enclosure, compose_message
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.invoice_drafts import locked_invoice
from dunwell.actions.invoice_files import issued_paper
from dunwell.actions.uploads import upload_path
from dunwell.formats.invoice_pdf import summary_of
from dunwell.models import (
    Contact,
    CustomerInvoicing,
    Invoice,
    InvoiceFile,
    Message,
    MessageAttachment,
)
from dunwell.queries.invoice_documents import invoicing_of
from dunwell.queries.invoices import portal_address

Delivery = CustomerInvoicing.Delivery
SUBJECTS = {"en": "{kind} {number} from {company}", "de": "{kind} {number} von {company}"}
GREETING = {
    "en": "Hello {name},\n\n{summary}\n\nThe {kind} {number} is attached.{online}\n\n{company}",
    "de": "Guten Tag {name},\n\n{summary}\n\n{kind} {number} liegt bei.{online}\n\n{company}",
}
ONLINE = {
    "en": "\nYou can also see it, pay it or tell us what is wrong here: {address}",
    "de": "\nHier können Sie sie ansehen, zahlen oder uns sagen, was nicht stimmt: {address}",
}
KINDS = {
    "en": {"credit_note": "credit note"},
    "de": {"credit_note": "Gutschrift"},
}
BILL = {"en": "invoice", "de": "Rechnung"}


@transaction.atomic
def send_invoice(*, actor: Actor, invoice: Invoice, as_of: date, at: datetime) -> Message | None:
    """Put an issued invoice with its files into the outbox, to the payables contact.

    Sent today already, that message is returned. Returns None where the customer takes its
    invoices from the portal or uploads are wanted: there is nothing to send. Raises Refused
    without files, without an address, and for what stands against any message of ours.
    """
    actor.require("invoice.issue")
    found = locked_invoice(actor, invoice)
    if found.status != Invoice.Status.ISSUED or found.item is None:
        raise Refused("Only an issued invoice can be sent.")
    if invoicing_of(found.customer).delivery != Delivery.MAIL:
        return None
    files = list(InvoiceFile.objects.filter(invoice=found).order_by("kind"))
    if not files:
        raise Refused(f"The files of {found.number} are not made yet; try again in a minute.")
    contact = Contact.objects.filter(
        customer=found.customer, role=Contact.Role.PAYABLES, is_primary=True
    ).first()
    if contact is None or not contact.email:
        raise Refused(
            f"{found.customer.name} has no payables contact with a mail address; add one."
        )
    subject, body = _words(found, contact)
    message = compose_message(
        actor=lent(actor, "message.compose"),
        customer=found.customer,
        contact=contact,
        channel="email",
        subject=subject,
        body=body,
        attachments=_enclosures(found, files),
        is_confirmed=True,
        as_of=as_of,
        at=at,
    )
    record_event(
        actor, "invoice.sent", found, at=at, customer_id=found.customer_id,
        number=found.number, to=message.to, message=message.pk,
        files=[one.name for one in files],
    )  # fmt: skip
    return message


def _words(invoice: Invoice, contact: Contact) -> tuple[str, str]:
    paper = issued_paper(invoice)
    language = paper.language if paper.language in SUBJECTS else "en"
    kind = KINDS[language].get(invoice.kind, BILL[language])
    address = portal_address(invoice)
    told = {
        "kind": kind,
        "number": invoice.number,
        "company": paper.document.seller.name,
        "name": contact.name or invoice.customer.name,
        "summary": summary_of(paper),
        "online": ONLINE[language].format(address=address) if address else "",
    }
    subject = SUBJECTS[language].format(**{**told, "kind": kind[0].upper() + kind[1:]})
    return subject, GREETING[language].format(**told)


def _enclosures(invoice: Invoice, files: Sequence[InvoiceFile]) -> list[Enclosure]:
    found = []
    for one in files:
        try:
            data = upload_path(one.sha256).read_bytes()
        except OSError as error:
            raise Refused(f"{one.name} is not in the store; restore it from a backup.") from error
        found.append(
            Enclosure(
                kind=MessageAttachment.Kind.DOCUMENT,
                name=one.name,
                media_type=one.media_type,
                data=data,
                item_id=invoice.item_id,
            )
        )
    return found
