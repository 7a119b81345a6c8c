"""Choosing among the open items of a customer: all of them at once, or page by page.

A customer can have thousands of open items. Past SHOWN of them a form shows a page of the list,
finds items by number, and carries what is chosen elsewhere in one hidden field, so that nothing
is lost from page to page, without a script too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from django.http import QueryDict

from dunwell.queries.numbered_pages import Numbered, NumberedPage, numbered_page
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

SHOWN = 200
"""So many items stand on a page of a form."""

ALL, OVERDUE, NONE = "all", "overdue", "none"


class Choosable(Numbered, Protocol):
    """What a form needs to know of an open item."""

    @property
    def id(self) -> int:
        """Return its key."""

    @property
    def currency(self) -> str:
        """Return its currency."""

    @property
    def due_on(self) -> date:
        """Return its due day."""

    @property
    def open_minor(self) -> int:
        """Return what is open on it."""

    @property
    def is_free(self) -> bool:
        """Return whether it can be chosen."""


Row = TypeVar("Row", bound=Choosable)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChoice(Generic[Row]):
    """The items of one currency, which of them are chosen, and the page of them that is shown."""

    items: tuple[Row, ...]
    chosen: frozenset[int]
    currency: str
    currencies: tuple[str, ...]
    shown: NumberedPage[Row]

    @property
    def covered(self) -> tuple[Row, ...]:
        """Return the chosen items."""
        return tuple(row for row in self.items if row.id in self.chosen)

    @property
    def open_minor(self) -> int:
        """Return what is open on the chosen items."""
        return sum(row.open_minor for row in self.items if row.id in self.chosen)

    @property
    def is_paged(self) -> bool:
        """Return whether there are more items than a page shows."""
        return len(self.items) > SHOWN

    @property
    def others(self) -> str:
        """Return the keys of chosen items that are not shown, as the hidden field holds them."""
        shown = {row.id for row in self.shown.rows}
        return ",".join(str(row.id) for row in self.covered if row.id not in shown)


def told_of(request: StaffRequest) -> QueryDict:
    """Return what the form holds."""
    return request.POST if request.method == "POST" else request.GET


def is_turning(request: StaffRequest) -> bool:
    """Return whether another page of items was asked for, and nothing is to be done yet."""
    return any(name in request.POST for name in ("page", "choose", "look"))


def item_choice(
    told: QueryDict,
    rows: Sequence[Row],
    *,
    as_of: date,
    was_asked: bool,
    usual: str = "",
    else_all: bool = True,
) -> ItemChoice[Row]:
    """Return the items of one currency and which are chosen: at first those that are overdue.

    Where none is overdue all are, unless `else_all` is False. A form that holds choices already
    (`was_asked`) may have chosen none. The currency is the one asked for, that of a chosen item,
    `usual`, or that of the oldest item.
    """
    named = _named(told)
    free = [row for row in rows if row.is_free]
    currencies = tuple(sorted({row.currency for row in free or rows}))
    currency = _currency((told.get("currency", ""), usual), free or rows, named)
    items = tuple(row for row in rows if row.currency == currency)
    able = {row.id for row in items if row.is_free}
    overdue = {row.id for row in items if row.is_free and row.due_on < as_of}
    chosen = (named & able) if was_asked or named else (overdue or (able if else_all else set()))
    wanted = told.get("choose", "")
    chosen = {ALL: able, OVERDUE: overdue, NONE: set()}.get(wanted, chosen)
    return ItemChoice(
        items=items,
        chosen=frozenset(chosen),
        currency=currency,
        currencies=currencies,
        shown=numbered_page(items, size=SHOWN, find=told.get("find", ""), page=_page(told)),
    )


def all_chosen(rows: Sequence[Row], *, currency: str) -> ItemChoice[Row]:
    """Return items of which all are chosen and none can be left out."""
    items = tuple(rows)
    return ItemChoice(
        items=items,
        chosen=frozenset(row.id for row in items),
        currency=currency,
        currencies=(currency,),
        shown=numbered_page(items, size=max(len(items), 1), find="", page=1),
    )


def _named(told: QueryDict) -> set[int]:
    """Return the keys that are ticked or were ticked on other pages."""
    texts = [*told.getlist("item"), *told.get("others", "").split(",")]
    return {key for text in texts if (key := read_key(text)) is not None}


def _currency(told: Sequence[str], rows: Sequence[Choosable], named: Collection[int]) -> str:
    """Return the first of the told currencies in which there is a row, else the oldest row's."""
    asked, usual = told
    of_named = next((row.currency for row in rows if row.id in named), "")
    known = {row.currency for row in rows}
    wanted = (code for code in (asked, of_named, usual) if code in known)
    return next(wanted, rows[0].currency if rows else usual)


def _page(told: QueryDict) -> int | None:
    """Return the page asked for: the first of what is looked for, else the one before."""
    return None if "look" in told else read_key(told.get("page", "") or told.get("at", ""))
