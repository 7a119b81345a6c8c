"""Numbers of items and purchase orders in running text, first of all those the ledger knows."""

import re
from collections import Counter
from collections.abc import Iterator

from dunwell.formats.extracts.finds import Around, Find, plain

_ITEM_WORD = (
    r"(?:invoices?|inv|bills?|items?|rechnung(?:en)?|rechnungsnummer|re|rg|rgn|belege?|factures?"
    r"|fact"
    r"|fra?s?|facturas?|recibos?|documents?|docs?|pieces?|documentos?|credit notes?"
    r"|gutschrift(?:en)?"
    r"|avoirs?|abonos?|notas? de credito)"
)
_NUMBER_WORD = r"(?:nos?|nrs?|n|nº|n°|numbers?|nummern?|numeros?|num|#)?"
_SHAPE = r"[a-z]{0,5}[-/_]?\d[a-z0-9]*(?:[-/_.]\d[a-z0-9]*)*"
_NAMED = re.compile(
    rf"\b{_ITEM_WORD}\b\.?[ ]?{_NUMBER_WORD}[ºo°]?[.:]?[ #]*(?P<one>{_SHAPE})(?![a-z0-9@])"
)
_NEXT = re.compile(
    rf"(?:[ ]?,[ ]?|[ ]?[+&][ ]?|[ ](?:and|und|et|y|e)[ ]"
    rf"|[ ]?;[ ]?)(?:{_ITEM_WORD}[ ])?(?P<one>{_SHAPE})(?![a-z0-9@%])"
)
_GLUED = re.compile(
    r"(?<![a-z0-9])(?:inv|re|rg|fa|fac|f)[-_/]\d{3,}[a-z0-9]*(?:[-/]\d+)*(?![a-z0-9])"
)
_ORDER = re.compile(
    r"\b(?:p\.?o\.?|purchase orders?|order|bestellnummer|bestell-?nr|bestellung|auftragsnummer"
    r"|bon de commande"
    r"|bc|commande|orden de compra|pedido|oc)\b\.?[ ]?(?:no|nr|number|numbers?|nummer|n|nº|n°"
    r"|num|numero|ref(?:erence)?)?"
    r"[ºo°]?[.:]?[ ]?(?:is |ist |lautet |est |es )?(?:el |le |la "
    r"|l')?#?[ ]?(?P<one>[a-z]{0,3}[-/]?\d[\d-]{3,15})(?![a-z0-9])"
)
_SAP_ORDER = re.compile(r"(?<![a-z0-9])4[57]\d{8}(?![a-z0-9])")

_YEAR = re.compile(r"(?:19|20)\d\d")

SHORTEST_CORE = 4
"""From so many digits on, a number is known by its digits alone."""

LONGEST_NUMBER = 20
LONGEST_PREFIX = 5
FEWEST_DIGITS = 2

SHORTEST_SPACED = 7
"""A number of so many digits may be written with spaces; shorter ones would be two numbers."""


def references(text: str, around: Around) -> Iterator[Find]:
    """Yield numbers of items the ledger knows, numbers named like one, and order numbers.

    An item's value is the number as the ledger writes it (role `known`), or letters and digits
    as found (role `like`).
    """
    low = plain(text)
    yield from _known(text, around.items)
    for found in _ORDER.finditer(low):
        yield _find("po", text, found, rank=12, role="")
    for found in _SAP_ORDER.finditer(low):
        yield Find(kind="po", value=found.group(), start=found.start(), end=found.end(), rank=45)
    told = 0
    for found in _NAMED.finditer(low):
        if found.start() < told:
            continue  # a line of the list that began before
        yield from _like(text, found)
        told = found.end("one")
        after: re.Match[str] | None = found
        while after is not None and (after := _NEXT.match(low, after.end("one"))) is not None:
            yield from _like(text, after)
            told = after.end("one")
    for found in _GLUED.finditer(low):
        yield Find(
            kind="item",
            value=text[found.start() : found.end()].upper(),
            start=found.start(),
            end=found.end(),
            rank=41,
            role="like",
        )


