"""A message as words and pieces of words, the same for every language."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

MOST_CHARACTERS = 6_000
"""What is read of one message; what matters stands at its beginning."""

LONGEST_WORD = 40
"""Longer runs of letters are no words (keys, encoded files) and give no pieces."""

_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_MAIL = re.compile(r"\S+@\S+")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_DIGITS = re.compile(r"\d+(?:[.,/:-]\d+)*")
_WORD = re.compile(r"[^\W_]+|[€$£%@?!]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+|;\s")


def without_quotes(text: str) -> str:
    """Return a text with quoted lines ("> ...") blanked out, every other character in its place.

    A text that is nothing but quotes stays as it is.
    """
    blanked = _QUOTED.sub(lambda found: " " * len(found.group()), text)
    return blanked if blanked.strip() else text


def folded(text: str) -> str:
    """Return a text in lower case without accents; numbers, addresses and links as one mark each.

    What is quoted ("> ...") is left out: it is what we wrote, not the customer.
    """
    own = without_quotes(text[:MOST_CHARACTERS])
    own = _URL.sub(" zlink ", _MAIL.sub(" zmail ", own))
    plain = unicodedata.normalize("NFKD", own.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return _DIGITS.sub("0", plain)


def words(folded_text: str) -> list[str]:
    """Return the words and telling signs of a folded text, in order."""
    return [one for one in _WORD.findall(folded_text) if len(one) <= LONGEST_WORD]


def word_grams(found: list[str]) -> Iterator[str]:
    """Yield words and pairs of neighbours."""
    yield from found
    for first, second in pairwise(found):
        yield f"{first} {second}"


def pieces(found: list[str], *, most: int = 4) -> Iterator[str]:
    """Yield the pieces of 2 to `most` characters of every word, its ends marked by spaces."""
    for word in found:
        padded = f" {word} "
        length = len(padded)
        for size in range(2, most + 1):
            if size >= length:
                yield padded
                break
            for start in range(length - size + 1):
                yield padded[start : start + size]


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a message that say something, without what is quoted."""
    own = without_quotes(text[:MOST_CHARACTERS])
    parts = (part.strip() for part in _SENTENCE_END.split(own))
    return [part for part in parts if sum(one.isalpha() for one in part) > 1]
