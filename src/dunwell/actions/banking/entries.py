"""Entries of new statements: added once, with what becomes of each."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from dunwell.actions.banking.reading import Reading
from dunwell.actions.banking.statements import NewStatement
from dunwell.actions.bulk import insert_rows, staged
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.identities import money_identity
from dunwell.formats.bank.nature import is_own_money, is_return
from dunwell.formats.bank.references import plain
from dunwell.formats.bank.statement import Entry, RemittedItem
from dunwell.formats.bank.tellings import Telling, told_before
from dunwell.models import BankAccount, BankEntry

Treatment = BankEntry.Treatment
LONGEST_TEXT = 4_000
"""Characters of payment text that are kept; no bank sends more to one entry."""
WIDTHS = {
    "counterparty": 200,
    "counterparty_account": 64,
    "counterparty_bank": 64,
    "reference": 400,
    "end_to_end": 140,
    "bank_reference": 140,
    "mandate": 64,
    "code": 60,
    "return_reason": 200,
    "group_id": 64,
    "place": 200,
}
"""Texts of an entry and how many characters of each are kept."""
ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "statement_id": pl.Int64,
    "account_id": pl.Int64,
    "entry_id": pl.String,
    "money_identity": pl.String,
    "value_on": pl.Date,
    "booked_on": pl.Date,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    **dict.fromkeys(WIDTHS, pl.String),
    "text": pl.String,
    "is_reversal": pl.Boolean,
    "status": pl.String,
    "charges_minor": pl.Int64,
    "original_minor": pl.Int64,
    "original_currency": pl.String,
    "remitted": pl.String,
    "treatment": pl.String,
}
_KNOWN = """
SELECT s.entry_id FROM {staged} s
JOIN dunwell_bankentry e ON e.company_id = %s AND e.entry_id = s.entry_id
"""
_TOLD = """
SELECT e.entry_id, e.money_identity, e.statement_id, t.kind, t.opening_on, t.closing_on,
       t.opening_minor, t.closing_minor
