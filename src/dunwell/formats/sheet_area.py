"""How large a rectangle the cells of a worksheet's XML span, told without laying it out."""

import re

LAST_COLUMN = 702
"""ZZ, the last column that is read."""
LAST_ROW = 1_048_576
"""The last row a workbook can have (ECMA-376, as every program writes it)."""
SMALL_AREA = 2 * 1024**2
"""Cells that the rectangle of any sheet may have. A reader lays a sheet out as a full rectangle,
so two far cells of a tiny file would take all memory: a larger rectangle needs one byte of the
sheet's text a cell, where a cell that holds something takes fifteen and more."""
LONGEST_TAG = 1024

_TAG = rb"<(?:[^\s<>/:]+:)?"
_PLAIN = rb' r="[A-Za-z]{1,3}\d{1,7}"(?: [a-qs-z][a-z]*="[^"<>]*")*/?>'
_ODD = re.compile(_TAG + rb"c(?!" + _PLAIN + rb")[\s/>]")
"""A cell whose address is left out or not written as every spreadsheet program writes it."""
_COLUMN, _ROW = re.compile(rb' r="([A-Za-z]+)'), re.compile(rb' r="[A-Za-z]*(\d+)')
_ANY_COLUMN = re.compile(rb"(?<![\w:.-])r\s*=\s*[\"']([A-Za-z]+)")
_ANY_ROW = re.compile(rb"(?<![\w:.-])r\s*=\s*[\"'][A-Za-z]*(\d+)")
_CELL_BEGINS = re.compile(_TAG + rb"c[\s/>]")
_ROW_BEGINS = re.compile(_TAG + rb"row[\s/>]")


class SheetArea:
    """What the cells of one part of a workbook span, whose text is added block by block.

    With `counts` the cells and rows are counted too, as a part needs it that `is_odd`: a cell
    without an address stands behind the one before it, and such a row below the one before.
    """

    def __init__(self, *, counts: bool = False) -> None:
        self.is_sheet = self.is_odd = False
        self.size = self.columns = self.rows = 0
        self._counts = counts
        self._most_in_row = self._in_row = self._rows_begun = 0
        self._held = b""

    def add(self, block: bytes) -> None:
        """Take the next block of the part's text; an empty one ends it."""
        self.size += len(block)
        text = self._held + block
        # a tag is not judged before it is whole
        cut = max(text.rfind(b"<"), len(text) - LONGEST_TAG, 0) if block else len(text)
        text, self._held = text[:cut], text[cut:]
        self.is_sheet = self.is_sheet or b"sheetData" in text
        self.is_odd = self.is_odd or bool(_ODD.search(text))
        column, row = (_ANY_COLUMN, _ANY_ROW) if self._counts else (_COLUMN, _ROW)
        self.columns = max([self.columns, *map(_column, set(column.findall(text)))])
        self.rows = max([self.rows, *map(int, set(row.findall(text)))])
        if self._counts:
            self._count(text)

    def _count(self, text: bytes) -> None:
        first, *others = (len(_CELL_BEGINS.findall(part)) for part in _ROW_BEGINS.split(text))
        self._rows_begun += len(others)
        self._most_in_row = max(self._most_in_row, self._in_row + first, *others)
        self._in_row = others[-1] if others else self._in_row + first

    @property
    def is_absurd(self) -> bool:
        """Whether a cell is behind the last column or row, or the rectangle is mostly empty."""
        cells = (self.columns + self._most_in_row) * (self.rows + self._rows_begun)
        return self.is_sheet and (
            self.columns > LAST_COLUMN
            or self.rows > LAST_ROW
            or cells > max(SMALL_AREA, self.size)
        )


def _column(letters: bytes) -> int:
    """Return a column's number from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper()[:LONGEST_TAG]:
        number = number * 26 + letter - 64
    return number
