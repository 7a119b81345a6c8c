"""Which column is which: canonical fields from header words and content, and the table's role."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dunwell.formats.contents import Contents, contents
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.grid import Table
from dunwell.formats.roles import (
    AMOUNT_FIELDS,
    DATE_FIELDS,
    FOREIGN_WORDS,
    REQUIRED,
    ROLE_FIELDS,
    TRANSLATED,
)
from dunwell.formats.words import KNOWN, PHRASES, plain_words

FULL, CODED, PARTLY = 100, 95, 55
HALF, SOME = 0.5, 0.3
MINUS_TRANSLATED = 5
DATES_FROM, AMOUNTS_FROM, SURE = 0.5, 0.7, 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMatch:
    """A column, the field it was taken for (empty: none), confidence 0 to 100 and why."""

    column: str
    field: str
    confidence: int
    reason: str
    held: Contents | None = None
    """What its cells hold; None of a column that was worked out, of numbers."""

    @property
    def content(self) -> str:
        """Return the plainest word for what its cells hold."""
        return "numbers" if self.held is None else self.held.kind

    def as_dict(self) -> dict[str, object]:
        """Return the match ready for JSON."""
        names = ("column", "field", "confidence", "reason", "content")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognition:
    """A table's role, its columns, and the currency its headers name (empty: none)."""

    role: str
    reason: str
    matches: tuple[ColumnMatch, ...]
    header_currency: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """Return field -> column."""
        return {match.field: match.column for match in self.matches if match.field}

    @property
    def missing(self) -> list[str]:
        """Return the required fields nothing was found for, alternatives joined by `or`."""
        found = self.fields
        return [
            " or ".join(group)
            for group in REQUIRED.get(self.role, ())
            if not any(name in found for name in group)
        ]


def _header_scores(column: str) -> dict[str, tuple[int, str]]:
    """Return field -> (score, reason) from the header words alone."""
    words = plain_words(column)
    bare = " ".join(word for word in words.split() if word.upper() not in ISO_CODES)
    bare = bare.removesuffix(" in") if bare != words else bare
    scores: dict[str, tuple[int, str]] = {}
    for phrase, score in ((words, FULL), (bare, CODED)):
        for name in KNOWN.get(phrase, ()):
            scores.setdefault(name, (score, f"header says {phrase!r}"))
    tokens = bare.split()
    if scores or not tokens or FOREIGN_WORDS & set(tokens):
        return scores
    for name, phrases in PHRASES.items():
        for phrase in phrases:
            parts = phrase.split()
            share = len(parts) / len(tokens)
            if HALF <= share < 1 and set(parts) <= set(tokens):
                score = PARTLY + round(30 * share)
                if score > scores.get(name, (0, ""))[0]:
                    scores[name] = (score, f"header contains {phrase!r}")
    return scores


def _with_content(
    scores: Mapping[str, tuple[int, str]], held: Contents
) -> dict[str, tuple[int, str]]:
    """Drop what the content contradicts, and add what content alone shows."""
    if not held.filled:
        return {name: (score - 20, f"{why}, no values") for name, (score, why) in scores.items()}
    kept: dict[str, tuple[int, str]] = {}
    for name, (score, why) in scores.items():
        better = _judged(name, score, held)
        if better:
            kept[name] = (better, why)
    if held.currencies >= SURE and "currency" not in kept and held.filled > 1:
        kept["currency"] = (60, "cells are currency codes")
    if held.emails >= SURE and "email" not in kept:
        kept["email"] = (60, "cells are e-mail addresses")
    return kept


def _judged(name: str, score: int, held: Contents) -> int:  # noqa: PLR0911 -- one return per case reads best
    """Return the score after looking at the cells; 0 when they contradict the field."""
    if name in DATE_FIELDS:
        return score if held.dates >= (SOME if score >= CODED else DATES_FROM) else 0
    if name in AMOUNT_FIELDS:
        is_date = held.dates >= SURE and held.decimals < DATES_FROM and held.amounts < SURE
        return (
            score
            if held.amounts >= (SOME if score >= CODED else AMOUNTS_FROM) and not is_date
            else 0
        )
    if name == "currency":
        return score if held.currencies >= SOME or held.amounts < DATES_FROM else 0
    if name == "email":
        return score if held.emails >= SOME else 0
    if name == "customer_number":
        return score - 25 if held.names >= AMOUNTS_FROM else score
    if name == "customer_name":
        return score if held.names >= SOME else score - 30
    if name in {"item_number", "item_key", "payment_number", "reference"}:
        return 0 if held.dates >= SURE and held.amounts < SURE else score
    return score


def recognise(
    table: Table, *, told: Mapping[str, str] | None = None, role: str = ""
) -> Recognition:
    """Return the table's role and the field of each column.

    `told` maps columns to fields (an empty field: leave the column out) and `role` names the
    role; both override what is recognised.
    """
    told = told or {}
    held = {column: contents(table, column) for column in table.cells.columns}
    scores = {
        column: _with_content(_header_scores(column), held[column])
        for column in table.cells.columns
        if column not in told
    }
    seen = {name for found in scores.values() for name in found} | {f for f in told.values() if f}
    decided, why = (role, "as told") if role else _role(seen)
    matches = _assigned(table.cells.columns, scores, held, role=decided, told=told)
    return Recognition(
        role=decided,
        reason=why,
        matches=tuple(_key_as_number(matches, role=decided)),
        header_currency=_header_currency(matches),
    )


