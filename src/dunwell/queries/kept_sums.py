"""Sums over a whole large book, kept in this process until something is recorded.

Whatever an action changes leaves an event in the same transaction, so the number of the
company's last event stands for the state of its books. Events of which all that they change is
known leave standing what reads none of it (`light_events`).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from django.db import connection

from dunwell import clock
from dunwell.models import ChainHead, Company, Customer, OpenItem
from dunwell.queries.light_events import read_before, still_stands, tables_read

P = ParamSpec("P")
T = TypeVar("T")

MANY_CUSTOMERS, MANY_ITEMS = 2_000, 5_000
"""From how many on it is worth keeping what was added up over them."""
MOST_KEPT = 512
KEPT = timedelta(minutes=5)
"""How long a sum is told again while nothing is recorded."""

MOST_FRAMES = 6
"""So many frames of a row per customer are kept; one of 100,000 takes some 20 MB."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """What was told, when, as of which event, and the tables it was made of."""

    seq: int
    at: datetime
    told: Any
    tables: frozenset[str]


_Kept = OrderedDict[Hashable, _Sum]
_kept: _Kept = OrderedDict()
_frames: _Kept = OrderedDict()
_guard = threading.Lock()
# whoever works a sum out may ask for the same one within it
_turns: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()


def kept(
    company: Company, asked: Hashable, work: Callable[[], T], *, is_worth: Callable[[T], bool]
) -> T:
    """Return what was `asked` of the company's books: as kept, else as `work` finds it now.

    Only what `is_worth` it is kept, and nothing inside a transaction, which may be taken back.
    """
    return _told(company, asked, work, is_worth=is_worth, store=_kept, most=MOST_KEPT)


def kept_frame(
    company: Company, asked: Hashable, work: Callable[[], T], *, is_worth: Callable[[T], bool]
) -> T:
    """Return the same of a frame with a row per customer, of which MOST_FRAMES are kept.

    Several pages and any filter of them are made of one.
    """
    return _told(company, asked, work, is_worth=is_worth, store=_frames, most=MOST_FRAMES)


def _told(
    company: Company,
    asked: Hashable,
    work: Callable[[], T],
    *,
    is_worth: Callable[[T], bool],
    store: _Kept,
    most: int,
) -> T:
    if _may_be_taken_back():
        return work()
    key = (connection.settings_dict["NAME"], company.pk, asked)
    with _guard:
        turn = _turns.setdefault(key, threading.RLock())
    # who asks meanwhile waits for the answer instead of working it out a second time
    with turn:
        return _found_or_made(company, key, work, is_worth=is_worth, store=store, most=most)


def _found_or_made(
    company: Company,
    key: Hashable,
    work: Callable[[], T],
    *,
    is_worth: Callable[[T], bool],
    store: _Kept,
    most: int,
) -> T:
    # read before the work: what is recorded meanwhile is not what was worked out
    heads = ChainHead.objects.filter(company=company).values_list("seq", flat=True)
    seq, now = next(iter(heads), 0), clock.now()
    with _guard:
        found = store.get(key)
        if found is not None:
            store.move_to_end(key)
    if found is not None and now - KEPT < found.at <= now and _stands(company, found, seq):
        if found.seq != seq:
            _keep(store, key, replace(found, seq=seq), most)
        read_before(found.tables)
        return found.told  # type: ignore[no-any-return]  # kept under what was asked
    with tables_read() as tables:
        told = work()
    if is_worth(told):
        # in the place of what was kept before: what is past is not asked for again
        _keep(store, key, _Sum(seq, now, told, frozenset(tables)), most)
    return told


def _stands(company: Company, found: _Sum, seq: int) -> bool:
    return found.seq == seq or (
        found.seq < seq and still_stands(company, found.tables, after=found.seq, to=seq)
    )


def _keep(store: _Kept, key: Hashable, one: _Sum, most: int) -> None:
    with _guard:
        store[key] = one
        store.move_to_end(key)
        while len(store) > most:
            store.popitem(last=False)


def of_large(work: Callable[Concatenate[Company, P], T]) -> Callable[Concatenate[Company, P], T]:
    """Let a query of a large company be told again until something is recorded.

    For what is small itself, whatever it is made of, asked by values that can be a key, and says
    nothing in the language of whoever asks.
    """

    @wraps(work)
    def told(company: Company, /, *args: P.args, **named: P.kwargs) -> T:
        return kept(
            company,
            (work.__module__, work.__qualname__, args, tuple(sorted(named.items()))),
            lambda: work(company, *args, **named),
            is_worth=lambda _: is_large(company),
        )

    return told


def is_large(company: Company) -> bool:
    """Return whether a company has so many customers or open items that sums are worth keeping."""
    return has_so_many(Customer, company, MANY_CUSTOMERS) or has_so_many(
        OpenItem, company, MANY_ITEMS
    )


def has_so_many(model: type[Customer | OpenItem], company: Company, many: int) -> bool:
    """Return whether a company has so many rows; looks no further than the first of too many."""
    rows = model.objects.filter(company=company).values_list("pk")
    return bool(rows[many - 1 : many])


def _may_be_taken_back() -> bool:
    """Return whether what is read now might never come to be."""
    return bool(connection.in_atomic_block)
