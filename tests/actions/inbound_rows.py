"""A mail that came in, as tests of what follows from it need one."""

import hashlib

from dunwell.models import Conversation, InboundMessage
from tests.conftest import AT


def inbound_of(
    company, *, text="", customer=None, kind="bounce", sender="mailer-daemon@mx.example"
):
    """A mail in a conversation of its own, not looked at yet."""
    number = InboundMessage.objects.count()
    conversation = Conversation.objects.create(
        company=company, customer=customer, subject="Invoice", opened_at=AT
    )
    return InboundMessage.objects.create(
        company=company,
        conversation=conversation,
        customer=customer,
        kind=kind,
        sender=sender,
        text=text,
        sha256=hashlib.sha256(f"{number}".encode()).hexdigest(),
        size_bytes=1,
        received_at=AT,
        recorded_at=AT,
    )
