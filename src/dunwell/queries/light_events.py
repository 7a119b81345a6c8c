"""Events after which sums of the books still stand: all they change is known, and it is little.

A desk with many people writes a note or gets a message every second. Sums over a large book
stay as they are then, unless they read what such an event changes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from dunwell.models import Company, Event

EVERY_EVENT = frozenset({"dunwell_event", "dunwell_chainhead"})
"""Tables that every event writes."""
REQUESTS = frozenset({"dunwell_idempotencykey", "dunwell_portalrequest"})
"""Tables that say what was asked by a program or a debtor, so that it is done once."""

LIGHT: Mapping[str, frozenset[str]] = {
    "note.recorded": frozenset(
        {
            "dunwell_note",
            "dunwell_task",
            "dunwell_contactattempt",
            "dunwell_inboundmessage",
        }
    ),
    "mail.received": frozenset(
        {
            "dunwell_inboundmessage",
            "dunwell_inboundattachment",
            "dunwell_conversation",
            "dunwell_conversationitem",
            "dunwell_contactattempt",
            "dunwell_message",
        }
    ),
    "inbox.read": frozenset({"dunwell_inboundreading"}),
}
"""By verb the tables that the transaction of such an event may write, besides these.

`tests/light_writes.py` holds every transaction of the tests to it.
"""
MOST_LOOKED_AT = 500
"""After so many events a sum is worked out anew without a look at each."""

_TABLE = re.compile(r"\bdunwell_[a-z0-9_]+")
_read: ContextVar[set[str] | None] = ContextVar("tables_read", default=None)

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@contextmanager
def tables_read() -> Iterator[set[str]]:
    """Yield a set that gets the name of every table that queries of the block speak of."""
    found: set[str] = set()

    def note(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's own order
        found.update(_TABLE.findall(str(sql)))
        return execute(sql, params, many, context)

    outer = _read.get()
    token = _read.set(found)
    try:
        with connection.execute_wrapper(note):
            yield found
    finally:
        _read.reset(token)
        if outer is not None:
            outer |= found


def read_before(tables: frozenset[str]) -> None:
    """Tell whoever works out a sum what a sum told again within it was made of."""
    found = _read.get()
    if found is not None:
        found |= tables


def still_stands(company: Company, tables: frozenset[str], *, after: int, to: int) -> bool:
    """Return whether no event after one, up to another, may have changed these tables."""
    if tables & (EVERY_EVENT | REQUESTS) or to - after > MOST_LOOKED_AT:
        return False
    later = Event.objects.filter(company=company, seq__gt=after, seq__lte=to)
    verbs = list(later.order_by().values_list("verb", flat=True))
    # an event that is not found is one of which nothing is known
    return len(verbs) == to - after and not any(tables & LIGHT.get(verb, tables) for verb in verbs)
