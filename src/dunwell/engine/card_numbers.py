"""Card numbers in texts: found by issuer range, length, grouping and check digit, and masked.

Nothing here keeps a card number (PCI DSS requirement 3): a text that holds one is refused at the
door, or the number is replaced by its last four digits, which may be kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine.matching.check_digits import modulo_97, passes_luhn

_BLANK = "[ \t\u00a0\u2007\u2009\u202f.\u2010\u2011\u2012\u2013\u2014_-]"
_RUN = re.compile(rf"\d(?:{_BLANK}{{0,2}}\d){{13,39}}")
_GROUP = re.compile(r"\d+")
_ACCOUNT_HEAD = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})$")
_HEAD_LENGTH = 4
"""Signs before the digits in which a head can stand: what parts it from the text, two letters, a
line's end. Looking at no more keeps the work in step with the length of the text."""
SHORTEST, LONGEST = 14, 19

Range = tuple[int, int, tuple[int, ...]]
"""The first and the last six digits of an issuer's range, and the lengths its numbers have."""

BRANDS: Mapping[str, tuple[Range, ...]] = {
    "Visa": ((400000, 499999, (16, 19)),),
    "Mastercard": ((510000, 559999, (16,)), (222100, 272099, (16,))),
    "American Express": ((340000, 349999, (15,)), (370000, 379999, (15,))),
    "Discover": ((601100, 601199, (16, 19)), (644000, 659999, (16, 19))),
    "Diners Club": (
        (300000, 305999, (14, 16)),
        (309500, 309599, (14, 16)),
        (360000, 369999, (14, 16)),
        (380000, 399999, (14, 16)),
    ),
    "JCB": ((352800, 358999, (16, 19)),),
    "UnionPay": ((620000, 629999, (16, 17, 18, 19)), (810000, 817999, (16, 19))),
    "Maestro": (
        (501800, 501899, (16, 19)),
        (502000, 502099, (16, 19)),
        (503800, 503899, (16, 19)),
        (589300, 589399, (16, 19)),
        (630400, 630499, (16, 19)),
        (675900, 675999, (16, 19)),
        (676100, 676399, (16, 19)),
    ),
    "Mir": ((220000, 220499, (16, 19)),),
    "RuPay": ((508500, 508999, (16,)), (606985, 608499, (16,)), (652150, 653149, (16,))),
    "Elo": ((506699, 506778, (16,)), (509000, 509999, (16,)), (636368, 636368, (16,))),
    "Troy": ((979200, 979289, (16,)),),
}
"""Issuer ranges (ISO/IEC 7812) as the schemes publish them, in force in 2026. Visa's old numbers
of 13 digits and Maestro's of 12 and 13 are no longer issued; article numbers (EAN) look like
them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardNumber:
    """Where a card number stands in a text, whose it is, and the only digits one may keep."""

    start: int
    end: int
    brand: str
    last4: str


def card_numbers(text: str) -> tuple[CardNumber, ...]:
    """Return the card numbers in a text, in their order.

    One number is one block of digits, or blocks of four, or 4-6-5 and 4-6-4, or every digit by
    itself; parted by at most two blanks, dots or dashes. Account numbers (IBAN) and creditor
    references (RF) whose check digits are right are none, nor is a number inside a longer block.
    """
    found: list[CardNumber] = []
    for run in _RUN.finditer(text):
        groups = [(run.start() + one.start(), one[0]) for one in _GROUP.finditer(run[0])]
        if not _is_account(text, run.start(), groups):
            found.extend(_in_groups(groups))
    return tuple(found)


def masked(text: str) -> str:
    """Return the text with each card number replaced by a note of its last four digits."""
    parts, kept_until = [], 0
    for one in card_numbers(text):
        parts += [text[kept_until : one.start], f"[card number removed, ends {one.last4}]"]
        kept_until = one.end
    return "".join([*parts, text[kept_until:]])


def brand_of(digits: str) -> str:
    """Return the brand in whose range a number lies, empty where no card has such a number."""
    if not SHORTEST <= len(digits) <= LONGEST or not digits.isdigit():
        return ""
    head = int(digits[:6])
    for brand, ranges in BRANDS.items():
        if any(low <= head <= high and len(digits) in lengths for low, high, lengths in ranges):
            return brand
    return ""


def _in_groups(groups: list[tuple[int, str]]) -> list[CardNumber]:
    """Return the numbers that whole groups of digits make; none begins inside another."""
    found, at = [], 0
    while at < len(groups):
        for until in range(len(groups), at, -1):
            part = groups[at:until]
            digits = "".join(one for _, one in part)
            brand = brand_of(digits) if _is_written_so([len(one) for _, one in part]) else ""
            # the same digit throughout is a placeholder, not a number that was issued
            if brand and len(set(digits)) > 1 and passes_luhn(digits):
                end = part[-1][0] + len(part[-1][1])
                found.append(
                    CardNumber(start=part[0][0], end=end, brand=brand, last4=_plain(digits[-4:]))
                )
                at = until - 1
                break
        at += 1
    return found


def _is_written_so(lengths: list[int]) -> bool:
    """Return whether people group the digits of a card like this."""
    if len(lengths) == 1 or lengths in ([4, 6, 5], [4, 6, 4]):
        return True
    if all(one == 1 for one in lengths):
        return True
    most = max(lengths)
    return most in {4, 8} and all(one == most for one in lengths[:-1])


def _is_account(text: str, start: int, groups: list[tuple[int, str]]) -> bool:
    """Return whether the digits are those of an IBAN or RF reference that ends with a group."""
    head = _ACCOUNT_HEAD.search(text[max(0, start - _HEAD_LENGTH) : start])
    if head is None:
        return False
    whole = head[1].upper()
    for _, digits in groups:
        whole += _plain(digits)
        moved = whole[4:] + whole[:4]
        if len(whole) > 4 and modulo_97(moved) == 1:  # noqa: PLR2004
            return True
    return False


def _plain(digits: str) -> str:
    """Return digits of any script as 0 to 9."""
    return "".join(str(int(sign)) for sign in digits)
