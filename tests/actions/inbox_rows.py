"""Messages that came in and were read, as tests of the desk need them."""

from dunwell.engine.intents import Extract, Reading
from dunwell.engine.reply_suggestions import suggest
from dunwell.models import InboundReading
from dunwell.queries.reply_facts import said_of, suggestion_facts
from tests.actions.inbound_rows import inbound_of
from tests.conftest import AT, TODAY


def extract(text, kind, value, quote, role=""):
    """Something picked out of a text, where its words stand first."""
    start = text.index(quote)
    return Extract(
        kind=kind, value=value, quote=quote, start=start, end=start + len(quote), role=role
    )


def read_message(
    company, customer, text, *found, label="promise", version="model", sure=True, as_of=TODAY,
    sender="eva@muster.example",
):  # fmt: skip
    """A message of a person with its reading: extracts as (kind, value, quote[, role])."""
    inbound = inbound_of(company, customer=customer, text=text, kind="person", sender=sender)
    return inbound, reading_of(
        inbound, *found, label=label, version=version, sure=sure, as_of=as_of
    )


def reading_of(inbound, *found, label="promise", version="model", sure=True, as_of=TODAY):
    """A reading of a message, with the suggestions of now."""
    reading = Reading(
        label=label, confidence_ppm=900_000 if sure else 400_000, is_sure=sure, labels=(label,),
        extracts=tuple(extract(inbound.text, *one) for one in found),
    )  # fmt: skip
    keys = [inbound.customer_id] if inbound.customer_id else []
    facts = suggestion_facts(inbound.company, keys, as_of=as_of).get(inbound.customer_id)
    return InboundReading.objects.create(
        inbound=inbound,
        version=version,
        label=label,
        confidence_ppm=reading.confidence_ppm,
        is_sure=sure,
        labels=[label],
        extracts=[one.as_dict() for one in reading.extracts],
        suggestions=[
            one.as_dict() for one in suggest(reading, facts, said_of([inbound.pk])[inbound.pk])
        ],
        recorded_at=AT,
    )


def promising(company, customer, number="R1", day="2026-03-09"):
    """A message that promises to pay an item on a day."""
    text = f"We pay {number} on {day}."
    return read_message(
        company, customer, text, ("item", number, number), ("date", day, day, "pay_by")
    )
