"""Reading feeds of signals: fetch outside any transaction, then take in what is new."""

from collections import Counter
from collections.abc import Callable

from django.conf import settings

from dunwell import clock
from dunwell.actions.gate import Actor, system
from dunwell.actions.signal_feeds import record_reading
from dunwell.connectors.webhook_http import WebhookDoor, WebhookError
from dunwell.formats.signal_rows import (
    MOST_BYTES,
    SignalFileError,
    SignalLine,
    read_feed,
    read_signals,
)
from dunwell.models import Company, SignalFeed

Fetch = Callable[[str], bytes]


def read_feeds(company_id: int, *, fetch: Fetch | None = None) -> Counter[str]:
    """Read every feed of a company that is on; return how many signals were new, known, refused.

    Killed anywhere, the next call reads again: what was taken in is known by its own id.
    """
    company = Company.objects.get(pk=company_id)
    actor, counts = system(company), Counter[str]()
    for feed in SignalFeed.objects.filter(company=company, is_on=True).order_by("id"):
        counts += _read(actor, feed, fetch or _fetch)
    return counts


def _read(actor: Actor, feed: SignalFeed, fetch: Fetch) -> Counter[str]:
    lines: tuple[SignalLine, ...] = ()
    error = ""
    try:
        lines = _lines(feed, fetch(feed.url))
    except (WebhookError, SignalFileError) as problem:
        error = str(problem)
    taken = record_reading(
        actor=actor,
        feed=feed,
        lines=lines,
        error=error,
        as_of=clock.today(actor.company.zone),
        at=clock.now(),
    )
    return Counter(
        {"new": taken.new, "known": taken.known, "refused": taken.refused, "failed": bool(error)}
    )


def _lines(feed: SignalFeed, content: bytes) -> tuple[SignalLine, ...]:
    if feed.form != SignalFeed.Form.FEED:
        return read_signals(content, feed.name)
    standard = {
        "kind": feed.kind,
        "severity": str(feed.severity),
        "region": feed.region,
        "sector": feed.sector,
        "currency": feed.currency,
    }
    return read_feed(content, feed.name, standard=standard)


def _fetch(url: str) -> bytes:
    door = WebhookDoor(inside=settings.WEBHOOK_HOSTS)
    return door.fetch(url, most_bytes=MOST_BYTES)
