"""Open documents (ODS): the rows of each sheet, streamed, in little memory.

An open document says how often a row or cell is repeated, so that a few bytes may stand for more
cells than any memory holds. What is repeated is counted before it is made (ODF 1.3, part 3, 9.1).
"""

import io
import itertools
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from xml.parsers import expat

from dunwell.formats.archive import DAMAGED_ZIP
from dunwell.formats.findings import TableError
from dunwell.formats.shared_texts import most_text
from dunwell.formats.sheet_area import LAST_COLUMN, LAST_ROW, SMALL_AREA
from dunwell.formats.workbook_refusals import (
    damaged_workbook,
    locked_workbook,
    stray_cells,
    too_much_text,
)
from dunwell.formats.workbook_sheet import Cell, Sheet, sheet_title

CONTENT, MANIFEST, KIND = "content.xml", "META-INF/manifest.xml", "mimetype"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
LOCKED = b"encryption-data"
BLOCK = 1 << 16
MANIFEST_BYTES = 1 << 22
LONGEST_TEXT = 1_000_000
"""Most characters of a cell; spreadsheet programs keep 32,767 to 65,535."""

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT = f"{_NAMES}table:1.0 ", f"{_NAMES}office:1.0 ", f"{_NAMES}text:1.0 "
_SHEET, _ROW = f"{_TABLE}table", f"{_TABLE}table-row"
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_PARAGRAPH, _SPACES, _NOTE = f"{_TEXT}p", f"{_TEXT}s", f"{_OFFICE}annotation"
_VALUES = {
    "float": "value",
    "percentage": "value",
    "currency": "value",
    "date": "date-value",
    "time": "time-value",
    "boolean": "boolean-value",
}
_MARKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_ROWS_TIMES, _CELLS_TIMES = f"{_TABLE}number-rows-repeated", f"{_TABLE}number-columns-repeated"
_LASTS = re.compile(
    r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})(?:[.,]\d+)?S)?)?"
)


_Row = tuple[int, str, int, list[Cell]]
"""Number and name of the sheet, number of the row from 0, its cells."""


def document_sheets(data: bytes, *, name: str) -> Iterator[Sheet]:
    """Yield each sheet of an ODS that holds something, with its rows as they are read.

    `name` is for errors. Raises TableError for a damaged or locked file, and where sheets or
    texts would take far more memory than the file.
    """
    found = itertools.groupby(_rows(data, name=name), key=lambda row: row[:2])
    for (number, told), rows in found:
        begun = next(rows)
        rest = (row[3] for row in itertools.chain([begun], rows))
        title = sheet_title(told, number)
        yield Sheet(title=title, first=begun[2], left=0, rows=rest)


