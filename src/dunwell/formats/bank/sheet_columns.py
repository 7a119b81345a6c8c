"""Which column of a bank sheet is which: header words first, then what the cells hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dunwell.formats.bank.sheet_profile import FIELDS, SheetProfile
from dunwell.formats.bank.sheet_words import KNOWN_FIELDS
from dunwell.formats.currencies import ISO_CODES, SYMBOLS, currency_code
from dunwell.formats.decisions import Decision
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words

DATES = ("booked", "valued")
AMOUNTS = ("amount", "debit", "credit", "balance", "fee", "original_amount")
MANY = frozenset({"text"})
"""Fields that several columns may share."""
MOST_NAMED = 12
HALF = 0.5
SAMPLE = 200
"""Filled cells of a column that are looked at."""
_DAY = re.compile(
    r"\d{1,4}([-/. ])\d{1,2}\1\d{1,4}|(?:19|20)\d{6}\b|\d{1,2}[-. ]?[^\W\d]{3,10}[-., ]+\d{2,4}|"
    r"[^\W\d]{3,10} \d{1,2},? \d{4}"
)
_MONEY = re.compile(
    r"\W*+(?:[A-Za-z]{2,3}\W*+)?\d[\d.,' \u00a0\u202f\u2019]*+\W*+(?:[A-Za-z]{1,4}\W*+)?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetColumns:
    """Field -> its columns (several of `text`), the columns left over, a header's currency.

    `decisions` are questions about columns; then the sheet cannot be read yet.
    """

    fields: Mapping[str, tuple[str, ...]]
    rest: tuple[str, ...]
    currency: str = ""
    decisions: tuple[Decision, ...] = ()

    def one(self, name: str) -> str:
        """Return the column of a field, or an empty text."""
        return self.fields[name][0] if name in self.fields else ""


def sheet_columns(table: Table, profile: SheetProfile) -> SheetColumns:
    """Return the columns of a bank sheet as told by the profile, else as recognised."""
    fields: dict[str, list[str]] = {}
    for column in table.cells.columns:
        if profile.columns.get(column):
            fields.setdefault(profile.columns[column], []).append(column)
    offers = sorted(
        (-score, position, column, name)
        for position, column in enumerate(table.cells.columns)
        if column not in profile.columns
        for name, score in _scores(column).items()
        if _fits(table, column, name)
    )
    taken = {column for columns in fields.values() for column in columns}
    for _, _, column, name in offers:
        if column not in taken and (name not in fields or name in MANY):
            fields.setdefault(name, []).append(column)
            taken.add(column)
    _settle_dates(fields)
    found = {name: _ordered(table, columns) for name, columns in fields.items()}
    left = tuple(
        column
        for column in table.cells.columns
        if column not in taken and profile.columns.get(column, " ")
    )
    return SheetColumns(
        fields=found,
        rest=left,
        currency=_header_currency([c for name in AMOUNTS for c in found.get(name, ())]),
        decisions=(*_missing(table, found), *_unclear_currency(table, found, profile)),
    )


def _ordered(table: Table, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(column for column in table.cells.columns if column in columns)


def _scores(column: str) -> dict[str, int]:
    """Return field -> score by the header's words: all of them, without a currency, or most."""
    words = plain_words(column)
    bare = " ".join(word for word in words.split() if word.upper() not in ISO_CODES)
    for phrase, score in ((words, 100), (bare, 95)):
        if phrase in KNOWN_FIELDS:
            return {KNOWN_FIELDS[phrase]: score}
    tokens = set(bare.split())
    scores: dict[str, int] = {}
    for phrase, name in KNOWN_FIELDS.items():
        parts = set(phrase.split())
        share = len(parts) / max(1, len(tokens))
        if len(phrase) > 2 and parts <= tokens and share >= HALF:  # noqa: PLR2004
            scores[name] = max(scores.get(name, 0), round(80 * share))
    return scores


def _fits(table: Table, column: str, name: str) -> bool:
    """Return whether the cells do not contradict the field: at least half look like it."""
    if name not in {*DATES, *AMOUNTS, "currency", "original_currency", "side"}:
        return True
    filled = table.cells.get_column(column).drop_nulls().head(SAMPLE).to_list()
    if not filled:
        return True
    if name in DATES:
        typed = table.days.get(column)
        if typed is not None and typed.count() * 2 >= len(filled):
            return True
        return _share(filled, lambda cell: _DAY.match(cell) is not None) >= HALF
    if name in {"currency", "original_currency"}:
        return _share(filled, lambda cell: bool(currency_code(cell))) >= HALF
    is_money = _share(filled, _is_money) >= HALF
    return not is_money if name == "side" else is_money


def _is_money(cell: str) -> bool:
    return _MONEY.fullmatch(cell) is not None and _DAY.match(cell) is None


def _share(cells: Sequence[str], judge: Callable[[str], bool]) -> float:
    return sum(map(judge, cells)) / len(cells)


def _settle_dates(fields: dict[str, list[str]]) -> None:
    """Take the value date for the booking date where there is no other."""
    if "booked" not in fields and "valued" in fields:
        fields["booked"] = fields["valued"]


def _header_currency(columns: Sequence[str]) -> str:
    """Return the currency the headers of amounts name, if it is one only."""
    words = {word.upper() for column in columns for word in plain_words(column).split()}
    named = words & ISO_CODES
    named |= {
        code
        for symbol, code in SYMBOLS.items()
        if symbol not in "$¥" and any(symbol in column for column in columns)
    }
    return named.pop() if len(named) == 1 else ""


def _missing(table: Table, found: Mapping[str, tuple[str, ...]]) -> list[Decision]:
    """Return the question for a sheet without a column of days or of amounts."""
    wanted = []
    if "booked" not in found:
        wanted.append("the day (booked)")
    if not {"amount", "debit", "credit"} & set(found):
        wanted.append("the amount (amount, or debit and credit)")
    if not wanted:
        return []
    names = table.cells.columns
    shown = ", ".join(repr(name) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return [
        Decision(
            file=table.name,
            part=table.part,
            code="mapping",
            columns=tuple(names),
            options=FIELDS,
            question=f"No column of this table is known as {' or as '.join(wanted)}; its columns "
            f"are {shown}{more}. If it is a bank statement, name the columns in the profile; "
            "otherwise choose another file.",
        )
    ]


def _unclear_currency(
    table: Table, found: Mapping[str, tuple[str, ...]], profile: SheetProfile
) -> list[Decision]:
    """Return the question which of two amounts the only currency column belongs to."""
    if "original_amount" not in found or "currency" not in found or "original_currency" in found:
        return []
    column, other = found["currency"][0], found["original_amount"][0]
    if column in profile.columns or not table.cells.get_column(column).drop_nulls().len():
        return []
    return [
        Decision(
            file=table.name,
            part=table.part,
            code="mapping",
            columns=(column,),
            options=("currency", "original_currency"),
            question=f"Column {column!r} may be the currency of the booked amount or of "
            f"{other!r}. Choose currency or original_currency for it in the profile.",
        )
    ]
