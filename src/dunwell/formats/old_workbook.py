"""Old workbooks (XLS), made safe before they are opened: only the records that hold cells stay.

The compiled reader of workbooks believes what a file says of its size, follows chains in circles
and spends hours on formulas nobody asked for. It is therefore given a new file of the records that
were walked and bounded here, by [MS-XLS] 2.1 and 2.4.
"""

import itertools
import struct
from array import array
from collections.abc import Callable, Iterator

from dunwell.formats.compound_file import (
    CompoundFileError,
    Folder,
    read_compound_file,
    write_compound_file,
)
from dunwell.formats.findings import TableError
from dunwell.formats.shared_texts import most_text
from dunwell.formats.sheet_area import LAST_COLUMN, SMALL_AREA
from dunwell.formats.workbook_refusals import (
    damaged_workbook,
    locked_workbook,
    stray_cells,
    too_much_text,
)

STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")
"""The stream of the workbook, in the order in which the names are looked for."""
LOCKED, SHEET, TEXTS, GOES_ON = 0x002F, 0x0085, 0x00FC, 0x003C
BEGIN, END = 0x0809, 0x000A
KEPT = frozenset({BEGIN, 0x0042, 0x0022, 0x041E, 0x00E0, SHEET, TEXTS})
"""Records of the whole book that its cells need: version, code page, days, formats, sheets."""
DIMENSIONS, TEXT_CELL, FORMULA, FORMULA_TEXT, ROW_OF_NUMBERS = 0x0200, 0xFD, 0x06, 0x0207, 0xBD
OWN_TEXTS = frozenset({0x0204, 0x00D6})
CELLS = frozenset({TEXT_CELL, FORMULA, ROW_OF_NUMBERS, 0x0203, 0x0205, 0x027E, *OWN_TEXTS})
SHORTEST_FORMULA = 22
SHORTEST_TEXT_CELL = 10
BYTES_A_CELL = 2
"""Cells of a rectangle that a byte of the file may stand for, as the bound of `SheetArea`: a cell
that holds something takes six bytes and more."""
BYTES_A_PIECE = 1024
MOST_PIECES = 1_000
"""A text table may go on in so many records, and in one more for each so many bytes."""
ARCHIVE = b"PK\x05\x06"
"""What every ZIP ends with: a reader that fails at the workbook would look for one in it."""
_RECORD, _CELL = struct.Struct("<HH"), struct.Struct("<HHHH")


def safe_workbook(data: bytes, *, name: str) -> bytes:
    """Return the XLS again with its cells alone, safe to be opened.

    Raises TableError for a damaged or locked workbook, for a compound file that is none, and for
    one whose cells or texts would take far more memory than the file.
    """
    try:
        stream = _safe_stream(_stream(read_compound_file(data), name=name), name=name)
        return write_compound_file(STREAMS[0], stream)
    except CompoundFileError as error:
        raise damaged_workbook(name, str(error).rstrip(".")) from error


def _stream(folder: Folder, *, name: str) -> bytes:
    if "EncryptedPackage" in folder.streams:
        raise locked_workbook(name)
    found = next((folder.streams[one] for one in STREAMS if one in folder.streams), None)
    if found is None:
        raise TableError(
            f"{name}: is an office file but no workbook. Save the sheet as XLSX or CSV."
        )
    return found


def _safe_stream(stream: bytes, *, name: str) -> bytes:
    size = len(stream)
    # a record's head is read in one piece with the place of its cell, beyond the end too
    padded = bytearray(stream)
    padded += bytes(_CELL.size)
    book: list[bytes] = []
    places: list[tuple[int, int]] = []
    texts = array("I")
    for kind, pieces in _book(padded, size, name=name):
        if kind == LOCKED and pieces[0][:2] != b"\0\0":
            raise locked_workbook(name)
        if kind == TEXTS:
            texts = _text_sizes(pieces, name=name)
        if kind == SHEET:
            if len(pieces[0]) < struct.calcsize("<IHB"):
                raise damaged_workbook(name, "a sheet has no name")
            places.append((len(book), int.from_bytes(pieces[0][:4], "little")))
        if kind in KEPT:
            heads = [kind, *[GOES_ON] * (len(pieces) - 1)]
            book += [
                part
                for head, piece in zip(heads, pieces, strict=True)
                for part in (_RECORD.pack(head, len(piece)), piece)
            ]
    book.append(_RECORD.pack(END, 0))
    sheets: list[_Sheet] = []
    left = size
    for _, place in places:
        sheets.append(_Sheet(padded, place, size, name=name))
        left -= sheets[-1].end - place
        # many sheets in one place would be read as often
        if left < 0:
            raise damaged_workbook(name, "its sheets overlap")
    _check(sheets, texts, size, name=name)
    return _written(padded, book, [at for at, _ in places], sheets, name=name)


