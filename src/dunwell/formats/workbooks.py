"""Workbooks of any kind (XLSX, XLSM, ODS, XLS): checked before they are opened, sheet by sheet."""

import io
import itertools
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, ZipError

from dunwell.formats.archive import check_archive
from dunwell.formats.compound_file import OLE
from dunwell.formats.findings import TableError
from dunwell.formats.old_workbook import safe_workbook
from dunwell.formats.open_document import CONTENT, KIND, SPREADSHEET, document_sheets
from dunwell.formats.sheet_area import SMALL_AREA
from dunwell.formats.workbook_refusals import locked_workbook
from dunwell.formats.workbook_sheet import Cell, Sheet, sheet_title

ZIP = b"PK\x03\x04"
KIND_WITHIN = 200
BOOK, BINARY_BOOK = "workbook.xml", "workbook.bin"


def is_workbook(data: bytes) -> bool:
    """Return whether the file is a workbook by its first bytes and, of a ZIP, its parts."""
    if not data.startswith(ZIP):
        return data.startswith(OLE)
    # an open document tells its kind in its first part, which is not packed
    is_document = data[30:38] == KIND.encode() and SPREADSHEET in data[38:KIND_WITHIN]
    return is_document or b"xl/workbook.xml" in data


def workbook_sheets(data: bytes, *, name: str, sheet: str = "") -> Iterator[Sheet]:
    """Yield each sheet that holds something, or only the one named `sheet`.

    Raises TableError, also while rows are read, where the file is no workbook, is damaged,
    locked by a password or has no such sheet, and where it would take far more memory than its
    size tells.
    """
    if data.startswith(OLE):
        safe = safe_workbook(data, name=name)
        return _opened(safe, name=name, sheet=sheet, size=len(data))
    size = check_archive(data, name=name)
    if _is_open_document(data, name=name):
        return _named(document_sheets(data, name=name), name=name, sheet=sheet)
    return _opened(data, name=name, sheet=sheet, size=size)


def _is_open_document(data: bytes, *, name: str) -> bool:
    """Return whether a checked ZIP is an ODS and no XLSX; raise for one that is neither or both.

    The compiled reader tries one kind after the other, and only what is checked may be opened.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename.lower() for entry in archive.infolist()}
        is_book = any(part.endswith(BOOK) for part in parts)
        is_binary = any(part.endswith(BINARY_BOOK) for part in parts)
        if is_book and not is_binary and CONTENT not in parts:
            return False
        if not is_book and not is_binary and {KIND, CONTENT} <= parts:
            with archive.open(KIND) as stream:
                if stream.read(len(SPREADSHEET)) == SPREADSHEET:
                    return True
    raise TableError(
        f"{name}: is a ZIP archive but no XLSX or ODS workbook. Unpack it, or save the sheet as "
        "XLSX or CSV."
    )


def _opened(data: bytes, *, name: str, sheet: str, size: int) -> Iterator[Sheet]:
    """Yield the sheets of a checked XLSX or XLS of so many unpacked bytes."""
    cells = 0
    with _reading(name):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        titles = book.sheet_names
        if sheet and sheet not in titles:
            raise _no_sheet(name, sheet, titles)
        for number, title in enumerate([sheet] if sheet else titles, start=1):
            found = book.get_sheet_by_name(title)
            if found.start is None or not found.height:
                continue
            # many sheets may be one and the same part of the file
            cells += found.height * found.width
            if cells > max(SMALL_AREA, size):
                raise TableError(
                    f"{name}: its sheets hold far more cells than the file. Export the sheet as "
                    "CSV."
                )
            first, left = found.start
            rows = _rows(found, first, name=name)
            yield Sheet(title=sheet_title(title, number), first=first, left=left, rows=rows)


def _rows(sheet: CalamineSheet, first: int, *, name: str) -> Iterator[list[Cell]]:
    # the reader begins in the first row, but in the first column that holds something
    with _reading(name):
        yield from itertools.islice(sheet.iter_rows(), first, None)


def _named(sheets: Iterator[Sheet], *, name: str, sheet: str) -> Iterator[Sheet]:
    titles = []
    for found in sheets:
        titles.append(found.title)
        if not sheet or found.title == sheet:
            yield found
    if sheet and sheet not in titles:
        raise _no_sheet(name, sheet, titles)


def _no_sheet(name: str, sheet: str, titles: list[str]) -> TableError:
    return TableError(f"{name}: has no sheet {sheet!r}; it has {', '.join(titles)}.")


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn whatever the compiled reader raises into TableError."""
    try:
        yield
    except PasswordError as error:
        raise locked_workbook(name) from error
    except (CalamineError, ZipError, OSError, ValueError, OverflowError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(
            f"{name}: the workbook cannot be read ({error}). Save or export it again."
        ) from error
    except BaseException as error:
        # The reader is compiled; where a damaged file breaks it, it raises this unlisted class.
        if type(error).__name__ != "PanicException":
            raise
        raise TableError(f"{name}: the workbook is damaged. Save or export it again.") from error
