"""What a person must decide before a ledger can be read, because the file does not say."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One open question about a file.

    `code` is date_order, decimal or mapping; `options` are the values the profile takes for it
    and `examples` show a cell with each reading.
    """

    file: str
    part: str
    code: str
    columns: tuple[str, ...]
    question: str
    options: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
