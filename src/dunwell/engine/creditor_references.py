"""Creditor references of ISO 11649 (RF): what a payer quotes so that its money finds its items."""

import re

from dunwell.engine.matching.check_digits import modulo_97

LONGEST_BODY = 21
_BODY = re.compile(r"[A-Z0-9]{1,21}")
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no word comes about; no digits, so that none reads like an item's number."""


def creditor_reference(body: str) -> str:
    """Return RF, two check digits and the body; raise ValueError for a body that has no such one.

    A body is 1 to 21 letters and digits; the check digits make the whole 1 modulo 97 with A = 10
    to Z = 35 (ISO/IEC 7064).
    """
    signs = body.upper()
    if not _BODY.fullmatch(signs):
        raise ValueError(
            f"{body!r} cannot be a reference; use 1 to {LONGEST_BODY} letters, digits"
        )
    return f"RF{98 - modulo_97(f'{signs}RF00'):02d}{signs}"


def document_reference(number: str) -> str:
    """Return the reference of a document's number, such as RF37INV202600012.

    Signs other than letters and digits are left out; a number too long keeps its end, where it
    differs from its neighbours. Empty for a number without any.
    """
    body = re.sub(r"[^0-9A-Z]", "", number.upper())[-LONGEST_BODY:]
    return creditor_reference(body) if body else ""


def spaced_reference(reference: str) -> str:
    """Return a reference in groups of four, as it is printed."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def lettered(number: int, *, width: int = 7) -> str:
    """Return a number from 0 on as at least `width` letters; each has its own."""
    signs = ""
    while number or len(signs) < width:
        number, rest = divmod(number, len(LETTERS))
        signs = LETTERS[rest] + signs
    return signs
