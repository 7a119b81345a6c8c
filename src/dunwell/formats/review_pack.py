"""The frozen pack of a portfolio review: its tables as PDF and as a workbook.

A pack is data alone: sections with typed columns (`text`, `money` in minor units, `share` in ppm,
`count`, `day`, `number` as decimal text). The same pack gives the same bytes.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value, safe_text
from dunwell.formats.typesetting import plain, shown_day, shown_money, typeset

PACK_MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The files a pack is handed out as, by their ending, and their media types."""

PPM = 1_000_000
Cell = str | int | None

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "as_of": "As of",
        "none": "None.",
        "figures": "SHA-256 of the figures",
        "page": "Page {page} of {pages}",
    },
    "de": {
        "as_of": "Stand",
        "none": "Keine.",
        "figures": "SHA-256 der Zahlen",
        "page": "Seite {page} von {pages}",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PackSection:
    """One table: `columns` are (heading, kind), `rows` hold a cell for each; the first names."""

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPack:
    """Everything a pack says; amounts in minor units of `currency`."""

    title: str
    company: str
    language: str
    as_of: date
    currency: str
    sections: tuple[PackSection, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PackChange:
    """A cell that differs from the pack before; None: it was or is not there."""

    section: str
    row: str
    column: str
    kind: str
    before: int | None
    now: int | None


def pack_document(pack: ReviewPack) -> dict[str, Any]:
    """Return a pack as JSON holds it."""
    return {
        "title": pack.title,
        "company": pack.company,
        "language": pack.language,
        "as_of": pack.as_of.isoformat(),
        "currency": pack.currency,
        "sections": [
            {
                "key": part.key,
                "title": part.title,
                "columns": [list(column) for column in part.columns],
                "rows": [list(row) for row in part.rows],
            }
            for part in pack.sections
        ],
    }


def read_pack(document: Mapping[str, Any]) -> ReviewPack:
    """Return the pack of a document that `pack_document` made."""
    return ReviewPack(
        title=document["title"],
        company=document["company"],
        language=document["language"],
        as_of=date.fromisoformat(document["as_of"]),
        currency=document["currency"],
        sections=tuple(
            PackSection(
                key=part["key"],
                title=part["title"],
                columns=tuple((name, kind) for name, kind in part["columns"]),
                rows=tuple(tuple(row) for row in part["rows"]),
            )
            for part in document["sections"]
        ),
    )


def pack_hash(document: Mapping[str, Any]) -> str:
    """Return SHA-256 over a pack's canonical JSON, hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def pack_changes(now: ReviewPack, before: ReviewPack) -> tuple[PackChange, ...]:
    """Return every number that differs between two packs, in the order of the newer one."""
    old = _numbers(before)
    new = _numbers(now)
    places = [*new, *(place for place in old if place not in new)]
    titles = {part.key: part.title for pack in (before, now) for part in pack.sections}
    changes = []
    for place in places:
        key, row, column, kind = place
        if (was := old.get(place)) != (is_now := new.get(place)):
            changes.append(
                PackChange(
                    section=titles[key], row=row, column=column, kind=kind, before=was, now=is_now
                )
            )
    return tuple(changes)


def _numbers(pack: ReviewPack) -> dict[tuple[str, str, str, str], int | None]:
    """Return the numbers of a pack by section, row, column and kind."""
    found: dict[tuple[str, str, str, str], int | None] = {}
    for part in pack.sections:
        for row in part.rows:
            for (name, kind), cell in zip(part.columns[1:], row[1:], strict=True):
                if kind in {"money", "share", "count"} and not isinstance(cell, str):
                    found[(part.key, str(row[0]), name, kind)] = cell
    return found


def review_pack_pdf(pack: ReviewPack, *, sha256: str) -> bytes:
    """Return the pack as PDF; raise TypesettingError when typst cannot set it."""
    language = pack.language if pack.language in WORDS else "en"
    return typeset(
        "review_pack",
        {
            "language": language,
            "words": dict(WORDS[language]),
            "title": plain(pack.title),
            "company": plain(pack.company),
            "currency": pack.currency,
            "sha256": sha256,
            "day": [pack.as_of.year, pack.as_of.month, pack.as_of.day],
            "shown_day": shown_day(pack.as_of, language),
            "sections": [
                {
                    "title": plain(part.title),
                    "heads": [plain(name) for name, _ in part.columns],
                    "rows": [
                        [
                            shown_cell(cell, kind, pack.currency, language)
                            for cell, (_, kind) in zip(row, part.columns, strict=True)
                        ]
                        for row in part.rows
                    ],
                }
                for part in pack.sections
            ],
        },
        on=pack.as_of,
    )


def shown_cell(cell: Cell, kind: str, currency: str, language: str) -> str:
    """Return a cell as text in a language; a dash for nothing."""
    if cell is None or cell == "":
        return "\N{EN DASH}"
    if kind == "money":
        return shown_money(int(cell), currency, language)
    if kind == "share":
        return f"{int(cell) / 10_000:.1f}\N{NO-BREAK SPACE}%"
    if kind == "day":
        return shown_day(date.fromisoformat(str(cell)), language)
    return plain(str(cell))


def review_pack_xlsx(pack: ReviewPack) -> bytes:
    """Return the pack as a workbook, a sheet for each table; numbers keep their type."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        # without the moment of making: the same figures give the same bytes
        book.set_properties({"title": pack.title, "created": _midnight(pack.as_of)})
        bold = book.add_format({"bold": True})
        used: set[str] = set()
        for part in pack.sections:
            page = book.add_worksheet(_sheet_name(part.title, used))
            page.set_column(0, 0, 36)
            page.freeze_panes(1, 0)
            page.write_row(0, 0, [str(safe_text(name)) for name, _ in part.columns], bold)
            for line, row in enumerate(part.rows, start=1):
                kinds = [kind for _, kind in part.columns]
                page.write_row(line, 0, _cells(row, kinds, pack.currency))
    return target.getvalue()


def _cells(row: Sequence[Cell], kinds: Sequence[str], currency: str) -> list[Value]:
    cells: list[Value] = []
    for cell, kind in zip(row, kinds, strict=True):
        if cell is None:
            cells.append(None)
        elif kind == "money":
            cells.append(float(from_minor(int(cell), currency)))
        elif kind == "share":
            cells.append(int(cell) / PPM)
        else:
            cells.append(safe_text(cell))
    return cells


def _sheet_name(title: str, used: set[str]) -> str:
    """Return a name a sheet may have, that no other has."""
    name = "".join("-" if sign in "[]:*?/\\'" else sign for sign in title)[:28].strip() or "-"
    number = 1
    while name.casefold() in used:
        number += 1
        name = f"{name[:26]} {number}"
    used.add(name.casefold())
    return name


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  a workbook knows no zone
