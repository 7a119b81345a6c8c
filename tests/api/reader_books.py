"""Two trained readers and a labelled message for the calls about them."""

import hashlib
from dataclasses import replace

from dunwell.actions.gate import system
from dunwell.actions.intent_models import (
    TrainedReader,
    promote_intent_model,
    record_intent_model,
)
from dunwell.ml.intents.artifact import dump
from dunwell.ml.intents.shipped import shipped_card
from dunwell.models import Conversation, InboundDecision, InboundMessage
from tests.ml.intents.small import small_reader


def keep_readers(company, tag="", *, at):
    """Add a reader that serves, one that waits, and a message somebody labelled; return keys."""
    actor = replace(system(company), name="erp")
    serving = record_intent_model(actor=actor, trained=trained(0), at=at)
    waiting = record_intent_model(actor=actor, trained=trained(1), at=at)
    promote_intent_model(actor=system(company), model=serving, at=at)
    conversation = Conversation.objects.create(company=company, subject="R1", opened_at=at)
    inbound = InboundMessage.objects.create(
        company=company,
        conversation=conversation,
        kind=InboundMessage.Kind.PERSON,
        sender="ap@globex.example",
        text="We paid this last week.",
        sha256=hashlib.sha256(f"labelled{tag}".encode()).hexdigest(),
        size_bytes=1,
        received_at=at,
        recorded_at=at,
    )
    InboundDecision.objects.create(
        inbound=inbound, verdict="corrected", label="paid_already", by="mona", recorded_at=at
    )
    return {"intent_model_id": waiting.pk, "serving_intent_model_id": serving.pk}


def trained(number):
    """A small trained reader; the number tells two of them apart."""
    reader = small_reader(sure_ppm=900_000 + number)
    artifact = dump(reader)
    return TrainedReader(
        version=hashlib.sha256(artifact).hexdigest(),
        artifact=artifact,
        card={**shipped_card(), "is_worse": False},
        messages=8,
        accepted=0,
    )