def _role(seen: set[str]) -> tuple[str, str]:  # noqa: PLR0911 -- one return per case reads best
    """Return the role of a table from all fields its headers may stand for."""
    money = {"amount", "open_amount", "debit", "credit"} & seen
    item = {"item_number", "item_key"} & seen
    dated = {"issued", "due", "posted"} & seen
    pays = {"payment_number", "payment_amount", "payment_day"} & seen
    customer = {"customer_number", "customer_name"} & seen
    if {"quantity", "unit_price"} <= seen and "order_number" in seen:
        return "order_lines", "has order number, quantity and price"
    if "due" not in seen and {"dispute_number", "dispute_amount"} & seen and item:
        return "disputes", "has a dispute number or amount and an invoice"
    if (
        pays
        and not {"due", "open_amount"} & seen
        and ("payment_number" in seen or not (item and "issued" in seen and "amount" in seen))
        and (money or {"payment_amount", "applied_amount"} & seen)
    ):
        return "payments", "has payment columns and no due date"
    if {"order_number", "order_day", "order_amount"} & seen and not item and "due" not in seen:
        return (
            ("orders", "has order columns and no invoice")
            if customer
            else ("other", "orders without customer")
        )
    if money and dated and (item or customer):
        return "items", "has amounts, dates and an invoice or customer"
    details = {
        "customer_name",
        "credit_limit",
        "terms",
        "email",
        "phone",
        "street",
        "segment",
        "country",
    }
    if (
        customer
        and details & seen
        and not item
        and not pays
        and len(details & seen | customer) > 1
    ):
        return "customers", "has a customer and details, no invoices"
    if money and (item or customer):
        return "items", "has amounts and an invoice or customer"
    return "other", "has no columns of a receivables table"


def _assigned(
    columns: Sequence[str],
    scores: Mapping[str, Mapping[str, tuple[int, str]]],
    held: Mapping[str, Contents],
    *,
    role: str,
    told: Mapping[str, str],
) -> list[ColumnMatch]:
    """Give each field to the column that fits it best, best fit first."""
    allowed = ROLE_FIELDS.get(role, ())
    taken: dict[str, tuple[str, int, str]] = {
        column: (told[column], FULL, "as told") for column in columns if column in told
    }
    used = {name for name, _, _ in taken.values() if name}
    for score, _, column, name, why in sorted(
        _offers(columns, scores, role=role, allowed=allowed),
        key=lambda offer: (-offer[0], offer[1]),
    ):
        if column not in taken and name not in used:
            taken[column] = (name, score, why)
            used.add(name)
    return [
        ColumnMatch(
            column=column,
            field=taken[column][0] if column in taken else "",
            confidence=max(0, taken[column][1]) if column in taken else 0,
            reason=taken[column][2] if column in taken else "not recognised",
            held=held[column],
        )
        for column in columns
    ]


def _offers(
    columns: Sequence[str],
    scores: Mapping[str, Mapping[str, tuple[int, str]]],
    *,
    role: str,
    allowed: Sequence[str],
) -> list[tuple[int, int, str, str, str]]:
    renamed = TRANSLATED.get("payments" if role == "allocations" else role, {})
    offers = []
    for position, column in enumerate(columns):
        for name, (score, why) in scores.get(column, {}).items():
            if name in allowed:
                offers.append((score, position, column, name, why))
            elif name in renamed and renamed[name] in allowed:
                offers.append((score - MINUS_TRANSLATED, position, column, renamed[name], why))
    return offers


def _key_as_number(matches: Sequence[ColumnMatch], *, role: str) -> list[ColumnMatch]:
    """Take the key for the number where there is no number of its own."""
    fields = {match.field for match in matches}
    swap = {}
    if role == "items" and "item_key" in fields and "item_number" not in fields:
        swap["item_key"] = "item_number"
    if role in {"items", "customers", "orders"} and "customer_number" not in fields:
        for name in ("customer_alias", "customer_name"):
            if name in fields:
                swap[name] = "customer_number"
                break
    return [replace(match, field=swap.get(match.field, match.field)) for match in matches]


def _header_currency(matches: Iterable[ColumnMatch]) -> str:
    """Return the currency named in the headers of the amount columns, if they name one only."""
    named = {
        word.upper()
        for match in matches
        if match.field in AMOUNT_FIELDS
        for word in plain_words(match.column).split()
        if word.upper() in ISO_CODES
    }
    symbols = {"€": "EUR", "£": "GBP"}
    named |= {
        code
        for match in matches
        if match.field in AMOUNT_FIELDS
        for symbol, code in symbols.items()
        if symbol in match.column
    }
    return named.pop() if len(named) == 1 else ""
