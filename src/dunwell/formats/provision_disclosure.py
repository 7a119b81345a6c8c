"""The notes on expected losses: the ageing matrix and the roll-forward, as PDF and as a workbook.

Tables of IFRS 7 35H/35I, 35L, 35M and 35N, and of ASC 326-20-50-13. The text is in English or the
company's language where there are words for it. The same facts give the same bytes.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value, safe_text
from dunwell.formats.typesetting import plain, shown_day, shown_money, typeset

PPM = 1_000_000
TEXT, MINOR, SHARE, WORD = "text", "minor", "share", "word"
POOL, BUCKET = "pool", "bucket"
"""What a column holds: text, minor units, ppm, a key of WORDS, a pool or a bucket by its code."""

Cell = str | int | None

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "ifrs9": "Expected credit losses on trade receivables (IFRS 9)",
        "cecl": "Allowance for credit losses on trade receivables (ASC 326)",
        "as_of": "As of",
        "status": "Status",
        "draft": "DRAFT, not posted",
        "matrix": "Receivables and expected losses by days past due",
        "moves": "Roll-forward of the loss allowance",
        "rates": "Loss rates and what they rest on",
        "overlays": "What is expected of the time ahead",
        "individual": "Assessed one by one",
        "enforced": "Written off in the period and still asked for",
        "segment": "Segment",
        "bucket": "Days past due",
        "gross": "Gross",
        "covered": "Covered",
        "rate": "Loss rate",
        "allowance": "Allowance",
        "line": "Movement",
        "now": "This period",
        "before": "Period before",
        "opening": "Opening balance",
        "charge": "Charged for expected losses",
        "release": "Released",
        "write_off": "Written off",
        "recovery": "Recovered",
        "fx": "Exchange differences",
        "closing": "Closing balance",
        "source": "Source",
        "scenario": "Scenario",
        "weight": "Weight",
        "scalar": "Losses become",
        "from_on": "From",
        "reason": "Ground",
        "amount": "Amount",
        "total": "Total",
        "none": "None.",
        "everybody_else": "Everybody else",
        "everybody": "Everybody",
        "not_due": "Not due",
        "days": "{range} days",
        "retained": "Held back, due later",
        "defaulted": ", defaulted",
        "page": "Page {page} of {pages}",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteTable:
    """One table: `kinds` by column, rows of cells; the last row is a total where `has_total`."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_total: bool = False
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionNote:
    """Everything the note says; names of tables and columns are keys of WORDS."""

    company: str
    language: str
    as_of: date
    standard: str
    status: str
    currency: str
    is_posted: bool
    tables: tuple[NoteTable, ...]


def words_of(language: str) -> Mapping[str, str]:
    """Return the words of a language, in English where it has none."""
    return WORDS.get(language, WORDS["en"])


def named_cell(cell: Cell, kind: str, language: str) -> str:
    """Return a pool, bucket or word as the note names it; an empty pool is the total."""
    words, code = words_of(language), str(cell or "")
    if kind == WORD:
        return words[code]
    if kind == POOL:
        pools = {"*": "everybody_else", "all": "everybody", "": "total"}
        return words[pools[code]] if code in pools else code
    if code in ("not_due", "retained"):
        return words[code]
    if code[:1].isdigit():
        return words["days"].format(range=code.replace("-", "\N{EN DASH}"))
    return code.replace(", defaulted", words["defaulted"])


def note_pdf(note: ProvisionNote) -> bytes:
    """Return the note as PDF; raise TypesettingError when typst cannot set it."""
    language = note.language if note.language in WORDS else "en"
    words = WORDS[language]
    data: dict[str, object] = {
        "language": language,
        "title": words[note.standard],
        "company": plain(note.company),
        "currency": note.currency,
        "as_of": words["as_of"],
        "day": [note.as_of.year, note.as_of.month, note.as_of.day],
        "shown_day": shown_day(note.as_of, language),
        "draft": "" if note.is_posted else words["draft"],
        "none": words["none"],
        "page": words["page"],
        "tables": [
            {
                "title": words[table.name],
                "reference": table.reference,
                "heads": [words[name] for name in table.columns],
                "numeric": [kind in (MINOR, SHARE) for kind in table.kinds],
                "narrow": [kind in (BUCKET, MINOR, SHARE) for kind in table.kinds],
                "has_total": table.has_total,
                "rows": [
                    [
                        _shown(cell, kind, note.currency, language)
                        for cell, kind in zip(row, table.kinds, strict=True)
                    ]
                    for row in table.rows
                ],
            }
            for table in note.tables
        ],
    }
    return typeset("provision_note", data, on=note.as_of)


def note_xlsx(note: ProvisionNote) -> bytes:
    """Return the note as a workbook, a sheet for each table; amounts and shares are numbers."""
    words, target = words_of(note.language), io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        percent = book.add_format({"num_format": "0.00%"})
        for table in note.tables:
            page = book.add_worksheet(words[table.name][:31])
            page.set_column(0, 0, 34)
            page.set_column(1, len(table.columns), 18)
            page.freeze_panes(1, 0)
            heads = [str(safe_text(words[name])) for name in table.columns]
            page.write_row(0, 0, heads, bold)
            for line, row in enumerate(table.rows, start=1):
                for at, (cell, kind) in enumerate(zip(row, table.kinds, strict=True)):
                    value = _value(cell, kind, note)
                    page.write(line, at, value, percent if kind == SHARE else None)
    return target.getvalue()


def _value(cell: Cell, kind: str, note: ProvisionNote) -> Value:
    if kind in (WORD, POOL, BUCKET):
        return safe_text(named_cell(cell, kind, note.language))
    if cell is None or isinstance(cell, str):
        return safe_text(cell)
    return from_minor(cell, note.currency) if kind == MINOR else cell / PPM


def _shown(cell: Cell, kind: str, currency: str, language: str) -> str:
    if kind in (WORD, POOL, BUCKET):
        return plain(named_cell(cell, kind, language))
    if cell is None:
        return "\N{EN DASH}"
    if isinstance(cell, str):
        return plain(cell) or "\N{EN DASH}"
    if kind == MINOR:
        return shown_money(cell, currency, language)
    return f"{cell / 10_000:.2f}\N{NO-BREAK SPACE}%"
