"""What stands around the table of a bank sheet: account, currency, opening and closing balance."""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dunwell.formats.bank.references import is_iban, plain
from dunwell.formats.bank.sheet_words import (
    ACCOUNT_WORDS,
    CLOSING_WORDS,
    CURRENCY_WORDS,
    OPENING_WORDS,
    TOTAL_WORDS,
)
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.delimited import DELIMITER_NAMES
from dunwell.formats.encoding import decode
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words

_LABEL = re.compile(r"^\s*([^:=]{2,40})[:=]\s*(\S.*?)\s*$")
_ACCOUNT = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{3,40}")
_AMOUNT = re.compile(r"\d")
LONGEST_LABEL = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Margins:
    """Account and currency (empty: not told), and balances as texts to be read later."""

    account: str = ""
    currency: str = ""
    opening: str = ""
    closing: str = ""


def rows_above(content: bytes, table: Table) -> list[list[str]]:
    """Return the rows above a table's header as texts; nothing where the table begins at once."""
    header = int(table.detected.get("header_row", 0))
    if header <= 1:
        return []
    if table.detected.get("format") == "spreadsheet":
        return [list(row) for row in table.above]
    names = {name: mark for mark, name in DELIMITER_NAMES.items()}
    delimiter = str(table.detected.get("delimiter", ","))
    text = decode(content, name=table.name).data.decode("utf-8")
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=names.get(delimiter, delimiter)
        )
        return list(itertools.islice(reader, header - 1))
    except csv.Error:
        return []


def margins(rows: Iterable[Sequence[str]]) -> Margins:
    """Return what rows outside the table tell: `label: value`, or a label before its value."""
    pairs: list[tuple[str, str]] = []
    cells: list[str] = []
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        cells += filled
        for at, cell in enumerate(filled):
            found = _LABEL.match(cell)
            if found:
                pairs.append((plain_words(found[1]), found[2]))
            elif at + 1 < len(filled):
                pairs.append((plain_words(cell), filled[at + 1]))
        if len(filled) > 1:
            pairs.append((plain_words(filled[0]), filled[-1]))
    return Margins(
        account=_account(pairs, cells),
        currency=_currency(pairs, cells),
        opening=_first(pairs, OPENING_WORDS),
        closing=_first(pairs, CLOSING_WORDS),
    )


def _first(pairs: Sequence[tuple[str, str]], words: Sequence[str]) -> str:
    """Return the last value with a digit beside a label that begins with one of the words."""
    found = [
        value for label, value in pairs if label.startswith(tuple(words)) and _AMOUNT.search(value)
    ]
    return found[-1] if found else ""


def _account(pairs: Sequence[tuple[str, str]], cells: Sequence[str]) -> str:
    told = [
        value
        for label, value in pairs
        if label in ACCOUNT_WORDS and _ACCOUNT.fullmatch(value.upper()) and _AMOUNT.search(value)
    ]
    if told:
        return plain(told[0])
    ibans = {plain(cell) for cell in cells if is_iban(cell)}
    return ibans.pop() if len(ibans) == 1 else ""


def _currency(pairs: Sequence[tuple[str, str]], cells: Sequence[str]) -> str:
    told = [
        value.upper()
        for label, value in pairs
        if label.startswith(CURRENCY_WORDS) and value.upper() in ISO_CODES
    ]
    if told:
        return told[0]
    codes = {cell.strip(" :()").upper() for cell in cells} & ISO_CODES
    return codes.pop() if len(codes) == 1 else ""


def row_label(cells: Iterable[str | None]) -> str:
    """Return opening, closing or total where a cell of the row names it as such, else empty."""
    for cell in cells:
        if not cell or len(cell) > LONGEST_LABEL:
            continue
        words = plain_words(cell)
        if words.startswith(OPENING_WORDS):
            return "opening"
        if words.startswith(CLOSING_WORDS):
            return "closing"
        if words.split(" ")[0] in TOTAL_WORDS and len(words.split()) <= 3:  # noqa: PLR2004
            return "total"
    return ""
