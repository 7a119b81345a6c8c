"""Every transaction of the tests is held to what is said of events.

Light ones write what `light_events` says, and every verb is in the reference.
"""

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection

from dunwell.queries.light_events import EVERY_EVENT, LIGHT, REQUESTS

_WRITES = re.compile(
    r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|COPY) "?(dunwell_[a-z0-9_]+)', re.I
)
_EVENT = "dunwell_event"
_REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "events.md"
_NOT_UNDERSTOOD = "unknown"


@cache
def told_verbs():
    """The verbs that the reference of events tells."""
    rows = _REFERENCE.read_text("utf-8").splitlines()
    return frozenset(row.split("`")[1] for row in rows if row.startswith("| `"))


class Watch:
    """Follows savepoints: an action under test is one, within the transaction of its test."""

    def __init__(self):
        self.open, self.judged, self.wrong, self.verbs = [], 0, [], set()

    def __call__(self, execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        word = sql[:9].upper()
        if word == "SAVEPOINT":
            self.open.append((set(), set()))
        elif word.startswith("ROLLBACK") and self.open:
            # released next; what it wrote is no more
            self.open[-1] = (set(), set())
        elif word.startswith("RELEASE") and self.open:
            self.ended()
        elif self.open and (table := _WRITES.match(sql)):
            written, verbs = self.open[-1]
            written.add(table.group(1))
            if table.group(1) == _EVENT:
                verbs |= (added := _verbs(sql, params, many))
                self.verbs |= added
        return found

    def ended(self):
        """Hand what a savepoint wrote to the one around it; judge an outermost one."""
        written, verbs = self.open.pop()
        if self.open:
            self.open[-1][0].update(written)
            self.open[-1][1].update(verbs)
        elif verbs and verbs <= LIGHT.keys():
            self.judged += 1
            if more := written - EVERY_EVENT.union(REQUESTS, *(LIGHT[verb] for verb in verbs)):
                self.wrong.append((sorted(verbs), sorted(more)))


def _verbs(sql, params, many):
    """The verbs of the events a statement adds; one that is not understood is a heavy one."""
    before, values, _ = sql.partition(" VALUES ")
    names = re.findall(r'"(\w+)"', before)[1:]
    if not values or "verb" not in names:
        return {_NOT_UNDERSTOOD}
    rows = (
        params if many else [params[n : n + len(names)] for n in range(0, len(params), len(names))]
    )
    return {row[names.index("verb")] for row in rows}


@contextmanager
def watched():
    """Hold what runs in the block to it; yields the watch."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch
    assert not watch.wrong, f"light events write more tables: {watch.wrong}"
    untold = watch.verbs - told_verbs() - {_NOT_UNDERSTOOD}
    assert not untold, f"docs/reference/events.md does not tell: {sorted(untold)}"
