"""Paging by key: every list goes on after the last row shown, however much was added meanwhile.

A cursor is the sort key of the last row as text. It is opaque to callers and
carries no secret: it only says where to go on inside the caller's own rows.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Q

PAGE_SIZE = 50
LARGEST_PAGE = 500

T = TypeVar("T")
Key = int | str | date | datetime


class CursorError(ValueError):
    """The cursor was not made by this list; the caller starts again at the first page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """Rows of one page, and the cursor of the next; empty text on the last page."""

    rows: tuple[T, ...]
    next: str


def page_of(found: Sequence[T], *, limit: int, key: Callable[[T], Sequence[Key]]) -> Page[T]:
    """Return the first `limit` of the found rows (the query asks for one more) as a page."""
    rows = tuple(found[:limit])
    return Page(rows=rows, next=cursor(key(rows[-1])) if len(found) > limit else "")


def every_row(read: Callable[..., Page[T]]) -> Iterator[T]:
    """Yield every row of a list, one largest page after the other.

    `read` returns the page after a cursor: a function of `cursor` and `limit`.
    """
    place = ""
    while True:
        page = read(cursor=place, limit=LARGEST_PAGE)
        yield from page.rows
        if not (place := page.next):
            return


def page_limit(limit: int) -> int:
    """Return a page size within 1 to LARGEST_PAGE."""
    return max(1, min(limit, LARGEST_PAGE))


def cursor(key: Sequence[Key]) -> str:
    """Return the text that stands for a sort key."""
    values = [value.isoformat() if isinstance(value, date) else value for value in key]
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, kinds: Sequence[type[Key]]) -> tuple[Key, ...]:
    """Return the sort key a cursor stands for; raise CursorError when it is not of these kinds."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise CursorError(f"{text} is no cursor of this list; leave it out to start again.")
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
        raise CursorError(
            f"{text[:80]} is no cursor of this list; leave it out to start again."
        ) from error


def after(text: str, fields: Sequence[str], kinds: Sequence[type[Key]]) -> Q:
    """Return the condition "comes after the cursor" for rows ordered by `fields`.

    A field with a leading "-" is ordered downwards, as in `order_by`. The last
    field is unique; no field may be empty. An empty cursor lets every row through.
    """
    if not text:
        return Q()
    condition = Q()
    for field, value in reversed(list(zip(fields, read_cursor(text, kinds), strict=True))):
        name = field.removeprefix("-")
        way = "lt" if field.startswith("-") else "gt"
        beyond = Q(**{f"{name}__{way}": value})
        # The outer bound repeats the first field so that an index range serves it.
        condition = Q(**{f"{name}__{way}e": value}) & (beyond | condition) if condition else beyond
    return condition


def _value(value: object, kind: type[Key]) -> Key:
    largest = 2**63 - 1
    if kind is int and type(value) is int and -largest <= value <= largest:
        return value
    if not isinstance(value, str):
        raise CursorError("not of this list")
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise CursorError("not of this list")
        return moment
    if kind is date:
        return date.fromisoformat(value)
    if kind is str and "\0" not in value:
        return value
    raise CursorError("not of this list")
