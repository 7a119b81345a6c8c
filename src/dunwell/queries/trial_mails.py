"""Mails somebody sends to itself to see how a text arrives: no contact with the customer shown."""

from dunwell.models import Message

TEST = "test"
"""Channel, strategy and template of such a mail."""

TEST_PREFIX = "[Test] "


def is_test(message: Message) -> bool:
    """Return whether a message went to its own author to look at."""
    return message.channel == TEST
