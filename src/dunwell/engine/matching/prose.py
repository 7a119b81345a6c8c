"""Amounts, rates and shares said in remittance text, read without guessing the language."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from dunwell.engine.money import minor_digits

_NUMBER = r"\d{1,3}(?:[ ',.\u00a0]\d{3})+(?:[.,]\d{1,3})?|\d+(?:[.,]\d{1,3})?"
_AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9./-])(?P<minus>[-\u2212(]\s?)?(?P<before>[$€£]|[A-Z]{{3}}\s?)?"
    rf"(?P<minus2>-)?(?P<number>{_NUMBER})(?P<after>\s?(?:[$€£]|[A-Z]{{3}})\b)?(?![A-Za-z0-9%/])"
)
_RATE = re.compile(
    r"\b(?P<currency>[A-Z]{3})\s*(?P<amount>[\d.,']+\d)\s*(?:@|x|at|zu|au taux de)\s*"
    r"(?P<rate>\d+[.,]\d+)"
)
_SHARE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?(?:%|pct|percent|prozent)")
_INSTALMENT = re.compile(r"(\d{1,2})\s?(?:of|/|von|de)\s?(\d{1,2})\b")
PPM_PER_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Said:
    """An amount in minor units and where it stands; `marked` when a currency or cents stand by."""

    amount_minor: int
    start: int
    end: int
    marked: bool


def said_amounts(text: str, currency: str) -> list[Said]:
    """Return the amounts a text says, in the payment's currency's minor units, as written.

    A whole number without currency or cents may be a number of anything: `marked` is False.
    """
    found = []
    for match in _AMOUNT.finditer(text):
        value = read_number(match["number"], currency)
        if value is None:
            continue
        negative = bool(match["minus"] or match["minus2"])
        marked = bool(
            (match["before"] or "").strip() in {"$", "€", "£", currency}
            or (match["after"] or "").strip() in {"$", "€", "£", currency}
            or re.search(r"[.,]\d{2}$", match["number"])
        )
        found.append(Said(-value if negative else value, match.start(), match.end(), marked))
    return found


def read_number(text: str, currency: str) -> int | None:
    """Return a written amount in minor units; None when it is finer than the currency allows.

    The last of point and comma is the decimal sign when one, two or (in three-digit
    currencies) three digits follow it; groups of three are thousands.
    """
    digits = minor_digits(currency)
    unit = int(10**digits)
    bare = re.sub(r"[ '\u00a0]", "", text)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return int(bare) * unit
    behind = len(bare) - last - 1
    is_group = behind == 3 and digits != 3  # noqa: PLR2004 -- thousands come in threes
    if is_group or bare.count(bare[last]) > 1:
        return int(re.sub(r"[.,]", "", bare)) * unit
    if behind > digits:
        return None
    whole = re.sub(r"[.,]", "", bare[:last])
    return int(whole or 0) * unit + int(bare[last + 1 :].ljust(digits, "0") or 0)


@dataclass(frozen=True, slots=True)
class Converted:
    """A foreign amount and the rate it was converted at, as the text says them."""

    currency: str
    amount: Decimal
    rate: Decimal


def converted(text: str) -> Converted | None:
    """Return the conversion a text spells out (`EUR 27500 @ 1.0764`), else None."""
    match = _RATE.search(text)
    if match is None:
        return None
    minor = read_number(match["amount"], "EUR")
    if minor is None:
        return None
    rate = Decimal(match["rate"].replace(",", "."))
    return Converted(match["currency"], Decimal(minor).scaleb(-2), rate)


@lru_cache(maxsize=4_096)
def said_shares_ppm(text: str) -> tuple[int, ...]:
    """Return the percentages a text says, in ppm."""
    shares = (Decimal(one.replace(",", ".")) for one in _SHARE.findall(text))
    return tuple(int(one * PPM_PER_PERCENT) for one in shares)


def said_instalment(text: str) -> tuple[int, int] | None:
    """Return (number, of how many) when a text says `2 of 3`, else None."""
    match = _INSTALMENT.search(text)
    return (int(match[1]), int(match[2])) if match and int(match[2]) > 1 else None
