"""Crash scenario: an answer to our message with a file comes in, then another, and is closed."""

import hashlib
from datetime import UTC, date, datetime

from dunwell.actions.companies import add_company
from dunwell.actions.conversations import close_conversation
from dunwell.actions.gate import system
from dunwell.models import Company, Contact, Conversation, Customer, Message
from tests.actions.ledger_rows import invoice
from tests.actions.mail_rows import SENDER, letter, take

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)
OURS = "<1.reminder@dunwell>"
FIRST = letter(replies_to=OURS, files=[("a.pdf", b"%PDF-1.4\n"), ("b.exe", b"MZ")])
SECOND = letter(
    "R-1001 is wrong", message_id="<a2@buyer.example>", replies_to="<a1@buyer.example>"
)


def prepare():
    """A customer with an item, a contact and a reminder that went out."""
    company = add_company(
        name="Talks", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    Contact.objects.create(customer=customer, email=SENDER, recorded_at=AT)
    invoice(customer, "R-1001", 900_00)
    Message.objects.create(
        company=company, customer=customer, channel="email", status="sent", strategy="standard",
        level=1, template="reminder", language="en", to=SENDER, subject="Reminder", body="x",
        body_sha256=hashlib.sha256(b"x").hexdigest(), decision={"facts": {}}, message_id=OURS, as_of=DAY, sent_at=AT, recorded_at=AT,
    )  # fmt: skip


def run():
    """Take both mails in and close the conversation; run again it changes nothing more."""
    company = Company.objects.get()
    take(company, FIRST, at=AT)
    take(company, SECOND, at=AT)
    talk = Conversation.objects.get()
    close_conversation(actor=system(company), conversation=talk, at=AT)