def _rows(data: bytes, *, name: str) -> Iterator[_Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_unlocked(archive, name=name)
            with archive.open(CONTENT) as stream:
                size = sum(map(len, iter(lambda: stream.read(BLOCK), b"")))
            reader = _Reader(name, size)
            with archive.open(CONTENT) as stream:
                while block := stream.read(BLOCK):
                    yield from reader.read(block, is_last=False)
            yield from reader.read(b"", is_last=True)
    except TableError:
        raise
    except (expat.ExpatError, *DAMAGED_ZIP) as error:
        raise damaged_workbook(name, str(error)[:100]) from error


def _check_unlocked(archive: zipfile.ZipFile, *, name: str) -> None:
    if MANIFEST in archive.namelist():
        with archive.open(MANIFEST) as stream:
            if LOCKED in stream.read(MANIFEST_BYTES):
                raise locked_workbook(name)


class _Reader:
    """Collects rows from the events of the content's XML."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._most_cells, self._most_text = max(SMALL_AREA, size), most_text(size)
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._depth = 0
        self._found: list[_Row] = []
        # the sheet: its name, where its element is, further tables within it
        self._title, self._sheets = "", 0
        self._sheet_depth = self._nested = 0
        # its rows: the first filled one, the next one, the one behind the last filled one
        self._first, self._at, self._behind, self._widest = -1, 0, 0, 0
        self._cells = self._shown = 0
        # the row: its cells, empty cells not yet among them, how often it stands there
        self._row: list[Cell] | None = None
        self._gap, self._row_times, self._row_shown = 0, 1, 0
        # the cell: its value where it is typed, else its paragraphs
        self._cell_depth = self._note_depth = 0
        self._times = 1
        self._value: Cell | None = None
        self._texts: list[str] = []
        self._in_text, self._length = False, 0

    def read(self, block: bytes, *, is_last: bool) -> list[_Row]:
        """Return the rows that end in the next block of the content."""
        self._found = []
        self._parser.Parse(block, is_last)
        return self._found

    def _doctype(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._cell_depth:
            self._begin_inside(tag, attributes)
        elif tag in _CELLS:
            if self._row is not None:
                self._cell_depth = self._depth
                self._times = int(attributes.get(_CELLS_TIMES, 1))
                self._value = _typed(attributes)
                self._texts, self._length = [], 0
        elif tag == _ROW and self._sheet_depth and not self._nested:
            self._row, self._gap, self._row_shown = [], 0, 0
            self._row_times = int(attributes.get(_ROWS_TIMES, 1))
        elif tag == _SHEET:
            if self._sheet_depth:
                self._nested += 1
            else:
                self._begin_sheet(attributes.get(f"{_TABLE}name", ""))

    def _begin_sheet(self, title: str) -> None:
        self._title, self._sheet_depth = title, self._depth
        self._sheets += 1
        self._cells += (self._behind - max(self._first, 0)) * self._widest
        self._first, self._at, self._behind, self._widest = -1, 0, 0, 0

    def _begin_inside(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element within a cell: its paragraphs, but no notes or shapes on it."""
        if self._note_depth or self._value is not None:
            return
        if tag == _NOTE:
            self._note_depth = self._depth
        elif tag == _PARAGRAPH and self._depth == self._cell_depth + 1:
            self._in_text = True
            if self._texts:
                self._add("\n")
            else:
                self._texts.append("")
        elif self._in_text and tag == _SPACES:
            times = int(attributes.get(f"{_TEXT}c", 1))
            self._add(" " * min(times, LONGEST_TEXT + 1))
        elif self._in_text and tag in _MARKS:
            self._add(_MARKS[tag])

    def _characters(self, text: str) -> None:
        if self._in_text and not self._note_depth:
            self._add(text)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            name = self._name
            most = f"{LONGEST_TEXT:,}"
            raise TableError(
                f"{name}: a cell has more than {most} characters. Export the sheet as CSV."
            )
        self._texts.append(text)

    def _end(self, tag: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._cell_depth:
            if depth == self._cell_depth:
                self._cell_depth = 0
                value = "".join(self._texts) if self._value is None else self._value
                if value == "":
                    self._gap += self._times
                else:
                    self._place(value)
            elif depth == self._cell_depth + 1:
                self._in_text = False
            if depth == self._note_depth:
                self._note_depth = 0
        elif tag == _ROW and self._row is not None:
            self._end_row(self._row)
            self._row = None
        elif tag == _SHEET and self._nested:
            self._nested -= 1
        elif depth == self._sheet_depth:
            self._sheet_depth = 0

    def _place(self, value: Cell) -> None:
        row = self._row
        if row is None or self._times < 1:
            return
        if len(row) + self._gap + self._times > LAST_COLUMN:
            raise stray_cells(self._name)
        if isinstance(value, str):
            size = len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
            self._row_shown += size * self._times
            self._check_shown(self._row_shown)
        row += [""] * self._gap
        row += [value] * self._times
        self._gap = 0

    def _end_row(self, row: list[Cell]) -> None:
        begins, self._at = self._at, self._at + max(self._row_times, 0)
        if not row or begins == self._at:
            return
        if self._first < 0:
            self._first = self._behind = begins
        self._widest = max(self._widest, len(row))
        cells = self._cells + (self._at - self._first) * self._widest
        if self._at > LAST_ROW or cells > self._most_cells:
            raise stray_cells(self._name)
        self._shown += self._row_shown * (self._at - begins)
        self._check_shown(0)
        for number in range(self._behind, self._at):
            cells_of = row if number >= begins else []
            self._found.append((self._sheets, self._title, number, cells_of))
        self._behind = self._at

    def _check_shown(self, more: int) -> None:
        if self._shown + more > self._most_text:
            raise too_much_text(self._name, self._most_text)


def _typed(attributes: Mapping[str, str]) -> Cell | None:
    """Return the value that a cell states beside its text; None where the text is the value."""
    kind = attributes.get(f"{_OFFICE}value-type", "")
    told = attributes.get(_OFFICE + _VALUES.get(kind, "string-value"))
    if told is None or kind == "string":
        return told
    with suppress(ValueError, OverflowError):
        if kind == "date":
            return datetime.fromisoformat(told) if "T" in told else date.fromisoformat(told)
        if kind == "boolean":
            return told == "true"
        if kind == "time":
            return _lasting(told)
        number = float(told)
        return number if math.isfinite(number) and "_" not in told else None
    # what is no day stays readable; a number is shown in the cell's text
    return told if kind in {"date", "time"} else None


def _lasting(told: str) -> timedelta:
    found = _LASTS.fullmatch(told)
    if found is None:
        raise ValueError(told)
    sign, *parts = found.groups()
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    lasts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -lasts if sign else lasts
