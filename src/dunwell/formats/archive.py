"""Checks of a workbook before it is opened: damage, bombs, absurd cell addresses."""

import io
import zipfile
import zlib
from collections.abc import Sequence

from dunwell.formats.findings import TableError
from dunwell.formats.sheet_area import LAST_ROW, SheetArea

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
    """Return the entry's size after unpacking it; raise for a bomb or far cells."""
    area = SheetArea()
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            if before + area.size + len(block) > MOST_UNPACKED:
                raise _bomb(name)
            area.add(block)
    area.add(b"")
    if area.is_odd and area.is_sheet:
        area = SheetArea(counts=True)
        with archive.open(entry) as stream:
            while block := stream.read(BLOCK):
                area.add(block)
        area.add(b"")
    if area.is_absurd:
        raise _absurd(name)
    return area.size


def _bomb(name: str) -> TableError:
    return TableError(
        f"{name}: the workbook unpacks to far more data than any ledger holds (over "
        f"{MOST_UNPACKED // 1024**3} GB, {MOST_ENTRIES} parts or {MOST_RATIO} to 1). It was not "
        "opened. Export the sheet as CSV."
    )


def _absurd(name: str) -> TableError:
    return TableError(
        f"{name}: a sheet has cells beyond column ZZ or row {LAST_ROW:,}, or cells so far from "
        "the others that it is nearly all empty. Delete the stray cells or export the sheet as "
        "CSV."
    )
