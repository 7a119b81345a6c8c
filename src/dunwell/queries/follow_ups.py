"""Mails that lead to the assistant: their links, whose they are, and until when they open it.

The token names the message and proves it, as that of an unsubscription does: no row is kept, and
whoever has not got the mail cannot make one.
"""

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from dunwell.models import Contact, Message
from dunwell.queries.customer_merges import led_on
from dunwell.queries.link_tokens import link_token

FOLLOW_UP = "follow_up"
"""What such a link opens, and the template of the mail that brings it."""

LINK = "[[dialogue link]]"
"""Stands for the link in the mail until it is handed over."""

LASTS = timedelta(days=14)
"""A link opens the assistant for so many days from the day of the mail."""

LONGEST_KEY = 18


def follow_up_address(message: Message) -> str:
    """Return the address a mail leads to, "" where this installation's address is not known."""
    if not settings.SITE:
        return ""
    return f"{settings.SITE}{reverse('follow-up', args=[follow_up_token(message)])}"


def follow_up_token(message: Message) -> str:
    """Return the token of a mail's link."""
    return f"{message.pk}-{link_token(FOLLOW_UP, message.pk, message.message_id)}"


def message_of_follow_up(token: str) -> Message | None:
    """Return the mail a token was sent in, None for one nobody was sent."""
    key, _, proof = token.partition("-")
    if not (key.isascii() and key.isdigit()) or len(key) > LONGEST_KEY:
        return None
    sent = Message.objects.select_related("company", "customer__company")
    message = sent.filter(pk=int(key), template=FOLLOW_UP).first()
    if message is None:
        return None
    expected = link_token(FOLLOW_UP, message.pk, message.message_id)
    return message if constant_time_compare(proof, expected) else None


def contact_of_follow_up(message: Message, *, as_of: date) -> Contact | None:
    """Return the contact that may answer a mail on a day, None where its link opens nothing.

    That is so before it left us, after LASTS, and as soon as no contact of the customer has the
    address it went to, or mail to it came back: as with links to look (013).
    """
    if message.status not in Message.HANDED_OVER or as_of > message.as_of + LASTS:
        return None
    found = Contact.objects.filter(
        customer=led_on(message.customer), email__iexact=message.to, bounced_on=None
    )
    return found.order_by("-is_primary", "pk").first()
