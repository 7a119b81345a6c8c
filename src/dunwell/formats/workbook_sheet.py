"""A sheet of a workbook of any kind: its name and its rows of typed cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet that holds something; its rows are to be read before those of the next sheet.

    `first` is the number of the first row of `rows` from 0, `left` of their first column; empty
    cells are "". Rows may end with their last filled cell.
    """

    title: str
    first: int
    left: int
    rows: Iterator[list[Cell]]


def sheet_title(told: str, number: int) -> str:
    """Return the name of a sheet; one without a sign that can be read is called by its number."""
    readable = any(sign.isprintable() and not sign.isspace() for sign in told)
    return told if readable else f"sheet {number}"
