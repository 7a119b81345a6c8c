"""A customer that may be written to, a draft of texts, and a paper of an item."""

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.item_documents import add_item_document
from dunwell.actions.items import add_item
from dunwell.actions.wordings import draft_wordings
from dunwell.models import Customer

WORDS = {"subject": "Hello", "body": "Thank you for your message."}
PDF = b"%PDF-1.7 paper"


def texts(today):
    """Texts of a language that change nothing, from a day on."""
    return f"language: es\nvalid_from: {today}\nwordings: {{}}\n"


def keep_compositions(company, tag, *, today, at):
    """Keys of the customer, its contact, a paper of its item and a draft of texts."""
    actor = system(company)
    customer = Customer.objects.create(
        company=company, number=f"{tag}W1", name="Written", recorded_at=at
    )
    contact = add_contact(
        actor=actor, customer=customer, email=f"{tag}written@globex.example", at=at
    )
    item = add_item(
        actor=actor, customer=customer, number=f"{tag}W-1", kind="invoice", currency="EUR",
        amount_minor=7_00, issued_on=today, due_on=today, as_of=today, at=at,
    )  # fmt: skip
    document = add_item_document(
        actor=actor, item=item, kind="invoice", name="paper.pdf", data=PDF, at=at
    )
    version = draft_wordings(
        actor=actor, text=f"language: fr\nvalid_from: {today}\nwordings: {{}}\n", at=at
    )
    return {
        "written_customer_id": customer.pk,
        "written_contact_id": contact.pk,
        "item_document_id": document.pk,
        "wording_version_id": version.pk,
        "wording_language": "en",
    }
