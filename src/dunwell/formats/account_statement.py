"""A statement of account as a document: what it holds, its canonical JSON and its hash.

The JSON holds the facts of the ledger alone: numbers, days, kinds and minor units, no names
or addresses, which may change. It is written in one way only, so that its SHA-256 proves that
a statement made again says what was said the first time: the JSON file that is handed out is
exactly what was hashed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

FORMAT = "dunwell.account-statement.1"
"""Name and version of the JSON layout; another layout gets another number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """Something that moved the balance; amounts in minor units, money received is below 0.

    `key` names the row of the ledger (item:7, payment:3, allocation:9, netting:5-6) and stays
    the same in every statement, so that a line can be answered. `other` is the number of
    another customer who paid or was paid for.
    """

    key: str
    on: date
    kind: str
    number: str
    reference: str
    other: str
    due_on: date | None
    currency: str
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenLine:
    """An item that is open at the end of the span."""

    key: str
    kind: str
    number: str
    reference: str
    issued_on: date
    due_on: date
    days_past_due: int
    bucket: str
    currency: str
    amount_minor: int
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CashLine:
    """A payment that is not, or not wholly, put on items at the end of the span."""

    key: str
    number: str
    reference: str
    value_on: date
    currency: str
    amount_minor: int
    unapplied_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One currency of a statement, in minor units.

    opening + sum of the lines = closing = open items - unapplied cash; `buckets` holds the open
    amount by lateness, every bucket once.
    """

    currency: str
    opening_minor: int
    movements_minor: int
    closing_minor: int
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    buckets: tuple[tuple[str, int], ...]
    lines: tuple[AccountLine, ...]
    open_items: tuple[OpenLine, ...]
    unapplied: tuple[CashLine, ...]

    def break_of(self) -> str:
        """Return what does not add up, empty text when everything does."""
        opened = sum(row.open_minor for row in self.open_items)
        cash = sum(row.unapplied_minor for row in self.unapplied)
        running = self.opening_minor
        for line in self.lines:
            running += line.amount_minor
            if running != line.balance_minor:
                return f"the balance after {line.key} is {line.balance_minor}, not {running}"
        ties = {
            "opening and movements": self.opening_minor + self.movements_minor,
            "opening and lines": running,
            "open items less unapplied cash": opened - cash,
            "buckets less unapplied cash": sum(minor for _, minor in self.buckets) - cash,
        }
        for what, minor in ties.items():
            if minor != self.closing_minor:
                return f"{what} make {minor}, the closing balance is {self.closing_minor}"
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDocument:
    """A customer's account over a span, both days within it, as known at the end of `known_on`.

    `number` is empty while it is not issued; `accounts` stand in the order of their currencies.
    """

    number: str
    customer: str
    from_on: date
    to_on: date
    known_on: date
    language: str
    accounts: tuple[Account, ...]

    def issued(self, number: str, *, language: str = "") -> "AccountDocument":
        """Return the document under the number and in the language it is issued with."""
        return replace(self, number=number, language=language or self.language)

    def breaks(self) -> tuple[str, ...]:
        """Return what does not add up, by currency; nothing in a statement that is right."""
        found = [(account.currency, account.break_of()) for account in self.accounts]
        return tuple(f"{currency}: {text}" for currency, text in found if text)


def canonical_json(document: AccountDocument) -> bytes:
    """Return the one JSON of a statement: UTF-8, sorted keys, no spaces, minor units, ISO days."""
    data = {"format": FORMAT, **_plain(document)}
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def digest(document: AccountDocument) -> str:
    """Return the SHA-256 of the canonical JSON, as hexadecimal text."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def account_totals(document: AccountDocument) -> list[dict[str, str | int]]:
    """Return opening, movements and closing per currency, as a list of small documents."""
    return [
        {
            "currency": account.currency,
            "opening_minor": account.opening_minor,
            "movements_minor": account.movements_minor,
            "closing_minor": account.closing_minor,
        }
        for account in document.accounts
    ]


def _plain(value: object) -> dict[str, object]:
    """Return a dataclass as what JSON can hold: days as text, buckets by name."""
    return {field.name: _value(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]


def _value(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, tuple):
        return value
    if value and isinstance(value[0], tuple):
        named: Mapping[str, int] = dict(value)
        return named
    return [_plain(part) for part in value]
