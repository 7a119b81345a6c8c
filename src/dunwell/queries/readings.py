"""How a message was read, and which of its readings counts."""

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, SmallIntegerField, Value, When

from dunwell.engine.intents import Reading, extract_of
from dunwell.models import InboundDecision, InboundMessage, InboundReading

BY_PERSON = "person"
"""Version of a reading that is a person's word."""
AGAIN = "again"
"""Version of a reading that was suggested anew; no model made it."""


def counting_first(readings: QuerySet[InboundReading]) -> QuerySet[InboundReading]:
    """Return readings with the one that counts first.

    A person's word, and what was decided on, are not replaced by a model that reads it later.
    """
    decided = Exists(InboundDecision.objects.filter(reading=OuterRef("pk")))
    is_kept = Q(version__startswith=BY_PERSON) | Q(version__startswith=AGAIN) | Q(decided)
    rank = Case(When(is_kept, then=Value(1)), default=Value(0), output_field=SmallIntegerField())
    return readings.annotate(rank=rank).order_by("-rank", "-pk")


def latest_reading(inbound: InboundMessage) -> InboundReading | None:
    """Return the reading of a message that counts, None for one that was not read."""
    return counting_first(inbound.readings.all()).first()


def counting_reading() -> QuerySet[InboundReading]:
    """Return the reading that counts of the message of an outer query."""
    return counting_first(InboundReading.objects.filter(inbound=OuterRef("pk")))


def reading_of(record: InboundReading) -> Reading:
    """Return a reading as the engine takes it."""
    return Reading(
        label=record.label,
        confidence_ppm=record.confidence_ppm,
        is_sure=record.is_sure,
        labels=tuple(record.labels),
        extracts=tuple(extract_of(one) for one in record.extracts),
    )
