"""Bank files and cash application without a database: `statement` and `match`."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.cli.printing import Answer, Row, money
from dunwell.engine.calendars import day_number
from dunwell.engine.matching import MatchPolicy, match_answer
from dunwell.engine.matching import match as matched
from dunwell.formats.bank.answer import statement_answer
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.registry import FORMATS
from dunwell.formats.bank.statement import BankFile, StatementError
from dunwell.formats.bank.text import head
from dunwell.formats.findings import TableError
from dunwell.formats.match_rows import MatchRows, read_items, read_payments, read_remittances
from dunwell.formats.remittance.answer import advices_answer, as_statements
from dunwell.formats.remittance.entries import advices_of
from dunwell.formats.remittance.reader import RemittanceFile, is_remittance, read_remittance

_TAG = re.compile(r"<\w+")
_ADVISES = re.compile(
    r"\b(?:invoices?|remittance|payment advice|rechnung\w*|zahlungsavis|gutschrift|factures?|"
    r"avis de paiement|facturas?|factuur|facturen)\b"
)
"""Words by which a text says which documents are paid."""

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".parquet")
PAYMENTS: dict[str, type[pl.DataType]] = {
    "payment_id": pl.String,
    "value_day": pl.Int32,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "payer": pl.String,
    "account": pl.String,
    "reference": pl.String,
    "text": pl.String,
    "end_to_end_id": pl.String,
}
"""What a bank's entries become for matching, see `engine.matching.inputs`."""


def statement(options: argparse.Namespace) -> Answer:
    """Return what a bank or remittance file holds. Raises StatementError when it cannot be read.

    What payers say they pay stands under `advices`, of bank messages that carry it too. What does
    not add up is told on the error output, for rows have no place for it.
    """
    content, name = options.file.read_bytes(), options.file.name
    advice = _remittance(content, name)
    if advice is not None:
        answer = as_statements(advice)
    else:
        file = read_bank_file(content, name)
        answer = statement_answer(file)
        if told := advices_of(file):
            answer["advices"] = advices_answer(told)
    if options.format != "json":
        _tell_findings(name, answer)
    rows: list[Row] = [
        {
            "statement": one["id"],
            "value_on": entry["value_on"] or "",
            "amount": _shown(entry["amount_minor"], entry["currency"]),
            "amount_minor": entry["amount_minor"],
            "currency": entry["currency"],
            "counterparty": entry["counterparty"],
            "reference": entry["reference"],
            "text": entry["text"],
        }
        for one in answer["statements"]
        for entry in one["entries"]
    ]
    return answer, rows


def _remittance(content: bytes, name: str) -> RemittanceFile | None:
    """Return a remittance advice, None for what is to be read as a bank file.

    Mail, PDF and sheets are told by their form. Other text is one where no bank format fits and
    it says in words which invoices are paid.
    """
    if is_remittance(content, name):
        return read_remittance(content, name)
    begin = head(content).lower()
    is_markup = begin.lstrip().startswith("<") and not {"<html", "<table"} & set(
        _TAG.findall(begin)
    )
    if is_markup or not _ADVISES.search(begin):
        return None
    if any(known.sniff(content, name) for known in FORMATS):
        return None
    try:
        return read_remittance(content, name)
    except StatementError:
        # the bank's reader says better what the file is not
        return None


def _tell_findings(name: str, answer: dict[str, Any]) -> None:
    parts = (answer, *answer["statements"])
    lines = (
        f"{name}: {found['place']}: {found['reason']}\n" for p in parts for found in p["findings"]
    )
    sys.stderr.writelines(dict.fromkeys(lines))


def _shown(amount_minor: int | None, currency: str) -> str:
    return "" if amount_minor is None else money(amount_minor, currency)


def match(options: argparse.Namespace) -> Answer:
    """Return which payment pays which item, what stays unapplied and what is held.

    Payments are a bank file's money in, or rows of the plain layout. Raises StatementError and
    TableError when a file cannot be read.
    """
    payments = _payments(options.statement)
    items = read_items(options.items)
    lines = None
    if options.remittance:
        lines = read_remittances(options.remittance, payments=payments.frame)
    for rows in (payments, items, lines):
        _tell_refused(rows)
    found = matched(
        payments.frame,
        items.frame,
        remittances=None if lines is None else lines.frame,
        policy=MatchPolicy(own_names=tuple(options.own_name or ())),
    )
    answer = match_answer(found)
    left, held = len(answer["unapplied"]), len(answer["held"])
    if options.format != "json" and (left or held):
        sys.stderr.write(f"unapplied: {left:,}, held for a person: {held:,}; json says why\n")
    return answer, [
        {
            "payment_id": one["payment_id"],
            "item_id": one["item_id"],
            "amount": money(one["amount_minor"], str(one["currency"])),
            "amount_minor": one["amount_minor"],
            "currency": one["currency"],
            "tier": one["tier"],
            "confidence": one["confidence"],
        }
        for one in answer["allocations"]
    ]


def _bank_file(path: Path) -> BankFile:
    return read_bank_file(path.read_bytes(), path.name)


def _payments(path: Path) -> MatchRows:
    """Return the payments of a plain table, or the money in of a bank file."""
    plain: TableError | None = None
    if path.suffix.lower() in TABLE_SUFFIXES:
        try:
            return read_payments(path)
        except TableError as error:
            plain = error
    try:
        file = _bank_file(path)
    except StatementError:
        if plain is not None:
            raise plain from None
        raise
    rows = list(_money_in(file))
    frame = pl.DataFrame(rows, schema=PAYMENTS, orient="row")
    return MatchRows(
        frame=nw.from_native(frame.lazy()), findings=pl.DataFrame(), rows_read=frame.height
    )


def _money_in(file: BankFile) -> Iterator[tuple[str | int, ...]]:
    for one in file.statements:
        for entry in one.entries:
            if entry.amount_minor > 0:
                yield (
                    entry.entry_id,
                    day_number(entry.value_on),
                    entry.amount_minor,
                    entry.currency,
                    entry.counterparty,
                    entry.counterparty_account,
                    entry.reference,
                    entry.text,
                    entry.end_to_end,
                )


def _tell_refused(rows: MatchRows | None) -> None:
    if rows is None:
        return
    for row in rows.findings.to_dicts():
        sys.stderr.write(f"{row['file']} row {row['row']}, {row['column']}: {row['reason']}\n")
