"""The link by which the reader of a mail opts out: which mails have one, and whose it is.

The token names the message and proves it: no row is kept, and whoever has not got the mail cannot
make one. It works as long as the mail is kept.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare

from dunwell.models import Contact, Message
from dunwell.queries.customer_merges import led_on
from dunwell.queries.link_tokens import link_token

UNSUBSCRIBE = "unsubscribe"
OPTIONAL = frozenset(
    {
        *("upcoming", "reminder", "second_reminder", "urgent_reminder", "broken_promise"),
        *("promise_confirmation", "statement", "follow_up"),
    }
)
"""Templates whose mails a reader may do without. A last notice, a notice of a debit, and whatever
a person writes are no such mails: the law, or the reader's own letter, asks for them."""

LONGEST_KEY = 18


def unsubscribe_address(message: Message) -> str:
    """Return the address that opts the reader of a mail out, empty for a mail without one.

    It begins with the address of the installation (DUNWELL_SITE); without that there is none.
    """
    if not settings.SITE or not is_optional(message):
        return ""
    return f"{settings.SITE}/unsubscribe/{unsubscribe_token(message)}/"


def is_optional(message: Message) -> bool:
    """Return whether a reader may do without mails such as this one."""
    return "@" in message.to and not message.author and message.template in OPTIONAL


def unsubscribe_token(message: Message) -> str:
    """Return the token of a mail's link."""
    return f"{message.pk}-{link_token(UNSUBSCRIBE, message.pk, message.message_id)}"


def message_of_link(token: str) -> Message | None:
    """Return the mail a token was sent in, None for one nobody was sent."""
    key, _, proof = token.partition("-")
    if not (key.isascii() and key.isdigit()) or len(key) > LONGEST_KEY:
        return None
    message = Message.objects.select_related("company", "customer").filter(pk=int(key)).first()
    if message is None:
        return None
    expected = link_token(UNSUBSCRIBE, message.pk, message.message_id)
    return message if constant_time_compare(proof, expected) else None


def reader_of(message: Message) -> Contact | None:
    """Return the contact a mail was written to, None where no contact has its address now."""
    found = Contact.objects.filter(customer=led_on(message.customer), email__iexact=message.to)
    return found.order_by("-is_primary", "id").first()
