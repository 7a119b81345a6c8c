"""Checks of a workbook before it is opened: damage, bombs, absurd cell addresses."""

import io
import zipfile
import zlib
from collections.abc import Sequence

from dunwell.formats.findings import TableError
from dunwell.formats.shared_texts import SharedTexts
from dunwell.formats.sheet_area import SheetArea
from dunwell.formats.workbook_refusals import stray_cells

MOST_ENTRIES = 5000
MOST_UNPACKED = 4 * 1024**3
"""Largest content of a workbook after unpacking, in bytes."""
MOST_RATIO = 300
RATIO_FROM = 64 * 1024**2
"""The ratio is judged for entries larger than this after unpacking, and for all together."""
BLOCK = 1 << 18
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


def check_archive(data: bytes, *, name: str) -> int:
    """Return the unpacked bytes of a workbook that may be opened.

    One that is damaged or would take far more memory than its size tells raises TableError. Sizes
    and dimensions stated in the file are not believed: everything is unpacked and counted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, packed=len(data), name=name)
            total, texts = 0, SharedTexts(name)
            for entry in entries:
                size, cells = _check_entry(archive, entry, name=name, before=total)
                texts.add(archive, entry, size=size, cells=cells)
                total += size
            texts.check(archive, size=total)
            return total
    except TableError:
        raise
    except DAMAGED_ZIP as error:
        raise TableError(
            f"{name}: the workbook is damaged, cut off or encrypted ({error}). Save or export it "
            "again."
        ) from error


def _check_entries(entries: Sequence[zipfile.ZipInfo], *, packed: int, name: str) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise _bomb(name)
    sizes = [(entry.file_size, entry.compress_size) for entry in entries]
    for size, least in [*sizes, (unpacked, packed)]:
        if size > RATIO_FROM and size > MOST_RATIO * least:
            raise _bomb(name)


def _check_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, name: str, before: int
) -> tuple[int, int]:
    """Return the entry's unpacked size, and of a sheet how many cells may show a shared text.

    Raises TableError for a bomb or far cells.
    """
    area = _area(archive, entry, SheetArea(), most=MOST_UNPACKED - before, name=name)
    if area.is_sheet and (area.is_odd or area.is_absurd):
        closer = SheetArea(is_exact=True, counts=area.is_odd)
        area = _area(archive, entry, closer, most=MOST_UNPACKED, name=name)
    if area.is_absurd:
        raise stray_cells(name)
    return area.size, area.shared


def _area(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, area: SheetArea, *, most: int, name: str
) -> SheetArea:
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            if area.size + len(block) > most:
                raise _bomb(name)
            area.add(block)
    area.add(b"")
    return area


def _bomb(name: str) -> TableError:
    return TableError(
        f"{name}: the workbook unpacks to far more data than any ledger holds (over "
        f"{MOST_UNPACKED // 1024**3} GB, {MOST_ENTRIES} parts or {MOST_RATIO} to 1). It was not "
        "opened. Export the sheet as CSV."
    )
