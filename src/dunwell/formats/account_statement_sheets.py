"""A statement of account as one table: CSV and XLSX, safe to open in a spreadsheet.

Every row names its section, so that the sheet can be filtered: opening balance, activity,
closing balance, open items, unapplied cash, ageing. A German CSV has semicolons and decimal
commas, as a German spreadsheet expects; its days stay ISO, which every spreadsheet reads.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from dunwell.engine.money import from_minor
from dunwell.formats.account_statement import Account, AccountDocument
from dunwell.formats.account_statement_words import bucket_words, kind_words, words
from dunwell.formats.exports import Value, safe_text, write_csv, write_xlsx

_COLUMNS = (
    *("number", "customer_number", "currency", "section", "date", "kind", "document"),
    *("reference", "due", "amount", "balance", "open", "days", "key"),
)


def statement_columns(language: str) -> tuple[str, ...]:
    """Return the heads of the table's columns."""
    named = words(language)
    return tuple(named[column] for column in _COLUMNS)


def statement_sheet(document: AccountDocument) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of a statement, amounts as decimals in units of their currency."""
    for account in document.accounts:
        for row in _rows(account, document):
            yield (document.number, document.customer, account.currency, *row)


def statement_csv(document: AccountDocument) -> bytes:
    """Return a statement as CSV in its language: UTF-8 with byte order mark."""
    if document.language != "de":
        return write_csv(statement_columns(document.language), statement_sheet(document))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(statement_columns(document.language))
    writer.writerows([_german(value) for value in row] for row in statement_sheet(document))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def statement_xlsx(document: AccountDocument) -> bytes:
    """Return a statement as an XLSX file of one sheet; dates and amounts keep their type."""
    columns = statement_columns(document.language)
    title = words(document.language)["title"]
    return write_xlsx(columns, statement_sheet(document), sheet=title)


def _german(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    return str(safe_text(value))


def _rows(account: Account, document: AccountDocument) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of one currency, from the column of the section on."""
    named, language = words(document.language), document.language

    def units(minor: int) -> Decimal:
        return from_minor(minor, account.currency)

    empty: tuple[Value, ...] = (None, None, None, None)
    opening, closing = units(account.opening_minor), units(account.closing_minor)
    yield (named["opening"], document.from_on, *empty, None, opening, None, None, None)
    for line in account.lines:
        kind = kind_words(line.kind, language, other=line.other)
        told = (line.on, kind, line.number, line.reference, line.due_on)
        moved = (units(line.amount_minor), units(line.balance_minor), None, None, line.key)
        yield (named["activity"], *told, *moved)
    yield (named["closing"], document.to_on, *empty, None, closing, None, None, None)
    for row in account.open_items:
        kind = kind_words(row.kind, language)
        known = (row.issued_on, kind, row.number, row.reference, row.due_on)
        left = (units(row.amount_minor), None, units(row.open_minor), row.days_past_due, row.key)
        yield (named["open_items"], *known, *left)
    for cash in account.unapplied:
        kind = kind_words("payment", language)
        paid = (cash.value_on, kind, cash.number, cash.reference, None)
        spare = (units(-cash.amount_minor), None, units(-cash.unapplied_minor), None, cash.key)
        yield (named["unapplied"], *paid, *spare)
    for bucket, minor in account.buckets:
        kind = bucket_words(bucket, language)
        yield (
            named["ageing"],
            document.to_on,
            kind,
            *empty[:3],
            None,
            None,
            units(minor),
            *empty[:2],
        )
