"""How large a rectangle the cells of a worksheet's XML span, told without laying it out."""

import re
from collections import Counter

LAST_COLUMN = 702
"""ZZ, the last column that is read."""
LAST_ROW = 1_048_576
"""The last row a workbook can have (ECMA-376, as every program writes it)."""
SMALL_AREA = 2 * 1024**2
"""Cells that the rectangle of any sheet may have. A reader lays a sheet out as a full rectangle,
so two far cells of a tiny file would take all memory: a larger rectangle needs one byte of the
sheet's text a cell, where a cell that holds something takes fifteen and more."""
LONGEST_TEXT = 16 * 1024**2
"""Most bytes of a sheet without a tag; a cell holds 32,767 signs."""

LONGEST_COLUMN = 1024

_DATA = b"sheetData"
_TAG = rb"<(?:[^\s<>/:]+:)?"
_PLAIN = rb' r="[A-Za-z]{1,3}"(?: [a-qs-z][a-z]*="[^"<>]*")*/?>'
_ODD = re.compile(_TAG + rb"c(?!" + _PLAIN + rb")[\s/>]")
"""A cell, without figures, whose address is left out or not written as every program does."""
_COLUMN, _ROW = re.compile(rb' r="([A-Za-z]+)"'), re.compile(rb' r="[A-Za-z]*(\d+)"')
_ANY_COLUMN = re.compile(rb"(?<![\w:.-])r\s*=\s*[\"']([A-Za-z]+)")
_ANY_ROW = re.compile(rb"(?<![\w:.-])r\s*=\s*[\"'][A-Za-z]*(\d+)")
_CELL_BEGINS = re.compile(_TAG + rb"c[\s/>]")
_ROW_BEGINS = re.compile(_TAG + rb"row[\s/>]")
_SHARED = (b'="s"', b"='s'")
_ANY_SHARED = re.compile(rb"=\s*[\"']s[\"']")
"""How an attribute is written that may say of a cell that it shows a shared text."""
_FIGURES, _SAME_FIGURE = b"0123456789.-", bytes.maketrans(b"123456789", b"0" * 9)
_LONGEST_ROW = len(str(LAST_ROW))


class SheetArea:
    """What the cells of one part of a workbook span, whose text is added block by block.

    A first look tells rows by the digits of the longest number alone, which is enough for nearly
    all sheets; `is_exact` tells them by number. With `counts` cells and rows are counted too, as
    a part needs it that `is_odd`: a cell without an address stands behind the one before it, and
    such a row below the one before.
    """

    def __init__(self, *, is_exact: bool = False, counts: bool = False) -> None:
        self.is_sheet = self.is_odd = self.is_endless = False
        self.size = self.columns = self.rows = self.shared = 0
        self._is_exact, self._counts = is_exact or counts, counts
        self._digits = 0
        self._most_in_row = self._in_row = self._rows_begun = 0
        self._held = b""

    def add(self, block: bytes) -> None:
        """Take the next block of the part's text; an empty one ends it."""
        self.size += len(block)
        text = self._held + block
        # what stands before its data is no part of a sheet that is read
        self.is_sheet = self.is_sheet or _DATA in text
        if not self.is_sheet:
            self._held = text[-len(_DATA) :]
            return
        # a tag is not judged before it is whole
        cut = max(text.rfind(b"<"), 0) if block else len(text)
        text, self._held = text[:cut], text[cut:]
        self.is_endless = self.is_endless or len(self._held) > LONGEST_TEXT
        if self.is_endless:
            self._held = b""
        elif self._is_exact:
            self._count(text)
        else:
            self._look(text)

    def _look(self, text: bytes) -> None:
        """Look once at each kind of row: they differ in their figures and in little else."""
        kinds = Counter(text.translate(None, _FIGURES).split(b"</row>"))
        self.shared += sum(count * sum(map(kind.count, _SHARED)) for kind, count in kinds.items())
        for kind in kinds:
            self.is_odd = self.is_odd or bool(_ODD.search(kind))
            self.columns = max([self.columns, *map(_column, set(_COLUMN.findall(kind)))])
        figures = text.translate(_SAME_FIGURE)
        while self._digits < _LONGEST_ROW and b"0" * (self._digits + 1) + b'"' in figures:
            self._digits += 1
        self.rows = max(self.rows, 10 ** min(self._digits, _LONGEST_ROW - 1) - 1)
        if b"0" * _LONGEST_ROW + b'"' in figures:
            found = {row for row in _ROW.findall(text) if len(row) >= _LONGEST_ROW}
            self.rows = max([self.rows, *map(int, found)])

    def _count(self, text: bytes) -> None:
        self.columns = max([self.columns, *map(_column, set(_ANY_COLUMN.findall(text)))])
        self.rows = max([self.rows, *map(int, set(_ANY_ROW.findall(text)))])
        self.shared += len(_ANY_SHARED.findall(text))
        if not self._counts:
            return
        first, *others = (len(_CELL_BEGINS.findall(part)) for part in _ROW_BEGINS.split(text))
        self._rows_begun += len(others)
        self._most_in_row = max(self._most_in_row, self._in_row + first, *others)
        self._in_row = others[-1] if others else self._in_row + first

    @property
    def is_absurd(self) -> bool:
        """Whether a cell is behind the last column or row, or the rectangle is mostly empty."""
        cells = (self.columns + self._most_in_row) * (self.rows + self._rows_begun)
        return self.is_sheet and (
            self.is_endless
            or self.columns > LAST_COLUMN
            or self.rows > LAST_ROW
            or cells > max(SMALL_AREA, self.size)
        )


def _column(letters: bytes) -> int:
    """Return a column's number from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper()[:LONGEST_COLUMN]:
        number = number * 26 + letter - 64
    return number
