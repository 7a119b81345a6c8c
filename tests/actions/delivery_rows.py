"""Short builders for what is known of the way of invoices."""

from hashlib import sha256

from dunwell.actions.invoice_responses import take_response_file
from dunwell.models import Message, MessageAttachment
from tests.conftest import AT, TODAY

BODY = "Here it is."


def mailed(item, *, status="sent", delivered_at=None, bounced_at=None, number=1):
    """A mail that carried the item's document and left us."""
    message = Message.objects.create(
        company=item.company,
        customer=item.customer,
        channel="email",
        status=status,
        strategy="invoice",
        level=0,
        template="invoice",
        language="en",
        to="ap@acme.example",
        subject="Invoice",
        body=BODY,
        body_sha256=sha256(BODY.encode()).hexdigest(),
        message_id=f"invoice-{item.pk}-{number}@x",
        author="anna",
        as_of=TODAY,
        sent_at=AT,
        delivered_at=delivered_at,
        bounced_at=bounced_at,
        recorded_at=AT,
    )
    MessageAttachment.objects.create(
        message=message,
        kind=MessageAttachment.Kind.DOCUMENT,
        item=item,
        name="invoice.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
    )
    return message


def answered(actor, data, **changes):
    """What taking a file of answers comes to."""
    values = {
        "name": "answer.xml",
        "door": "upload",
        "as_of": TODAY,
        "at": AT,
        **changes,
    }
    return take_response_file(actor=actor, data=data, **values)
