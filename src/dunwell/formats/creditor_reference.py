"""Creditor references of ISO 11649 (RF…): what a payer quotes and a bank carries unchanged."""

import re

LONGEST = 21
"""Signs after RF and the two check digits."""


def creditor_reference(number: str) -> str:
    """Return the reference of a document's number, such as RF37INV202600012.

    Signs other than letters and digits are left out; a number too long keeps its end, where it
    differs from its neighbours. Empty for a number without any.
    """
    body = re.sub(r"[^0-9A-Z]", "", number.upper())[-LONGEST:]
    return f"RF{98 - _remainder(f'{body}RF00'):02}{body}" if body else ""


def is_creditor_reference(text: str) -> bool:
    """Return whether a text is a reference whose check digits are right; blanks do not count."""
    plain = re.sub(r"\s", "", text.upper())
    if not re.fullmatch(rf"RF\d\d[0-9A-Z]{{1,{LONGEST}}}", plain):
        return False
    return _remainder(plain[4:] + plain[:4]) == 1


def spaced(reference: str) -> str:
    """Return the reference in groups of four, as people copy it."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def _remainder(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
