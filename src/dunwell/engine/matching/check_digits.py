"""Structured payment references: which ones a text holds, proved by their check digits."""

import re
from dataclasses import dataclass
from itertools import cycle
from operator import mul

_RF = re.compile(r"\bRF\d{2}(?: ?[A-Z0-9]){1,21}\b")
_DIGITS = re.compile(r"(?<![A-Z0-9])\d(?:[ ./+-]{0,3}\d){4,26}(?![A-Z0-9])")
_ESR_TABLE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The digit sum of twice a digit."""
RF_LONGEST = 25
QR_LENGTH = 27
ESR_LENGTHS = (15, 16)
BELGIAN_LENGTH = 12
SHORTEST_PLAIN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Structured:
    """A reference with right check digits: its standard, the whole, and what it carries."""

    standard: str
    whole: str
    body: str
    start: int
    end: int

    @property
    def is_strict(self) -> bool:
        """Return whether the standard alone makes an accident unlikely (two digits or 27)."""
        return self.standard in {"rf", "qr", "belgian"}


def structured_references(text: str) -> tuple[Structured, ...]:
    """Return the structured references in a text in upper case, in the order they stand.

    RF (ISO 11649), Swiss QR/ESR (27, 16 or 15 digits, modulo 10 recursive), Belgian +++ (12
    digits, modulo 97), Finnish (7-3-1), and Luhn (Swedish OCR, Norwegian and Danish KID).
    """
    found = []
    for match in _RF.finditer(text):
        found.extend(_creditor(match))
    inside = [(one.start, one.end) for one in found]
    for match in _DIGITS.finditer(text):
        if any(start <= match.start() < end for start, end in inside):
            continue
        digits = re.sub(r"\D", "", match[0])
        standard = _national(digits)
        if standard:
            spare = 2 if standard == "belgian" else 1
            found.append(
                Structured(
                    standard=standard,
                    whole=digits,
                    body=digits[:-spare],
                    start=match.start(),
                    end=match.end(),
                )
            )
    return tuple(found)


def _creditor(match: re.Match[str]) -> list[Structured]:
    """Return the RF reference, shortened from behind while its check digits are wrong.

    Words that follow in the same text look like part of it.
    """
    whole = match[0].replace(" ", "")
    for length in range(min(len(whole), RF_LONGEST), SHORTEST_PLAIN - 1, -1):
        one = whole[:length]
        if modulo_97(one[4:] + one[:4]) == 1:
            return [
                Structured(
                    standard="rf", whole=one, body=one[4:], start=match.start(), end=match.end()
                )
            ]
    return []


def _national(digits: str) -> str:
    """Return the national standard the digits satisfy, the strictest first, else empty text."""
    if len(digits) == QR_LENGTH and _recursive(digits) == 0:
        return "qr"
    if len(digits) in ESR_LENGTHS and _recursive(digits) == 0:
        return "esr"
    if len(digits) == BELGIAN_LENGTH and (int(digits[:-2]) % 97 or 97) == int(digits[-2:]):
        return "belgian"
    if len(digits) < SHORTEST_PLAIN or len(digits) > ESR_LENGTHS[1] + 9:
        return ""
    if _finnish(digits):
        return "finnish"
    return "luhn" if passes_luhn(digits) else ""


def _recursive(digits: str) -> int:
    carry = 0
    for digit in digits:
        carry = _ESR_TABLE[(carry + int(digit)) % 10]
    return carry


def _finnish(digits: str) -> bool:
    total: int = sum(map(mul, map(int, digits[-2::-1]), cycle((7, 3, 1))))
    return (10 - total % 10) % 10 == int(digits[-1])


def modulo_97(text: str) -> int:
    """Return ISO 7064 modulo 97 of letters and digits, A = 10 to Z = 35."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + doubled) % 10 == 0
