"""A customer's timeline: everything that happened, from its own records, newest first."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dunwell.models import Company
from dunwell.queries.pages import PAGE_SIZE, Page, cursor, page_limit, read_cursor
from dunwell.queries.timeline_rows import (
    KINDS,
    SOURCES,
    Place,
    TimelineFilter,
    TimelineRow,
    start_of,
)

WORDS = "timeline.words"
"""Right to what was said: words of mails, notes and calls, and the addresses."""

JUDGEMENT = "timeline.judgement"
"""Right to what was thought of the customer's credit: ratings, limits and their reasons."""

_SPOKEN = ("message", "note", "inbound")
_JUDGED = ("rating.", "limit.", "review.", "warning.", "bureau.", "scorecard.", "credit.")

LAST = datetime(9999, 12, 31, tzinfo=UTC)


def timeline(
    company: Company,
    customer_id: int,
    *,
    rights: Collection[str] = (WORDS, JUDGEMENT),
    only: TimelineFilter | None = None,
    cursor_text: str = "",
    limit: int = PAGE_SIZE,
) -> Page[TimelineRow]:
    """Return one page of a customer's timeline, the newest first, as far as `rights` reach.

    Each source gives its newest rows after the cursor, and the newest of all are
    kept: as many queries as there are sources, whatever lies further back. Who may not read words
    finds nothing by them either.
    """
    limit = page_limit(limit)
    only = only or TimelineFilter()
    last = LAST if only.until_on is None else start_of(only.until_on + timedelta(days=1))
    place = Place(at=last, order=0 if only.until_on else len(SOURCES), key=0, only=only)
    if cursor_text:
        at, order, key = read_cursor(cursor_text, (datetime, int, int))
        if isinstance(at, datetime) and isinstance(order, int) and isinstance(key, int):
            place = Place(at=at, order=order, key=key, only=only)
    first = datetime.min.replace(tzinfo=UTC) if only.from_on is None else start_of(only.from_on)
    hidden = _hidden_kinds(rights) if only.text else ()
    found = [
        (row.at, order, row.id, _redacted(row, rights))
        for order, source in enumerate(SOURCES)
        if (not only.kinds or KINDS[order] in only.kinds) and KINDS[order] not in hidden
        for row in source(company, customer_id, place, limit + 1)
        if row.at >= first
    ]
    found.sort(key=lambda entry: entry[:3], reverse=True)
    shown = found[:limit]
    return Page(
        rows=tuple(row for _, _, _, row in shown),
        next=cursor(shown[-1][:3]) if len(found) > limit else "",
    )


def _hidden_kinds(rights: Collection[str]) -> tuple[str, ...]:
    """Return the kinds that must not be searched by somebody who may not read them."""
    spoken = () if WORDS in rights else (*_SPOKEN, "event", "signal", "promise")
    return (*spoken, *(() if JUDGEMENT in rights else ("rating", "event")))


def _redacted(row: TimelineRow, rights: Collection[str]) -> TimelineRow:
    """Return a row as far as the rights reach: that something happened is never hidden."""
    is_judged = row.kind == "rating" or (
        row.kind == "event" and row.title.lower().replace(" ", ".", 1).startswith(_JUDGED)
    )
    is_spoken = row.kind in _SPOKEN or bool(row.text and row.kind != "payment")
    is_hidden = (is_judged and JUDGEMENT not in rights) or (is_spoken and WORDS not in rights)
    if not is_hidden:
        return row
    title = row.title if row.kind in {"event", "promise", "signal"} else ""
    data = row.data if row.kind == "promise" else {}
    actor = "" if row.kind == "inbound" else row.actor
    amount = None if is_judged else row.amount_minor
    return replace(
        row, title=title, text="", actor=actor, amount_minor=amount, data=data, is_redacted=True
    )
