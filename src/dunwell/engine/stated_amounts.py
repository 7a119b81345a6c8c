"""Amounts of money and item numbers a text states, compared with what the ledger says.

Read as people write them: €1,234.50, 1.234,50 EUR, CHF 1'234.50, 1 234 €. An amount that stands
alone with one item must be one of that item's; any other must be a total, an item's amount or a
charge. What is certainly wrong is told apart from what only a person can know.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dunwell.engine.money import MINOR_DIGITS, amount_words, minor_digits

WRONG, UNCLEAR = "wrong", "unclear"

SYMBOLS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK"),
}
"""Currencies a sign may stand for; a code of three capitals names its own."""

LANDS: Mapping[str, str] = {
    "US": "USD",
    "CA": "CAD",
    "AU": "AUD",
    "NZ": "NZD",
    "HK": "HKD",
    "GB": "GBP",
    "CN": "CNY",
    "JP": "JPY",
}
"""Letters beside a sign that say whose money it is."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "euro": ("EUR",),
    "euros": ("EUR",),
    "dollars": ("USD", "CAD", "AUD"),
    "pounds": ("GBP",),
    "franken": ("CHF",),
    "francs": ("CHF",),
}

TRADED = frozenset(
    {
        *("AED", "ARS", "AUD", "BAM", "BGN", "BRL", "CAD", "CHF", "CNH", "CNY", "COP", "CZK"),
        *("DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "KES", "MAD", "MXN"),
        *("MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB"),
        *("SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "ZAR", *MINOR_DIGITS),
    }
)
"""Codes that are read as a currency; any three capitals would be too many."""

GROUPED = 3
"""Digits of a group of thousands."""

MOST_NUMBERS = 2_000
"""Words of a text that may be item numbers and are looked up."""

MOST_FINDINGS = 50

_BLANK = r"[ \u00a0\u202f]"
_GROUP = r"(?:[.,'\u2019]|[ \u00a0\u202f])\d{3}"
_DIGITS = rf"[-\u2212]?(?:\d{{1,3}}(?:{_GROUP})+|\d{{1,15}})(?:[.,]\d{{1,3}})?"
_WORDS = r"euros?|Euro|dollars|pounds|[Ff]ranken|francs"
_LAND = "|".join(LANDS)
_MARK = rf"(?:{_LAND})?[$£¥](?:{_LAND})?|€|₹|zł|(?:kr|[A-Z]{{3}}|{_WORDS})(?![A-Za-z])"
_AMOUNT = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:{_MARK})){_BLANK}?(?P<a>{_DIGITS})(?![\d%])"
    rf"|(?<![\w.,/-])(?P<b>{_DIGITS}){_BLANK}?(?P<after>{_MARK})(?!{_BLANK}?\d)"
)
_NUMBER = re.compile(r"\w(?:[\w./#-]{0,78}\w)?")
_BREAKS = re.compile(r"(?<=[.!?;])[ \t]+(?=[A-ZÄÖÜÉÈ])|\n[ \t]*\n|\n(?=[ \t]{2,}|[ \t]*[-*•])")
SHORTEST_DIGITS = 5
"""A number without letters is taken for an item's where it has so many digits; else it may be a
year, a day or a house."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerItem:
    """What the ledger says of an item: minor units; `others` are amounts that may be told too."""

    number: str
    currency: str
    amount_minor: int
    open_minor: int
    others: tuple[int, ...] = ()

    def allowed(self) -> frozenset[int]:
        """Return the amounts that may be said of it: open, original, paid, and the others."""
        paid = self.amount_minor - self.open_minor
        return frozenset({abs(self.amount_minor), abs(self.open_minor), abs(paid), *self.others})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """What a text to one customer is compared with.

    `items` are those of the customer the text may name, `foreign` numbers in it that are of other
    customers alone, `totals` amounts that may stand by themselves, by currency.
    """

    items: Sequence[LedgerItem] = ()
    foreign: Collection[str] = ()
    totals: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedAmount:
    """An amount as it is written, and what it may be: (currency, minor units), one or several."""

    quote: str
    start: int
    readings: frozenset[tuple[str, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountFinding:
    """An amount or number that does not agree: certainly wrong, or for a person to confirm."""

    kind: str
    line: int
    quote: str
    text: str

    @property
    def is_blocking(self) -> bool:
        """Return whether the text may not go out with it."""
        return self.kind == WRONG


@dataclass(frozen=True, slots=True)
class _Part:
    """A line or sentence: its amounts, and the items it names by number."""

    amounts: tuple[StatedAmount, ...]
    named: tuple[str, ...]


def possible_numbers(text: str) -> tuple[str, ...]:
    """Return the words of a text that may be item numbers, each once, MOST_NUMBERS at most."""
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(text):
        word = match.group()
        digits = sum(character.isdigit() for character in word)
        if digits and (digits < len(word) or digits >= SHORTEST_DIGITS):
            found.setdefault(word)
        if len(found) >= MOST_NUMBERS:
            break
    return tuple(found)


def stated_amounts(text: str) -> tuple[StatedAmount, ...]:
    """Return the amounts of money a text states, in its order."""
    found = []
    for match in _AMOUNT.finditer(text):
        mark = match.group("before") or match.group("after")
        digits = match.group("a") or match.group("b")
        readings = frozenset(
            (currency, minor)
            for currency in _currencies(mark)
            for minor in _minor(digits, currency)
        )
        if readings:
            found.append(
                StatedAmount(quote=match.group().strip(), start=match.start(), readings=readings)
            )
    return tuple(found)


def amount_findings(text: str, ledger: Ledger) -> tuple[AmountFinding, ...]:
    """Return what a text states that the ledger does not, the first MOST_FINDINGS of it.

    Wrong: a number of another customer's item, and an amount that stands alone with one item of
    which it is neither the open nor the original amount, nor what was paid on it. Unclear: any
    other amount that is no total, item's amount or charge.
    """
    items = {item.number: item for item in ledger.items}
    foreign = frozenset(ledger.foreign)
    findings: list[AmountFinding] = []
    everything = _everything(ledger)
    for start, piece in _pieces(text):
        lines = _lines(piece, start, items)
        for place, number in _foreign(piece, foreign, items):
            findings.append(
                _finding(text, WRONG, start + place, number, f"{number} is another customer's.")
            )
        whole = _Part(
            tuple(amount for line in lines for amount in line.amounts),
            tuple(dict.fromkeys(name for line in lines for name in line.named)),
        )
        for line in lines:
            part = line if len(line.named) == 1 and len(line.amounts) == 1 else whole
            for amount in line.amounts:
                if told := _judged(amount, part, items, everything):
                    kind, words = told
                    findings.append(_finding(text, kind, amount.start, amount.quote, words))
        if len(findings) >= MOST_FINDINGS:
            break
    return tuple(findings[:MOST_FINDINGS])


def _judged(
    amount: StatedAmount,
    part: _Part,
    items: Mapping[str, LedgerItem],
    everything: Mapping[str, frozenset[int]],
) -> tuple[str, str] | None:
    """Return what is wrong with an amount, None where it agrees."""
    named = [items[number] for number in part.named]
    told = [(item.currency, minor) for item in named for minor in item.allowed()]
    sums: dict[str, int] = {}
    for item in named:
        sums[item.currency] = sums.get(item.currency, 0) + item.open_minor
    if amount.readings & {*told, *sums.items()}:
        return None
    if len(named) == 1 and len(part.amounts) == 1:
        item = named[0]
        code = item.currency
        return WRONG, (
            f"Of {item.number} {amount_words(item.open_minor, code)} is open; it was made out "
            f"for {amount_words(item.amount_minor, code)}."
        )
    if any(minor in everything.get(currency, ()) for currency, minor in amount.readings):
        return None
    return UNCLEAR, "The ledger holds no such amount for this customer."


def _everything(ledger: Ledger) -> dict[str, frozenset[int]]:
    found = {currency: set(amounts) for currency, amounts in ledger.totals.items()}
    for item in ledger.items:
        found.setdefault(item.currency, set()).update(item.allowed())
    return {currency: frozenset(amounts) for currency, amounts in found.items()}


def _pieces(text: str) -> Iterable[tuple[int, str]]:
    """Yield the sentences and listed lines of a text with where each begins."""
    begin = 0
    for match in _BREAKS.finditer(text):
        yield begin, text[begin : match.start()]
        begin = match.end()
    yield begin, text[begin:]


def _lines(piece: str, start: int, items: Mapping[str, LedgerItem]) -> list[_Part]:
    found = []
    for line in piece.split("\n"):
        amounts = tuple(replace(one, start=one.start + start) for one in stated_amounts(line))
        words = dict.fromkeys(match.group() for match in _NUMBER.finditer(line))
        found.append(_Part(amounts, tuple(word for word in words if word in items)))
        start += len(line) + 1
    return found


def _foreign(
    piece: str, foreign: Collection[str], items: Mapping[str, LedgerItem]
) -> Iterable[tuple[int, str]]:
    for match in _NUMBER.finditer(piece):
        word = match.group()
        if word in foreign and word not in items:
            yield match.start(), word


def _finding(text: str, kind: str, place: int, quote: str, words: str) -> AmountFinding:
    line = text.count("\n", 0, place) + 1
    return AmountFinding(kind=kind, line=line, quote=quote, text=words)


def _currencies(mark: str) -> tuple[str, ...]:
    if mark in SYMBOLS:
        return SYMBOLS[mark]
    if mark.lower() in WORDS:
        return WORDS[mark.lower()]
    if land := LANDS.get(mark.strip("$£¥")):
        return (land,)
    return (mark,) if mark in TRADED else ()


def _minor(digits: str, currency: str) -> set[int]:
    """Return what a number may be in minor units: with two separators that is one thing only.

    A single separator before three digits groups thousands, unless the currency has three.
    """
    places = minor_digits(currency)
    sign = -1 if digits[0] in "-\u2212" else 1
    plain = re.sub(rf"[-\u2212'\u2019]|{_BLANK}", "", digits)
    last = max(plain.rfind("."), plain.rfind(","))
    found: set[int] = set()
    if last < 0:
        return {sign * int(plain) * 10**places}
    whole, rest = re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
    if len(rest) <= places:
        found.add(sign * (int(whole) * 10**places + int(rest.ljust(places, "0"))))
    separators = set(re.findall(r"[.,]", plain))
    if len(rest) == GROUPED and len(separators) == 1:
        found.add(sign * int(whole + rest) * 10**places)
    return found
