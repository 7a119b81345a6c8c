"""Amounts of money in running text: "1.250,00 €", "£640", "500 a month", "3 %"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from dunwell.engine.money import minor_digits, to_minor
from dunwell.formats.currencies import ISO_CODES, SHARED_SYMBOLS, currency_code
from dunwell.formats.extracts.finds import Around, Find

_NUMBER = r"(?:\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3})+(?:[.,]\d{1,3})?|\d+(?:[.,]\d{1,3})?)"
_CODES = "|".join(sorted(ISO_CODES))
_MARK = (
    rf"(?:US\$|CA\$|C\$|AU\$|A\$|[€£$¥₹]|zł|(?:{_CODES})(?![A-Za-z])"
    r"|(?i:euros?|pounds?|dollars?)(?![a-z]))"
)
_MARKED = re.compile(
    rf"(?P<before>(?<![A-Za-z]){_MARK})[ \u00a0]?(?P<n1>{_NUMBER})(?P<k1>k\b)?(?![\d])"
    rf"|(?<![\d.,\w-])(?P<n2>{_NUMBER})(?P<k2>k\b)?[ \u00a0]?(?P<after>{_MARK})"
)
_DECIMAL = re.compile(
    r"(?<![\d.,/\w-])(?:\d{1,3}(?:[.'\u2019 \u00a0\u202f]\d{3})+,\d{2}"
    r"|\d{1,3}(?:[,'\u2019 ]\d{3})+\.\d{2}"
    r"|\d+[.,]\d{2})(?![\d/.,]\d|\d|\s?%|[.]\w)"
)
_MONTHLY = re.compile(
    r"(?<![\d.,/\w-])(?P<n>\d{2,6})(?=\s(?:(?:a|per|every) month|monthly|im monat|monatlich"
    r"|pro monat"
    r"|par mois|al mes|mensuales|por mes)\b)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?<![\d.,])(?P<n>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b"
    r"|por ?ciento\b)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?i)(?:total|sum|summe|gesamt|insgesamt|totaling|totalling|amounting)\W+(?:\w+\W+)?$"
)

WHOLE_PPM = 1_000_000
GROUP = 3
"""Digits between two marks of thousands."""

MOST_DIGITS = 12
"""Longer runs of digits are numbers of something, not money."""


def amounts(text: str, around: Around) -> Iterator[Find]:
    """Yield amounts in minor units with their currency, and shares in ppm.

    Without a mark of currency a number needs two decimals, or "a month" after it, and is in the
    customer's currency; where that is unknown too, it is left alone.
    """
    for found in _MARKED.finditer(text):
        number, mark = (
            (found["n1"], found["before"]) if found["n1"] else (found["n2"], found["after"])
        )
        scale = 1_000 if found["k1"] or found["k2"] else 1
        value = _value(number, _currency(mark, around), scale=scale)
        if value:
            yield _amount(text, found, value, rank=20)
    for pattern, rank in ((_DECIMAL, 30), (_MONTHLY, 31)):
        for found in pattern.finditer(text) if around.currency else ():
            value = _value(found.group(), around.currency)
            if value:
                yield _amount(text, found, value, rank=rank)
    for found in _PERCENT.finditer(text):
        share = Decimal(found["n"].replace(",", ".")) * 10_000
        if 0 < share <= WHOLE_PPM:
            yield Find(
                kind="percent",
                value=str(int(share)),
                start=found.start(),
                end=found.end(),
                rank=10,
            )


def number_of(text: str, *, digits: int) -> Decimal | None:
    """Return the number a text writes with points or commas; None when it cannot be told.

    The last of two kinds of marks is the decimal one; a single mark is decimal unless three
    digits follow it and the currency has not three decimals.
    """
    core = re.sub(r"['\u2019 \u00a0\u202f]", "", text)
    point, comma = core.rfind("."), core.rfind(",")
    last = max(point, comma)
    if last < 0:
        return Decimal(core)
    marks = core.count(".") + core.count(",")
    behind = len(core) - last - 1
    is_one_kind = min(point, comma) < 0
    if is_one_kind and (marks > 1 or (behind == GROUP and digits != GROUP)):
        return Decimal(core.replace(".", "").replace(",", ""))
    if behind > max(digits, 0):
        return None
    return Decimal(re.sub(r"[.,]", "", core[:last]) + "." + core[last + 1 :])


def _currency(mark: str, around: Around) -> str:
    """Return the currency of a mark; a shared sign means the customer's where that fits."""
    if mark in SHARED_SYMBOLS and around.currency:
        of_sign = {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"), "¥": ("JPY", "CNY")}
        if around.currency in of_sign[mark]:
            return around.currency
    word = mark.rstrip("sS") if mark.lower().startswith(("pound", "dollar")) else mark
    return currency_code(word)


def _value(number: str, currency: str, *, scale: int = 1) -> str:
    if not currency or sum(one.isdigit() for one in number) > MOST_DIGITS:
        return ""
    try:
        found = number_of(number, digits=minor_digits(currency))
        return f"{to_minor(found * scale, currency)} {currency}" if found else ""
    except ValueError:
        return ""


def _amount(text: str, found: re.Match[str], value: str, *, rank: int) -> Find:
    role = "total" if _TOTAL.search(text[max(0, found.start() - 30) : found.start()]) else ""
    return Find(
        kind="amount", value=value, start=found.start(), end=found.end(), rank=rank, role=role
    )
