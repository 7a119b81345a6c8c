"""Checks of a workbook before it is opened: damage, bombs, absurd cell addresses."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from dunwell.formats.findings import TableError

MOST_ENTRIES = 5000
MOST_UNPACKED = 4 * 1024**3
"""Largest content of a workbook after unpacking, in bytes."""
MOST_RATIO = 300
RATIO_FROM = 64 * 1024**2
"""The ratio is judged for entries larger than this after unpacking."""
BLOCK = 1 << 22
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
)
"""Everything the standard library raises for a zip that is damaged, cut off or encrypted."""
OVERLAP = 64

_TOO_WIDE, _WIDE, _DEEP, _LAST = (
    rb"[A-Z]{3}",
    rb"[B-Z][A-Z]\d",
    rb"[A-Z]*(?:[2-9]\d{5}|\d{7})",
    rb"[A-Z]*(\d{7,12})",
)
"""Cell addresses beyond column ZZ, beyond column AZ, from row 200,000 on, and those whose row may
be behind LAST_ROW. A reader lays a sheet out as a full rectangle, so two far cells of a tiny file
would take all memory."""
LAST_ROW = 1_048_576
"""The last row a workbook can have (ECMA-376, as every program writes it)."""
SHORTEST_DEEP = 4 * 1024**2
"""Bytes a sheet of 200,000 rows has at least, 20 a row: a smaller one has a stray cell there."""


_USUAL = tuple(re.compile(b' r="' + part) for part in (_TOO_WIDE, _WIDE, _DEEP, _LAST))
_ANY = tuple(re.compile(rb"\br\s*=\s*[\"']" + part) for part in (_TOO_WIDE, _WIDE, _DEEP, _LAST))
_ODD_MARKS = (
    b"r='",
    b"r =",
    b"r\t",
    b"r\n",
    b"r\r",
    b"= ",
    b"=\t",
    b"=\n",
    b"=\r",
    b"\tr=",
    b"\nr=",
)
"""Where none of these occurs, addresses are written as every spreadsheet program writes them."""


def check_archive(data: bytes, *, name: str) -> None:
    """Refuse a workbook that is damaged or would take far more memory than its size tells.

    Sizes and dimensions stated in the file are not believed: everything is unpacked and counted.
    Raises TableError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, name=name)
            total = 0
            for entry in entries:
                total += _check_entry(archive, entry, name=name, before=total)
    except TableError:
        raise
    except DAMAGED_ZIP as error:
        raise TableError(
            f"{name}: the workbook is damaged, cut off or encrypted ({error}). Save or export it "
            "again."
        ) from error


def _check_entries(entries: Sequence[zipfile.ZipInfo], *, name: str) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _bomb(name)
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * entry.compress_size:
            raise _bomb(name)


def _check_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, name: str, before: int
) -> int:
    """Return the entry's size after unpacking it; raise for a bomb or far cell addresses."""
    is_sheet = "worksheets/" in entry.filename
    size, is_wide, is_deep, held = 0, False, False, b""
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            size += len(block)
            if before + size > MOST_UNPACKED:
                raise _bomb(name)
            if is_sheet:
                text = held + block
                is_odd = any(mark in text for mark in _ODD_MARKS)
                too_wide, wide, deep, last = _ANY if is_odd else _USUAL
                if too_wide.search(text) or any(int(at) > LAST_ROW for at in last.findall(text)):
                    raise _absurd(name)
                is_wide = is_wide or bool(wide.search(text))
                is_deep = is_deep or bool(deep.search(text))
                held = text[-OVERLAP:]
    if is_deep and (is_wide or size < SHORTEST_DEEP):
        raise _absurd(name)
    return size


def _bomb(name: str) -> TableError:
    return TableError(
        f"{name}: the workbook unpacks to far more data than any ledger holds (over "
        f"{MOST_UNPACKED // 1024**3} GB, {MOST_ENTRIES} parts or {MOST_RATIO} to 1). It was not "
        "opened. Export the sheet as CSV."
    )


def _absurd(name: str) -> TableError:
    return TableError(
        f"{name}: a sheet has cells beyond column ZZ, beyond column AZ and row 200,000, or in "
        "such a row far below all others. Delete the stray cells or export the sheet as CSV."
    )