FROM (SELECT DISTINCT money_identity FROM {staged}) s
JOIN dunwell_bankentry e ON e.company_id = %s AND e.money_identity = s.money_identity
JOIN dunwell_bankstatement t ON t.id = e.statement_id
WHERE e.status = 'booked' ORDER BY e.id
"""


def add_entries(reading: Reading, statements: Sequence[NewStatement]) -> dict[str, str]:
    """Add the entries that no file told before, each with what becomes of it.

    Returns entry -> the entry that told the same money first, for those that repeat it. Entries
    that will be payments wait as `pending` for `booking.book_entries`.
    """
    own = _own_accounts(reading)
    rows = [row for new in statements for row in _rows(new, own)]
    frame = pl.DataFrame(rows, schema=ROW, orient="row").unique(
        "entry_id", keep="first", maintain_order=True
    )
    if frame.is_empty():
        return {}
    with staged("bank_told", frame.select("entry_id", "money_identity")) as table:
        known = _fetched(_KNOWN.format(staged=table), reading)
        told = _fetched(_TOLD.format(staged=table), reading)
    frame = frame.filter(~pl.col("entry_id").is_in([row[0] for row in known]))
    repeats = _repeats(frame, told, statements)
    insert_rows(
        table="dunwell_bankentry",
        rows=frame.with_columns(
            treatment=pl.when(pl.col("entry_id").is_in(list(repeats)))
            .then(pl.lit(Treatment.SAME_MONEY.value))
            .otherwise(pl.col("treatment")),
            company_id=pl.lit(reading.company.pk, pl.Int64),
            recorded_at=pl.lit(reading.at, pl.Datetime("us", "UTC")),
        ),
    )
    return repeats


def _rows(new: NewStatement, own_accounts: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    for entry in new.told.entries:
        texts = [getattr(entry, name)[:most] for name, most in WIDTHS.items()]
        yield (
            new.record.pk,
            new.record.account_id,
            stored_id(entry),
            money_identity(new.told.account, entry),
            entry.value_on,
            entry.booked_on,
            entry.amount_minor,
            entry.currency,
            *texts,
            _text(entry),
            entry.is_reversal,
            entry.status[:11],
            entry.charges_minor,
            entry.original_minor,
            entry.original_currency,
            json.dumps([_item(item) for item in entry.items], ensure_ascii=False),
            _treatment(entry, new, own_accounts),
        )


def stored_id(entry: Entry) -> str:
    """Return the identity under which an entry is kept.

    What is not booked yet may be told again as booked, under the same `entry_id`.
    """
    if entry.status == "booked":
        return entry.entry_id
    return hashlib.sha256(f"{entry.status} {entry.entry_id}".encode()).hexdigest()[:32]


def _treatment(entry: Entry, new: NewStatement, own_accounts: frozenset[str]) -> str:
    """Return what becomes of an entry, before it is known whether other messages told it."""
    if entry.status != "booked" or not entry.amount_minor:
        return Treatment.PENDING if entry.status != "booked" else Treatment.OTHER
    if new.contradicts or entry.currency == UNKNOWN_CURRENCY or is_return(entry):
        return Treatment.OPEN
    if is_own_money(entry, own_accounts=own_accounts):
        return Treatment.OTHER
    # what went out is looked at by `returns`: it may be a return, a refund, or neither
    return Treatment.PENDING if entry.amount_minor > 0 else Treatment.OTHER


def _own_accounts(reading: Reading) -> frozenset[str]:
    numbers = BankAccount.objects.filter(company=reading.company).values_list("account", flat=True)
    return frozenset(plain(number) for number in numbers if number)


def _repeats(
    frame: pl.DataFrame, told: Iterable[tuple[Any, ...]], statements: Sequence[NewStatement]
) -> dict[str, str]:
    """Return new entry -> the entry that told its money first."""
    records: Mapping[int, NewStatement] = {new.record.pk: new for new in statements}
    booked = frame.filter(pl.col("status") == "booked")
    tellings = [
        Telling(
            entry_id=entry_id,
            money_identity=identity,
            statement=statement,
            kind=kind,
            opening_on=_day(opening_on),
            closing_on=_day(closing_on),
            opening_minor=opening_minor,
            closing_minor=closing_minor,
        )
        for (
            entry_id,
            identity,
            statement,
            kind,
            opening_on,
            closing_on,
            opening_minor,
            closing_minor,
        ) in told
    ]
    for entry_id, identity, key in booked.select(
        "entry_id", "money_identity", "statement_id"
    ).iter_rows():
        record = records[key].record
        tellings.append(
            Telling(
                entry_id=entry_id,
                money_identity=identity,
                statement=key,
                kind=record.kind,
                opening_on=record.opening_on,
                closing_on=record.closing_on,
                opening_minor=record.opening_minor,
                closing_minor=record.closing_minor,
            )
        )
    ours = set(booked["entry_id"])
    return {one: first for one, first in told_before(tellings).items() if one in ours}


def _day(value: date | str | None) -> date | None:
    """Return a day of a raw query; SQLite gives days as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _fetched(statement: str, reading: Reading) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [reading.company.pk])
        return list(cursor.fetchall())


def _text(entry: Entry) -> str:
    """Return the payment text; what only parts of a collective entry say is added."""
    pieces = [entry.text]
    if entry.cheque_number:
        pieces.append(f"cheque {entry.cheque_number}")
    pieces.extend(
        " ".join(filter(None, (part.counterparty, part.reference, part.text)))
        for part in entry.parts
    )
    return "\n".join(filter(None, pieces))[:LONGEST_TEXT]


def _item(item: RemittedItem) -> dict[str, str | int | None]:
    """Return a document of a structured reference as it is stored; amounts in minor units."""
    return {
        "reference": item.reference,
        "currency": item.currency,
        "paid_minor": item.paid_minor,
        "gross_minor": item.gross_minor,
        "discount_minor": item.discount_minor,
        "deduction_minor": item.deduction_minor,
        "kind": item.kind,
        "text": item.text,
    }