def _check(sheets: "list[_Sheet]", texts: "array[int]", size: int, *, name: str) -> None:
    """Raise TableError where cells or texts take more memory than such a file may."""
    ordered = sorted(sheets, key=lambda sheet: sheet.start)
    if any(one.end > other.start for one, other in itertools.pairwise(ordered)):
        raise damaged_workbook(name, "its sheets overlap")
    area = sum(sheet.area for sheet in sheets)
    if area > max(SMALL_AREA, size // BYTES_A_CELL) or any(sheet.is_wide for sheet in sheets):
        raise stray_cells(name)
    most, count = most_text(size), len(texts)
    if sum(len(sheet.texts) for sheet in sheets) * max(texts, default=0) > most:
        shown = sum(texts[at] for sheet in sheets for at in sheet.texts if at < count)
        if shown > most:
            raise too_much_text(name, most)


def _written(
    padded: bytearray, book: list[bytes], places: list[int], sheets: "list[_Sheet]", *, name: str
) -> bytes:
    """Return the stream of the book's records and of each sheet's, which name their places."""
    at = sum(map(len, book))
    bodies = []
    for place, sheet in zip(places, sheets, strict=True):
        # head and content of the record stand one behind the other
        book[place + 1] = struct.pack("<I", at) + book[place + 1][4:]
        parts = [bytes(padded[start:end]) for start, end in sheet.parts]
        body = b"".join([*parts, _RECORD.pack(END, 0)])
        bodies.append(body)
        at += len(body)
    found = b"".join([*book, *bodies])
    if ARCHIVE in found:
        raise damaged_workbook(name, "its cells hold an archive")
    return found


def _book(padded: bytearray, size: int, *, name: str) -> Iterator[tuple[int, list[bytes]]]:
    """Yield kind and pieces of each record of the book up to its end, longer ones in one."""
    at = 0
    while at < size:
        kind, length = _RECORD.unpack_from(padded, at)
        if kind == END:
            return
        pieces = [_piece(padded, at, length, size, name=name)]
        at += _RECORD.size + length
        while at < size and _RECORD.unpack_from(padded, at)[0] == GOES_ON:
            length = _RECORD.unpack_from(padded, at)[1]
            pieces.append(_piece(padded, at, length, size, name=name))
            at += _RECORD.size + length
        if len(pieces) > MOST_PIECES + sum(map(len, pieces)) // BYTES_A_PIECE:
            raise damaged_workbook(name, "its texts are in too many pieces")
        yield kind, pieces


def _piece(padded: bytearray, at: int, length: int, size: int, *, name: str) -> bytes:
    start = at + _RECORD.size
    if start + length > size:
        raise damaged_workbook(name, "it is cut off")
    return bytes(padded[start : start + length])


def _text_sizes(pieces: list[bytes], *, name: str) -> "array[int]":
    """Return the most bytes that each shared text takes; raise where they cannot be told."""
    sizes = array("I")
    rest = iter(pieces)
    piece, at = next(rest), 8
    try:
        while True:
            if at >= len(piece):
                further = next(rest, None)
                if further is None:
                    return sizes
                piece, at = further, 0
                if not piece:
                    sizes.append(0)
                    continue
            count, flags = struct.unpack_from("<HB", piece, at)
            at += 3
            behind = 0
            if flags & 8:
                behind = 4 * int(struct.unpack_from("<H", piece, at)[0])
                at += 2
            if flags & 4:
                behind += int(struct.unpack_from("<I", piece, at)[0])
                at += 4
            # a sign takes three bytes at most in UTF-8, two if it was one byte
            sizes.append(count * (2 + (flags & 1)))
            piece, at = _signs_skipped(piece, at, rest, count, flags & 1)
            while behind:
                if at >= len(piece):
                    piece, at = next(rest), 0
                skipped = min(behind, len(piece) - at)
                at, behind = at + skipped, behind - skipped
    except (struct.error, StopIteration, IndexError) as error:
        raise damaged_workbook(name, "a text is cut off") from error


def _signs_skipped(
    piece: bytes, at: int, rest: Iterator[bytes], left: int, wide: int
) -> tuple[bytes, int]:
    """Return piece and place behind so many signs; each further piece says how wide its are."""
    while True:
        here = min(left, (len(piece) - at) >> wide)
        at += here << wide
        left -= here
        if not left:
            return piece, at
        piece = next(rest)
        wide, at = piece[0] & 1, 1


class _Sheet:
    """Where the cells of a sheet stand in the stream, what they span, which texts they show.

    Charts and other books within the sheet are left out. What must not be believed is emptied on
    the way: stated dimensions, and the formulas beside their values.
    """

    def __init__(self, padded: bytearray, start: int, size: int, *, name: str) -> None:
        self.start = self.end = start
        self.parts: list[tuple[int, int]] = []
        self.texts = array("I")
        self._padded, self._name = padded, name
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._formula = (0, 0)
        self._begins, self._has_begun, self._depth = start, False, 0
        if start > size:
            raise damaged_workbook(name, "a sheet is missing")
        self._walk(size)

    @property
    def is_wide(self) -> bool:
        """Whether a cell stands behind the last column."""
        return max(self._columns, default=0) >= LAST_COLUMN

    @property
    def area(self) -> int:
        """Cells of the rectangle that the sheet is laid out as."""
        if not self._rows:
            return 0
        height = max(self._rows) - min(self._rows) + 1
        return height * (max(self._columns) - min(self._columns) + 1)

    def _walk(self, size: int) -> None:
        further: dict[int, Callable[[int, int, int, int], None]] = {
            TEXT_CELL: self._text_cell,
            ROW_OF_NUMBERS: self._row_of_numbers,
            FORMULA: self._formula_cell,
            FORMULA_TEXT: self._formula_text,
            DIMENSIONS: self._dimensions,
            BEGIN: self._begin,
            **dict.fromkeys(OWN_TEXTS, self._own_text),
        }
        add_row, add_column = self._rows.add, self._columns.add
        padded, unpack, at = self._padded, _CELL.unpack_from, self.start
        while at < size:
            kind, length, row, column = unpack(padded, at)
            end = at + _RECORD.size + length
            if end > size:
                raise damaged_workbook(self._name, "it is cut off")
            if self._depth:
                self._depth += (kind == BEGIN) - (kind == END)
                self._begins = end
            elif kind == END:
                break
            else:
                if kind in CELLS:
                    add_row(row)
                    add_column(column)
                if kind in further:
                    further[kind](at + _RECORD.size, length, row, column)
            at = end
        if not self._depth:
            self.parts.append((self._begins, at))
        self.end = at

    def _begin(self, at: int, *_: int) -> None:
        if self._has_begun:
            self.parts.append((self._begins, at - _RECORD.size))
            self._depth = 1
        self._has_begun = True

    def _text_cell(self, at: int, length: int, *_: int) -> None:
        if length < SHORTEST_TEXT_CELL:
            raise damaged_workbook(self._name, "a cell is cut off")
        self.texts.append(int.from_bytes(self._padded[at + 6 : at + 10], "little"))

    def _row_of_numbers(self, _: int, length: int, __: int, column: int) -> None:
        self._columns.add(column + max(0, (length - 1) // 6 - 1))

    def _formula_cell(self, at: int, length: int, row: int, column: int) -> None:
        if length < SHORTEST_FORMULA:
            raise damaged_workbook(self._name, "a formula is cut off")
        self._formula = (row, column)
        self._padded[at + 20 : at + 22] = b"\0\0"

    def _formula_text(self, at: int, length: int, *_: int) -> None:
        self._check_text(at, length)
        self._rows.add(self._formula[0])
        self._columns.add(self._formula[1])

    def _own_text(self, at: int, length: int, *_: int) -> None:
        self._check_text(at + 6, length - 6)

    def _check_text(self, at: int, room: int) -> None:
        """Raise TableError where a text says that it has more signs than its record has bytes."""
        signs = int.from_bytes(self._padded[at : at + 2], "little")
        if signs > room:
            raise damaged_workbook(self._name, "a text is cut off")

    def _dimensions(self, at: int, length: int, *_: int) -> None:
        self._padded[at : at + length] = bytes(length)
