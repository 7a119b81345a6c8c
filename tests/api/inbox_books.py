"""Messages that were read, in every state that a call needs one in."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.inbox_decisions import accept_suggestion
from dunwell.actions.uploads import keep_bytes
from dunwell.models import Conversation, InboundAttachment, InboundMessage
from tests.actions.inbox_rows import reading_of
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer


def keep_inbox(company, tag="", *, today, at):
    """Add a message to be accepted, one accepted and one done; return path parameter -> key."""
    customer = add_customer(company, f"INBOX{tag}")
    keys = {}
    for number, name in enumerate(("inbound", "taken_inbound", "done_inbound")):
        item = invoice(
            customer, f"{name}{tag}", 100_00, issued_on=today, due_on=today, as_of=today, at=at
        )
        conversation = Conversation.objects.create(
            company=company, customer=customer, subject=name, opened_at=at, last_in_at=at
        )
        day = (today + timedelta(days=3)).isoformat()
        inbound = InboundMessage.objects.create(
            company=company,
            conversation=conversation,
            customer=customer,
            kind="person",
            sender="eva@muster.example",
            text=f"We pay {item.number} on {day}.",
            sha256=keep_bytes(f"inbox{tag}{number}".encode()),
            size_bytes=1,
            received_at=at,
            recorded_at=at,
        )
        reading = reading_of(
            inbound, ("item", item.number, item.number), ("date", day, day, "pay_by"), as_of=today
        )
        keys |= {f"{name}_id": inbound.pk, f"{name}_reading_id": reading.pk}
        keys[f"{name}_conversation_id"] = conversation.pk
        keys.setdefault("conversation_item_id", item.pk)
    taken = InboundMessage.objects.get(pk=keys["taken_inbound_id"]).readings.get()
    decision = accept_suggestion(actor=system(company), reading=taken, place=0, as_of=today, at=at)
    Conversation.objects.filter(pk=keys["done_inbound_conversation_id"]).update(
        status="done", done_at=at, done_by="system"
    )
    paper = InboundAttachment.objects.create(
        inbound_id=keys["inbound_id"], name="advice.pdf", media_type="application/pdf",
        size_bytes=4, sha256=keep_bytes(b"%PDF"), verdict="clean",
    )  # fmt: skip
    return {
        **keys,
        "attachment_id": paper.pk,
        "inbox_decision_id": decision.pk,
        "conversation_id": keys["inbound_conversation_id"],
    }
