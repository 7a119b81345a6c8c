"""Texts people type: trimmed, and refused when they do not fit."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.db.models import Model, QuerySet

from dunwell.actions.gate import Refused
from dunwell.engine.card_numbers import card_numbers


def fitting(*, text: str, most: int, what: str) -> str:
    """Return the text without blanks around it; raise Refused above `most` characters.

    PostgreSQL would refuse it with an error nobody understands, SQLite would store it. A text
    that holds a card number is refused too: no record of ours may have one (PCI DSS).
    """
    trimmed = text.strip().replace("\0", "")
    if card_numbers(trimmed):
        raise Refused(
            f"The {what} holds a card number. Take it out; cards are only typed on the payment "
            "provider's own page."
        )
    if len(trimmed) > most:
        raise Refused(f"The {what} has {len(trimmed)} characters; at most {most} fit.")
    return trimmed


def needed(*, text: str, most: int, what: str, missing: str) -> str:
    """Return the text as it fits; raise Refused with `missing` where nothing is said."""
    told = fitting(text=text, most=most, what=what)
    if not told:
        raise Refused(missing)
    return told


def web_address(text: str, *, example: str) -> SplitResult:
    """Return the parts of an address of another system, https or http with a host.

    Raises Refused with an example for anything else. Whether it may be asked at all the door
    decides that asks it.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"}:
        raise Refused(f"Give an https address, such as {example}.")
    return parts


def unused_name(
    records: QuerySet[Any], *, name: str, what: str, besides: Model | None = None, most: int = 80
) -> str:
    """Return a name as it fits that no other of the records has; raise Refused for any other.

    `what` is what a record is called, with its article: "a webhook".
    """
    _, _, noun = what.partition(" ")
    called = needed(text=name, most=most, what="name", missing=f"Give the {noun} a name.")
    taken = records.filter(name=called)
    if besides is not None:
        taken = taken.exclude(pk=besides.pk)
    if taken.exists():
        raise Refused(f"There is {what} named {called} already.")
    return called
