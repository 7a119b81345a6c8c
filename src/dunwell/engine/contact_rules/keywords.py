"""Whether a reply asks us to stop: the keywords of the law, and words that need a person."""

import re
from collections.abc import Collection
from typing import Literal

SHORT = 4
"""A reply of at most so many words that holds a keyword means it."""

Reading = Literal["yes", "perhaps", "no"]
_APART = re.compile(r"[^\w]+", re.UNICODE)


def opt_out_reading(text: str, keywords: Collection[str]) -> Reading:
    """Return whether a reply opts out: yes for a keyword alone or in a few words.

    A keyword within a longer text ("we pay at the end of the month") is perhaps one: a person
    must read it. Case, punctuation and spaces do not matter.
    """
    told = _plain(text)
    words = told.split()
    found = [word for word in map(_plain, keywords) if f" {word} " in f" {told} "]
    if not found:
        return "no"
    return "yes" if told in found or len(words) <= SHORT else "perhaps"


def _plain(text: str) -> str:
    return _APART.sub(" ", text.casefold()).strip()
