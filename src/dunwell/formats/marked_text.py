"""A message's words for a page: what was read in it marked, links told from text, nothing else.

Text is text: whatever a mail holds, markup in it stays words. Only https addresses without a
name or password in them become links, and each says the host it really leads to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

LINK = re.compile(r"https://[^\s<>\"'\u200b-\u200f\u202a-\u202e]{4,500}")
TRAILING = ".,;:!?)]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Words that something was read in: text[start:end], and what."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of text: plain, marked with what was read in it, or a link with its host."""

    text: str
    mark: str = ""
    href: str = ""
    host: str = ""


def pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Return a text in pieces, joined they are the text again.

    Marks outside of the text are left out; of two that overlap the earlier one stands.
    """
    found: list[Piece] = []
    place = 0
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        if not place <= mark.start < mark.end <= len(text):
            continue
        found += _linked(text[place : mark.start])
        found.append(Piece(text=text[mark.start : mark.end], mark=mark.name))
        place = mark.end
    found += _linked(text[place:])
    return tuple(found)


def _linked(text: str) -> list[Piece]:
    found: list[Piece] = []
    place = 0
    for link in LINK.finditer(text):
        address = link.group().rstrip(TRAILING)
        host = _host(address)
        if not host:
            continue
        if link.start() > place:
            found.append(Piece(text=text[place : link.start()]))
        found.append(Piece(text=address, href=address, host=host))
        place = link.start() + len(address)
    if place < len(text):
        found.append(Piece(text=text[place:]))
    return found


def _host(address: str) -> str:
    """Return the host an address leads to, empty where it is none or hides one."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return "" if "@" in parts.netloc or not host.isascii() else host
