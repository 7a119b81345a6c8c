"""The text of a bank file: byte order marks, encodings and line ends settled in one place."""

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.encoding import BOMS, decode
from dunwell.formats.findings import TableError

HEAD = 4096
"""Bytes from which a format is recognised."""


def head(content: bytes) -> str:
    """Return the beginning of a file as text, for recognising its format; never raises."""
    begin = content[:HEAD]
    for bom, encoding in BOMS:
        if begin.startswith(bom):
            return begin.decode(encoding, "replace").lstrip("\ufeff")
    wide = len(begin) > 1 and 0 in begin[:2]
    if wide and begin[:2] != b"\0\0":
        return begin.decode("utf-16-be" if begin[0] == 0 else "utf-16-le", "replace")
    return begin.decode("utf-8", "replace")


def bank_text(content: bytes, *, name: str, encoding: str = "") -> str:
    """Return the whole file as text with lines ended by a bare line feed.

    Raises StatementError for binary data and for bytes the told `encoding` cannot hold.
    """
    try:
        decoded = decode(content, name=name, encoding=encoding)
    except TableError as error:
        reason = str(error).removeprefix(f"{name}: ")
        raise StatementError(name, "whole file", reason) from error
    text = decoded.data.decode("utf-8").lstrip("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")
