"""Records of BAI2: lines with continuations (88) put together, fields taken apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dunwell.formats.bank.fields import quote
from dunwell.formats.bank.statement import StatementError

MOST_CONTINUATIONS = 10_000
_SEVERAL = re.compile(r"/\s+(?=(?:01|02|03|16|49|88|98|99),)")
_RECORD = re.compile(r"(01|02|03|16|49|88|98|99)([,:/].*)?", re.DOTALL)


@dataclass(slots=True)
class Record:
    """A record: its fields after the code, the lines that continue it, and where it begins.

    `physical` counts the lines it takes, as trailers do. `continued` are the lines as written,
    for the text of an entry.
    """

    code: str
    fields: list[str]
    line: int
    physical: int = 1
    continued: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Return where the record begins."""
        return f"line {self.line}"


def field_of(record: Record, position: int) -> str:
    """Return the field at a position (the code is 0), or an empty text."""
    if 0 < position <= len(record.fields):
        return record.fields[position - 1].strip()
    return ""


def records(text: str, name: str) -> Iterator[Record]:
    """Yield the records of a file with their continuations.

    A line that begins with no record code continues the text before; several records in one line
    are taken apart at a slash. Raises StatementError where the file does not begin with 01.
    """
    open_record: Record | None = None
    for number, piece in _pieces(text):
        match = _RECORD.fullmatch(piece.strip())
        rest = _body(match[2] or "") if match else piece.rstrip().removesuffix("/")
        if open_record is None and (not match or match[1] != "01"):
            raise StatementError(
                name,
                f"line {number}",
                f"{quote(piece)} is no BAI2 file header (01). Fetch the file again",
            )
        if match and match[1] != "88":
            if open_record:
                yield open_record
            open_record = Record(match[1], rest.split(",") if rest else [], number)
        elif open_record:
            _continue(open_record, rest, is_record=match is not None, name=name)
    if open_record:
        yield open_record


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of what may be a record, empty ones left out."""
    for number, line in enumerate(text.split("\n"), 1):
        for piece in _SEVERAL.split(line):
            if piece.strip(" \t/\x1a"):
                yield number, piece


def _continue(record: Record, rest: str, *, is_record: bool, name: str) -> None:
    """Add a line that continues a record; only an 88 of its own counts in trailers."""
    record.physical += is_record
    record.continued.append(rest)
    if len(record.continued) > MOST_CONTINUATIONS:
        raise StatementError(
            name, record.place, f"more than {MOST_CONTINUATIONS} lines continue it"
        )


def _body(text: str) -> str:
    """Return a record's text behind its code, without the slash that ends it."""
    return text.removeprefix(",").removeprefix(":").rstrip().removesuffix("/").rstrip("\r")
