"""Any file with a table in it: what it is, by its content, and its tables as text columns."""

from pathlib import Path

from dunwell.formats.books.audit_xml import looks_like_audit_xml, read_audit_xml
from dunwell.formats.books.datev import looks_like_datev, read_datev
from dunwell.formats.books.recognised import known_books
from dunwell.formats.books.xml_records import head_of_source
from dunwell.formats.compound_file import OLE
from dunwell.formats.delimited import read_delimited
from dunwell.formats.findings import TableError
from dunwell.formats.grid import DEFAULT_LIMIT, Table
from dunwell.formats.parquet import read_parquet
from dunwell.formats.spreadsheet import read_spreadsheet
from dunwell.formats.sqldump import looks_like_dump, read_sqldump
from dunwell.formats.workbooks import ZIP

HEAD = 1 << 16
REFUSED = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"%PDF", "a PDF document", "Export the ledger as CSV or XLSX instead of printing it."),
    (b"\x89PNG", "a picture", "Export the ledger as CSV or XLSX."),
    (b"\xff\xd8\xff", "a picture", "Export the ledger as CSV or XLSX."),
    (b"GIF8", "a picture", "Export the ledger as CSV or XLSX."),
    (b"{\\rtf", "a text document", "Export the ledger as CSV or XLSX."),
    (b"\x7fELF", "a program", "Export the ledger as CSV or XLSX."),
    (b"SQLite format 3\0", "a SQLite database", "Export its tables as CSV or as an SQL dump."),
)
"""Content that is recognised and refused: first bytes, what it is, what to do."""
MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"<soap")


def read_table(
    source: Path | bytes,
    *,
    name: str = "",
    limit_bytes: int = DEFAULT_LIMIT,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Table:
    """Return the file's table; with several sheets or database tables, the one with most cells.

    Raises TableError as `read_tables` does.
    """
    tables = _tables(
        source,
        name=name,
        limit_bytes=limit_bytes,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
    )
    return max(tables, key=lambda table: table.cells.height * table.cells.width)


def read_tables(
    source: Path | bytes,
    *,
    name: str = "",
    limit_bytes: int = DEFAULT_LIMIT,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> list[Table]:
    """Return every table of a file: one for text and Parquet, one per sheet or database table.

    Audit files and known exports (`formats.books`) come as the tables of what they say.
    `source` is a path or the bytes themselves; the kind of file is told by its content, never
    by its name. `encoding`, `delimiter` and `sheet` override what is detected. Raises TableError
    (what, where, what to do) for a missing, empty, too large, binary, cut off, damaged or locked
    file, and for one that unpacks to more than it should.
    """
    head = _head(source, name=name or "file", limit_bytes=limit_bytes)
    if looks_like_datev(head):
        label = name or (source.name if isinstance(source, Path) else "file")
        return read_datev(_load(source, name=label), name=label)
    return known_books(
        _tables(
            source,
            name=name,
            limit_bytes=limit_bytes,
            encoding=encoding,
            delimiter=delimiter,
            sheet=sheet,
        )
    )


def _tables(
    source: Path | bytes,
    *,
    name: str,
    limit_bytes: int,
    encoding: str,
    delimiter: str,
    sheet: str,
) -> list[Table]:
    label = name or (source.name if isinstance(source, Path) else "file")
    if looks_like_audit_xml(_head(source, name=label, limit_bytes=limit_bytes)):
        return read_audit_xml(source, name=label)
    data = _load(source, name=label)
    if data.startswith((ZIP, OLE)):
        return read_spreadsheet(data, name=label, sheet=sheet)
    if data.startswith(b"PAR1"):
        return [read_parquet(data, name=label)]
    _refuse_known(data, name=label)
    if looks_like_dump(data[:HEAD]):
        return read_sqldump(data, name=label, encoding=encoding)
    return [read_delimited(data, name=label, encoding=encoding, delimiter=delimiter)]


def _head(source: Path | bytes, *, name: str, limit_bytes: int) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limit_bytes:
            raise TableError(
                f"{name}: has {size:,} bytes; files up to {limit_bytes:,} bytes are read. Split "
                "the export, for instance by year, or raise the limit."
            )
        return head_of_source(source)
    except OSError as error:
        raise _unopened(name, error) from error


def _unopened(name: str, error: OSError) -> TableError:
    return TableError(
        f"{name}: cannot be opened ({error.strerror or error}). Check that it exists."
    )


def _load(source: Path | bytes, *, name: str) -> bytes:
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise _unopened(name, error) from error
    if not data:
        raise TableError(f"{name}: the file is empty. Export the ledger again.")
    return data


def _refuse_known(data: bytes, *, name: str) -> None:
    for magic, kind, remedy in REFUSED:
        if data.startswith(magic):
            raise TableError(f"{name}: is {kind}, not a table. {remedy}")
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise TableError(
            f"{name}: is a web page or XML, even if its name says otherwise. Open it in a "
            "spreadsheet program and save it as XLSX or CSV."
        )
    if start.startswith((b"{", b"[{")):
        raise TableError(
            f"{name}: is JSON, not a table. Export the ledger as CSV, XLSX or Parquet."
        )
