"""Long lists in a form of a person or a debtor: page by page, and found by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

LONGEST_FIND = 60


class Numbered(Protocol):
    """What can be found by its number."""

    @property
    def number(self) -> str:
        """Return its number."""


Row = TypeVar("Row", bound=Numbered)


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberedPage(Generic[Row]):
    """The rows on a page, which counts from 1, of the `found` rows whose number holds `find`."""

    rows: tuple[Row, ...]
    page: int
    pages: int
    find: str
    found: int
    first: int

    @property
    def last(self) -> int:
        """Return the place of the last row among those found."""
        return self.first + len(self.rows) - 1


def numbered_page(
    rows: Sequence[Row], *, size: int, find: str, page: int | None
) -> NumberedPage[Row]:
    """Return a page of rows, the nearest there is; a list that fits on one is not looked through.

    `first` is the place of the first row shown among those found, from 1.
    """
    wanted = find.strip()[:LONGEST_FIND] if len(rows) > size else ""
    found = [row for row in rows if wanted.casefold() in row.number.casefold()] if wanted else rows
    pages = max(1, -(-len(found) // size))
    shown = min(max(page or 1, 1), pages)
    before = (shown - 1) * size
    return NumberedPage(
        rows=tuple(found[before : before + size]),
        page=shown,
        pages=pages,
        find=wanted,
        found=len(found),
        first=before + 1 if found else 0,
    )
