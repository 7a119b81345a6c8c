"""Writing the event that goes with a change, chained by hash to the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, QuerySet

from dunwell.actions.gate import Actor
from dunwell.actions.new_records import add_records
from dunwell.actions.separation import kept_apart, may_meet
from dunwell.models import ChainHead, Company, Event
from dunwell.queries.prepared import prepared


def event_hash(
    *,
    previous: str,
    company_id: int,
    seq: int,
    at: datetime,
    actor: str,
    verb: str,
    subject: str,
    subject_id: int,
    customer_id: int | None,
    data: dict[str, Any],
) -> str:
    """Return SHA-256 over the previous hash and the event's canonical JSON."""
    row = [
        company_id,
        seq,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        actor,
        verb,
        subject,
        subject_id,
        customer_id,
        data,
    ]
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + text.encode()).hexdigest()


def record_event(
    actor: Actor,
    verb: str,
    subject: Model,
    *,
    at: datetime,
    customer_id: int | None = None,
    **data: Any,
) -> Event:
    """Add one event about a record; call it last inside the action's transaction.

    The chain's head is locked until the transaction ends, so that two writers
    queue here and the chain has neither gaps nor forks. Raises Refused where the same person
    did the other side of a pair of duties on the same object (`separation.kept_apart`).
    """
    name = subject._meta.model_name or ""
    data |= kept_apart(
        actor, verb, subject=name, subject_id=subject.pk, customer_id=customer_id, at=at
    )
    head = locked_head(actor.company)
    seq = head.seq + 1
    digest = event_hash(
        previous=head.hash,
        company_id=actor.company.pk,
        seq=seq,
        at=at,
        actor=actor.name,
        verb=verb,
        subject=name,
        subject_id=subject.pk,
        customer_id=customer_id,
        data=data,
    )
    event = Event.objects.create(
        company=actor.company,
        seq=seq,
        at=at,
        actor=actor.name,
        verb=verb,
        subject=name,
        subject_id=subject.pk,
        customer_id=customer_id,
        data=data,
        previous_hash=head.hash,
        hash=digest,
    )
    ChainHead.objects.filter(pk=head.pk).update(seq=seq, hash=digest)
    return event


def locked_head(company: Company) -> ChainHead:
    """Return the head of a company's chain, locked until the transaction ends; its first one."""
    head = next(iter(_heads(company.pk)), None)
    if head is None:
        head, _ = ChainHead.objects.select_for_update().get_or_create(company=company)
    return head


@prepared
def _heads(company_id: int) -> QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(company=company_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What one of many events says: `subject` is the name of the record's model."""

    verb: str
    subject: str
    subject_id: int
    customer_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_events(actor: Actor, facts: Sequence[Fact], *, at: datetime) -> int:
    """Add one event per fact, in their order, chained like `record_event`; return how many.

    For actions that decide on thousands of records at once: the chain's head moves once.
    """
    if not facts:
        return 0
    looked_at = may_meet(actor, {(fact.verb, fact.customer_id) for fact in facts})
    allowed = [
        kept_apart(
            actor, fact.verb, subject=fact.subject, subject_id=fact.subject_id,
            customer_id=fact.customer_id, at=at,
        )
        if (fact.verb, fact.customer_id) in looked_at
        else {}
        for fact in facts
    ]  # fmt: skip
    head = locked_head(actor.company)
    previous, events = head.hash, []
    for seq, (fact, more) in enumerate(zip(facts, allowed, strict=True), head.seq + 1):
        values: dict[str, Any] = {
            "at": at,
            "actor": actor.name,
            "verb": fact.verb,
            "subject": fact.subject,
            "subject_id": fact.subject_id,
            "customer_id": fact.customer_id,
            "data": {**fact.data, **more},
        }
        digest = event_hash(previous=previous, company_id=actor.company.pk, seq=seq, **values)
        events.append(
            Event(company=actor.company, seq=seq, previous_hash=previous, hash=digest, **values)
        )
        previous = digest
    add_records(Event, events)
    ChainHead.objects.filter(pk=head.pk).update(seq=head.seq + len(events), hash=previous)
    return len(events)
