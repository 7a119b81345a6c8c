"""Signals from outside: taking them in, acting on them for whom they touch, dismissing them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, marked, own
from dunwell.actions.texts import fitting, needed
from dunwell.actions.watches import WatchTerms, start_watch
from dunwell.engine.calendars import next_business_day
from dunwell.formats.signal_rows import SignalLine
from dunwell.models import Company, Customer, RiskSignal, SignalFeed, SignalMatch, Task, Watch
from dunwell.queries.risk_signals import hits_of

Status = RiskSignal.Status

LONGEST_SOURCE, LONGEST_REASON = 80, 300
MOST_AT_ONCE = 5_000
BATCH = 500
TASK, WATCH = "task", "watch"
WAYS = (TASK, WATCH)
PLAYBOOK = "Signal"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalsTaken:
    """What became of signals told: new ones, ones known already, and customers touched."""

    new: int
    known: int
    customers: int
    refused: int = 0


@transaction.atomic
def take_signals(
    *,
    actor: Actor,
    lines: Sequence[SignalLine],
    source: str,
    feed: SignalFeed | None = None,
    as_of: date,
    at: datetime,
) -> SignalsTaken:
    """Take in signals a source tells, and note whom each touches.

    What a source told before, by its own id, is known. Lines with a problem are left out and
    counted. A feed that acts by itself makes a task for everybody touched. Raises Refused for an
    empty or too long source, or too many at once.
    """
    actor.require("signal.take")
    told = fitting(text=source, most=LONGEST_SOURCE, what="source")
    if not told:
        raise Refused("Name the source of the signals, such as the gazette or the bank.")
    if len(lines) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE:,} signals are taken at once; send them in parts.")
    if feed is not None:
        own(actor, feed, "feed")
    # two readers of one feed take turns, so that the second finds everything known
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    usable = {line.external_id: line for line in lines if not line.problem}
    ids = list(usable)
    known = {
        one
        for start in range(0, len(ids), BATCH)
        for one in RiskSignal.objects.filter(
            company=actor.company, source=told, external_id__in=ids[start : start + BATCH]
        ).values_list("external_id", flat=True)
    }
    new = [
        _signal(actor, line, told, feed, as_of=as_of, at=at)
        for line in usable.values()
        if line.external_id not in known
    ]
    RiskSignal.objects.bulk_create(new, batch_size=BATCH)
    hits = hits_of(actor.company, new, as_of=as_of)
    SignalMatch.objects.bulk_create(
        [
            SignalMatch(
                signal_id=hit.key,
                customer_id=hit.customer_id,
                how=hit.how,
                likeness_ppm=hit.likeness_ppm,
                exposure_minor=hit.exposure_minor,
                relevance_ppm=hit.relevance_ppm,
                recorded_at=at,
            )
            for hit in hits
        ],
        batch_size=BATCH,
    )
    for signal in new:
        record_event(
            actor, "signal.taken", signal, at=at, title=signal.title, source=told, kind=signal.kind
        )
    touched = {hit.key for hit in hits}
    for signal in new if feed is not None and feed.is_automatic else ():
        if signal.pk in touched:
            _act(actor, signal, None, TASK, as_of=as_of, at=at)
    return SignalsTaken(
        new=len(new),
        known=len(known),
        customers=len({hit.customer_id for hit in hits}),
        refused=sum(bool(line.problem) for line in lines),
    )


@transaction.atomic
def follow_signal(
    *,
    actor: Actor,
    signal: RiskSignal,
    customer_ids: Collection[int] | None = None,
    way: str = TASK,
    as_of: date,
    at: datetime,
) -> int:
    """Make a task, or start a watch, for each customer a signal touches, or for those named.

    Who has an open task of this kind, or is watched already, keeps that one. Returns how many
    customers are followed up. Raises Refused for a signal that is decided, one that touches
    nobody of those, and an unknown way.
    """
    actor.require("signal.decide")
    if way not in WAYS:
        raise Refused(f"There is no way {way}; use {', '.join(WAYS)}.")
    locked = _locked(actor, signal)
    return _act(actor, locked, customer_ids, way, as_of=as_of, at=at)


@transaction.atomic
def dismiss_signal(
    *, actor: Actor, signal: RiskSignal, reason: str, as_of: date, at: datetime
) -> RiskSignal:
    """Say that a signal is nothing for us; raise Refused without a reason, or once decided."""
    actor.require("signal.decide")
    told = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say why it is nothing for us; the reason stands in the audit log.",
    )
    locked = _locked(actor, signal)
    _decide(actor, locked, Status.DISMISSED, reason=told, as_of=as_of)
    record_event(actor, "signal.dismissed", locked, at=at, title=locked.title, reason=told)
    return locked


def _signal(
    actor: Actor,
    line: SignalLine,
    source: str,
    feed: SignalFeed | None,
    *,
    as_of: date,
    at: datetime,
) -> RiskSignal:
    return RiskSignal(
        company=actor.company,
        feed=feed,
        source=source,
        external_id=line.external_id,
        kind=line.kind,
        severity=line.severity,
        title=line.title,
        text=line.text,
        url=line.url,
        published_on=line.published_on or as_of,
        effective_on=line.effective_on,
        region=line.region,
        sector=line.sector,
        currency=line.currency,
        customer_number=line.customer_number,
        vat_id=line.vat_id,
        party=line.party,
        as_of=as_of,
        by=actor.name,
        recorded_at=at,
    )


def _locked(actor: Actor, signal: RiskSignal) -> RiskSignal:
    own(actor, signal, "signal")
    locked = RiskSignal.objects.select_for_update(no_key=True).get(pk=signal.pk)
    if locked.status != Status.NEW:
        by = f" by {locked.decided_by} on {locked.decided_on}" if locked.decided_by else ""
        raise Refused(marked("This signal", Status(locked.status), by))
    return locked


def _act(
    actor: Actor,
    signal: RiskSignal,
    customer_ids: Collection[int] | None,
    way: str,
    *,
    as_of: date,
    at: datetime,
) -> int:
    found = SignalMatch.objects.filter(signal=signal)
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    matches = list(found.select_related("customer").order_by("customer_id"))
    if not matches:
        raise Refused("This signal touches none of these customers; nothing was made.")
    # customers in the order of their keys, as every other action locks them
    list(
        Customer.objects.select_for_update(no_key=True)
        .filter(pk__in=[one.customer_id for one in matches])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for match in matches:
        if way == TASK:
            match.task = _task(actor, signal, match.customer, as_of=as_of, at=at)
        else:
            match.watch = _watch(actor, signal, match.customer, as_of=as_of, at=at)
    SignalMatch.objects.bulk_update(matches, ["task", "watch"], batch_size=BATCH)
    _decide(actor, signal, Status.ACTED, reason="", as_of=as_of)
    record_event(
        actor,
        "signal.followed",
        signal,
        at=at,
        title=signal.title,
        way=way,
        customers=[match.customer_id for match in matches],
    )
    return len(matches)


def _task(
    actor: Actor, signal: RiskSignal, customer: Customer, *, as_of: date, at: datetime
) -> Task:
    """Return the open task of the customer about signals, a new one where there is none."""
    task, _is_new = Task.objects.get_or_create(
        customer=customer,
        kind=Task.Kind.SIGNAL,
        status=Task.Status.OPEN,
        item=None,
        defaults={
            "company": actor.company,
            "reason": f"{signal.title} ({signal.source})"[:300],
            "due_on": next_business_day(as_of, country=actor.company.country),
            "as_of": as_of,
            "recorded_at": at,
        },
    )
    return task


def _watch(
    actor: Actor, signal: RiskSignal, customer: Customer, *, as_of: date, at: datetime
) -> Watch:
    """Return the watch of the customer that is not over, a new one where there is none."""
    standing = Watch.objects.filter(customer=customer).exclude(status=Watch.Status.ENDED).first()
    if standing is not None:
        return standing
    return start_watch(
        actor=actor,
        customer=customer,
        playbook=PLAYBOOK,
        reason=f"{signal.title} ({signal.source})"[:300],
        terms=WatchTerms(),
        as_of=as_of,
        at=at,
    )


def _decide(
    actor: Actor, signal: RiskSignal, status: RiskSignal.Status, *, reason: str, as_of: date
) -> None:
    rows = RiskSignal.objects.filter(pk=signal.pk, status=Status.NEW).update(
        status=status, reason=reason, decided_by=actor.name, decided_on=as_of
    )
    if rows != 1:
        raise Refused("This signal was decided meanwhile; load the page again.")
    signal.refresh_from_db()
