"""An XML file that may be an audit file: which one it is by its root, and its tables."""

from pathlib import Path

from dunwell.formats.books.jpk import read_jpk
from dunwell.formats.books.saft import read_saft
from dunwell.formats.books.xml_records import head_of_source, root_of
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table

_MARKS = (b"<AuditFile", b":AuditFile", b"<JPK", b":JPK")
_BOMS = (b"\xff\xfe", b"\xfe\xff")


def looks_like_audit_xml(head: bytes) -> bool:
    """Return whether a file's beginning opens an SAF-T or a Polish audit file."""
    text = head
    if head.startswith(_BOMS):
        text = head.decode("utf-16", "ignore").encode()
    return text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and any(
        mark in text for mark in _MARKS
    )


def read_audit_xml(source: Path | bytes, *, name: str) -> list[Table]:
    """Return the tables of an audit file, read record by record; a path is never loaded whole.

    Raises TableError for another root, a document type, and damaged or cut off XML.
    """
    namespace, local = root_of(head_of_source(source), name=name)
    if local == "AuditFile":
        return read_saft(source, name=name, namespace=namespace)
    if local == "JPK":
        return read_jpk(source, name=name)
    raise TableError(
        f"{name}: is XML, but no audit file (SAF-T, JPK) by its root {local}. Open it in a "
        "spreadsheet program and save it as XLSX or CSV."
    )
