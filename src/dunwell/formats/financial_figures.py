"""What reading a file of financial statements comes back with, and the one error it raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine.financial_statements import Statement


class StatementFileError(ValueError):
    """The file is no financial statement we can read; the message says where and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadStatement:
    """A statement, and where each of its lines stood in the file (cell or concept)."""

    statement: Statement
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialFile:
    """The statements of a file, the oldest first, and what of it was not used.

    `source` is csv or xbrl; `unread` are lines that no line of the layout stands for, `notes`
    what was turned or chosen while reading.
    """

    source: str
    statements: tuple[ReadStatement, ...]
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
