"""Feeds of signals: which addresses are read, and what reading them brought."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.risk_signals import SignalsTaken, take_signals
from dunwell.actions.texts import fitting
from dunwell.engine.sectors import read_sector
from dunwell.formats.signal_rows import SignalLine
from dunwell.models import Company, RiskSignal, SignalFeed

LONGEST_URL, LONGEST_ERROR = 500, 300


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedTerms:
    """Where a feed is read, what its entries are about, and whether it makes tasks by itself."""

    name: str
    url: str
    form: str = SignalFeed.Form.FEED
    kind: str = RiskSignal.Kind.OTHER
    severity: int = RiskSignal.Severity.MEDIUM
    region: str = ""
    sector: str = ""
    currency: str = ""
    is_automatic: bool = False


@transaction.atomic
def add_feed(*, actor: Actor, terms: FeedTerms, at: datetime) -> SignalFeed:
    """Add a feed that is read from now on; raise Refused for a name taken, or no address."""
    actor.require("signal_feed.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    feed = SignalFeed(company=actor.company, by=actor.name, recorded_at=at)
    _agree(feed, terms)
    if SignalFeed.objects.filter(company=actor.company, name=feed.name).exists():
        raise Refused(f"There is a feed named {feed.name}; change that one, or choose a new name.")
    feed.save()
    record_event(actor, "signal_feed.added", feed, at=at, name=feed.name, url=feed.url)
    return feed


@transaction.atomic
def edit_feed(
    *, actor: Actor, feed: SignalFeed, terms: FeedTerms, is_on: bool, version: int, at: datetime
) -> SignalFeed:
    """Change a feed, or read it no more; raise Refused where it was changed meanwhile."""
    actor.require("signal_feed.edit")
    own(actor, feed, "feed")
    locked = SignalFeed.objects.select_for_update(no_key=True).get(pk=feed.pk)
    if locked.version != version:
        raise Refused("Somebody changed this feed meanwhile; load the page again.")
    taken = SignalFeed.objects.filter(company=actor.company, name=terms.name.strip())
    if taken.exclude(pk=locked.pk).exists():
        raise Refused(f"There is a feed named {terms.name.strip()}; choose another name.")
    _agree(locked, terms)
    locked.is_on, locked.version = is_on, locked.version + 1
    locked.save()
    record_event(
        actor, "signal_feed.changed", locked, at=at, name=locked.name, url=locked.url, is_on=is_on
    )
    return locked


@transaction.atomic
def record_reading(
    *,
    actor: Actor,
    feed: SignalFeed,
    lines: tuple[SignalLine, ...],
    error: str = "",
    as_of: date,
    at: datetime,
) -> SignalsTaken:
    """Take in what reading a feed brought, or note why it could not be read."""
    actor.require("signal.take")
    own(actor, feed, "feed")
    SignalFeed.objects.filter(pk=feed.pk).update(read_at=at, error=error[:LONGEST_ERROR])
    if error:
        return SignalsTaken(new=0, known=0, customers=0)
    return take_signals(actor=actor, lines=lines, source=feed.name, feed=feed, as_of=as_of, at=at)


def _agree(feed: SignalFeed, terms: FeedTerms) -> None:
    feed.name = fitting(text=terms.name, most=80, what="name")
    feed.url = terms.url.strip()
    if not feed.name:
        raise Refused("Give the feed a name.")
    if not feed.url.startswith(("https://", "http://")) or len(feed.url) > LONGEST_URL:
        raise Refused(
            f"The address must begin with https:// and have at most {LONGEST_URL} signs."
        )
    if terms.form not in SignalFeed.Form.values:
        raise Refused(f"A feed is one of {', '.join(SignalFeed.Form.values)}.")
    if terms.kind not in RiskSignal.Kind.values:
        raise Refused(f"A signal is one of {', '.join(RiskSignal.Kind.values)}.")
    if terms.severity not in RiskSignal.Severity.values:
        raise Refused("The severity is 1 (low), 2 or 3 (high).")
    for name, length in (("region", 2), ("currency", 3)):
        code = getattr(terms, name).strip().upper()
        if code and not (len(code) == length and code.isascii() and code.isalpha()):
            raise Refused(f"{code!r} is no {name}: it has {length} letters.")
        setattr(feed, name, code)
    try:
        feed.sector = read_sector(terms.sector)
    except ValueError as error:
        raise Refused(f"{error}.") from error
    feed.form, feed.kind, feed.severity = terms.form, terms.kind, terms.severity
    feed.is_automatic = terms.is_automatic