def letters_and_digits(text: str) -> str:
    """Return a number's letters and digits in upper case."""
    return "".join(one for one in text.upper() if one.isalnum())


def _known(text: str, numbers: tuple[str, ...]) -> Iterator[Find]:
    """Yield known numbers however they are spaced, dashed, prefixed or filled with zeros."""
    packed, places = _packed(text)
    cores = Counter(core for number in numbers for core in _cores(number))
    for number in numbers:
        full = letters_and_digits(number)
        forms = [(full, 2)] if any(one.isdigit() for one in full) else []
        forms += [(core, 3) for core in _cores(number) if core != full and cores[core] == 1]
        for form, rank in forms:
            for start, end in _places(form, packed, places, text):
                if len(form) >= SHORTEST_CORE or _is_named(text, start):
                    yield Find(
                        kind="item", value=number, start=start, end=end, rank=rank, role="known"
                    )


def _cores(number: str) -> tuple[str, ...]:
    """Return the digits alone by which a number is known: all of them, and the last run.

    Zeros before them do not count; too few digits, and a year, are no core.
    """
    runs = re.findall(r"\d+", number)
    told = {"".join(runs).lstrip("0"), (runs[-1] if runs else "").lstrip("0")}
    return tuple(
        sorted(one for one in told if len(one) >= SHORTEST_CORE and not _YEAR.fullmatch(one))
    )


def _packed(text: str) -> tuple[str, list[int]]:
    places = [place for place, one in enumerate(text) if one.isalnum()]
    return "".join(_upper(text[place]) for place in places), places


def _upper(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _places(form: str, packed: str, places: list[int], text: str) -> Iterator[tuple[int, int]]:
    at = packed.find(form)
    while at >= 0:
        start, end = places[at], places[at + len(form) - 1] + 1
        is_bare = form.isdigit()
        while is_bare and start and text[start - 1] == "0":
            start -= 1
        if _stands_alone(text, start, end) and _is_close(text[start:end], form):
            yield start, end
        at = packed.find(form, at + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if after[:1].isalnum() or (after[:1] in ".,/-" and after[1:2].isdigit()):
        return False
    if before[-1:].isdigit() or (before[-1:] in (".", ",", "/") and before[:1].isdigit()):
        return False
    # a short prefix of letters is fine ("INV20418", "RE20418")
    prefix = re.search(r"[A-Za-z]*$", text[max(0, start - 12) : start])
    return prefix is None or len(prefix.group()) <= LONGEST_PREFIX


def _is_close(quote: str, form: str) -> bool:
    """Return whether what stands between the parts of a number are single marks, no lines."""
    if "\n" in quote or re.search(r"[^A-Za-z0-9]{3}", quote) or re.search(r"[,;:]", quote):
        return False
    return " " not in quote.strip() or not form.isdigit() or len(form) >= SHORTEST_SPACED


def _is_named(text: str, start: int) -> bool:
    before = plain(text[max(0, start - 40) : start])
    return re.search(rf"\b{_ITEM_WORD}\b[^\n.]*$", before) is not None


def _like(text: str, found: re.Match[str]) -> Iterator[Find]:
    quote = text[found.start("one") : found.end("one")]
    digits = sum(one.isdigit() for one in quote)
    if (
        digits >= FEWEST_DIGITS
        and len(quote) <= LONGEST_NUMBER
        and not _is_money(text, found.end("one"))
    ):
        yield _find("item", text, found, rank=40, role="like")


def _is_money(text: str, end: int) -> bool:
    return re.match(r"[.,]\d|\s?(?:%|€|£|\$|EUR|USD|GBP|CHF)", text[end : end + 5]) is not None


def _find(kind: str, text: str, found: re.Match[str], *, rank: int, role: str) -> Find:
    start, end = found.span("one")
    value = letters_and_digits(text[start:end]) if kind == "po" else text[start:end].upper()
    return Find(kind=kind, value=value, start=start, end=end, rank=rank, role=role)
