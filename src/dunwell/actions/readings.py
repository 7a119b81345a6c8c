"""What the classifier read in messages that came in, kept once per message and version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.engine.intents import LABELS, Reading
from dunwell.models import Company, InboundMessage, InboundReading

MOST_AT_ONCE = 500
"""Readings written in one transaction at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMessage:
    """A message with what was read in it, and what may be done, as JSON."""

    inbound_id: int
    reading: Reading
    suggestions: Sequence[dict[str, Any]] = ()


@transaction.atomic
def record_readings(
    *, actor: Actor, version: str, read: Sequence[ReadMessage], at: datetime
) -> int:
    """Keep readings of a version of the classifier; return how many are new.

    A message read by that version before is left as it is, so that the job may run twice, or
    twice at once. Raises Refused for messages of another company and for unknown labels.
    """
    actor.require("cycle.run")
    if len(read) > MOST_AT_ONCE:
        raise Refused(f"These are {len(read)} readings; write at most {MOST_AT_ONCE} at once.")
    unknown = {label for one in read for label in one.reading.labels} - set(LABELS)
    if unknown:
        raise Refused(f"There is no label {min(unknown)}; use one of {', '.join(LABELS)}.")
    # two readers at once: the second waits, and finds what the first has written
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    keys = [one.inbound_id for one in read]
    owned = set(
        InboundMessage.objects.filter(company=company, pk__in=keys).values_list("pk", flat=True)
    )
    if set(keys) - owned:
        raise Refused("One of these messages belongs to another company.")
    before = set(
        InboundReading.objects.filter(inbound__in=keys, version=version).values_list(
            "inbound_id", flat=True
        )
    )
    fresh = {one.inbound_id: one for one in read if one.inbound_id not in before}
    if not fresh:
        return 0
    InboundReading.objects.bulk_create(
        [_row(one, version=version, at=at) for one in fresh.values()]
    )
    record_event(
        actor,
        "inbox.read",
        company,
        at=at,
        version=version,
        messages=len(fresh),
        sure=sum(one.reading.is_sure for one in fresh.values()),
    )
    return len(fresh)


def _row(one: ReadMessage, *, version: str, at: datetime) -> InboundReading:
    reading = one.reading
    return InboundReading(
        inbound_id=one.inbound_id,
        version=version,
        label=reading.label,
        confidence_ppm=reading.confidence_ppm,
        is_sure=reading.is_sure,
        labels=list(reading.labels),
        extracts=[extract.as_dict() for extract in reading.extracts],
        suggestions=list(one.suggestions),
        recorded_at=at,
    )
