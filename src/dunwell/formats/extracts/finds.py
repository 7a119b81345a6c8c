"""What the pickers share: what is known of a message, a find in it, its text made plain."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dunwell.engine.intents import Extract

MOST_CHARACTERS = 20_000
"""What is looked through of one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What is known of a message before it is read.

    `day` is the day it was written, for "next Friday"; `language` and `country` (ISO codes, may
    be empty) say how dates and phone numbers are written; `currency` is the customer's, for
    amounts that name none; `items` are the numbers of its open and recent items.
    """

    day: date
    language: str = ""
    country: str = ""
    currency: str = ""
    items: tuple[str, ...] = ()

    @property
    def is_month_first(self) -> bool:
        """Return whether 3/4 is the 4th of March here."""
        return self.country == "US" or (self.country == "" and self.language == "en-us")


@dataclass(frozen=True, kw_only=True, slots=True)
class Find:
    """A find at text[start:end]; of two that overlap the one of lower `rank` stays."""

    kind: str
    value: str
    start: int
    end: int
    rank: int
    role: str = ""


def plain(text: str) -> str:
    """Return a text in lower case without accents, every character in its place."""
    return "".join(_plain(one) for one in text)


def chosen(finds: Iterable[Find], text: str) -> tuple[Extract, ...]:
    """Return the finds that do not overlap, in the order of the text.

    Lower rank goes first, then the longer one, then the earlier one.
    """
    taken: list[Find] = []
    for one in sorted(finds, key=lambda f: (f.rank, f.start - f.end, f.start, f.kind, f.value)):
        if all(one.end <= other.start or one.start >= other.end for other in taken):
            taken.append(one)
    taken.sort(key=lambda one: one.start)
    return tuple(
        Extract(
            kind=one.kind,
            value=one.value,
            quote=text[one.start : one.end],
            start=one.start,
            end=one.end,
            role=one.role,
        )
        for one in taken
    )


def _plain(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return base if len(base) == 1 else character
