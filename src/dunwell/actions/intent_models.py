"""Trained readers of messages: recording one, putting it to serve, going back to the shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting, needed
from dunwell.ml.artifact import ArtifactError
from dunwell.ml.intents.artifact import load
from dunwell.models import Company, IntentModel


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedReader:
    """A reader as training left it; `version` is the SHA-256 of its bytes.

    `card["is_worse"]` says that what serves now does better on the same messages; `messages`
    it learned from, `accepted` of them are the team's own.
    """

    version: str
    artifact: bytes
    card: Mapping[str, Any]
    messages: int
    accepted: int


@transaction.atomic
def record_intent_model(*, actor: Actor, trained: TrainedReader, at: datetime) -> IntentModel:
    """Keep a trained reader as a candidate; return it, or the one of the same bytes."""
    actor.require("intent.train")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    same = IntentModel.objects.filter(company=company, version=trained.version)
    found = same.defer("artifact").first()
    if found is not None:
        return found
    model = IntentModel.objects.create(
        company=company,
        version=trained.version,
        artifact=trained.artifact,
        card=dict(trained.card),
        messages=trained.messages,
        accepted=trained.accepted,
        by=actor.name,
        trained_at=at,
    )
    record_event(
        actor,
        "reader.trained",
        model,
        at=at,
        version=trained.version,
        messages=trained.messages,
        accepted=trained.accepted,
        is_worse=bool(trained.card.get("is_worse")),
    )
    return model


@transaction.atomic
def promote_intent_model(
    *, actor: Actor, model: IntentModel, reason: str = "", at: datetime
) -> None:
    """Let a trained reader read from now on; what served is retired and may be taken back.

    Raises Refused for who trained it (four eyes; see `four_eyes.own_approval`), for one that
    serves already or cannot be read, and without a reason where it does worse than what serves.
    """
    actor.require("intent.train")
    own(actor, model, "reader")
    override = own_approval(
        actor,
        author=model.by,
        refusal="You trained this reader; somebody else has to put it to serve.",
    )
    told = fitting(text=reason, most=500, what="reason")
    if model.card.get("is_worse") and not told:
        raise Refused(
            "On the same messages what serves now does better than this reader; give the reason "
            "why it should serve all the same."
        )
    try:
        load(bytes(model.artifact))
    except ArtifactError as error:
        raise Refused(
            "This reader was written by another release of the program; train a new one."
        ) from error
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    replaced = _retire(company, at=at)
    if replaced == model.version:
        raise Refused("This reader serves already.")
    IntentModel.objects.filter(pk=model.pk).update(
        promoted_at=at, promoted_by=actor.name, retired_at=None
    )
    record_event(
        actor,
        "reader.promoted",
        model,
        at=at,
        version=model.version,
        replaced=replaced or "shipped",
        trained_by=model.by,
        reason=told,
        override=override,
    )


@transaction.atomic
def retire_intent_model(*, actor: Actor, model: IntentModel, reason: str, at: datetime) -> None:
    """Let the shipped reader read again; raise Refused without a reason or for one not serving."""
    actor.require("intent.train")
    own(actor, model, "reader")
    told = needed(
        text=reason, most=500, what="reason", missing="Say why this reader serves no longer."
    )
    rows = IntentModel.objects.filter(
        pk=model.pk, promoted_at__isnull=False, retired_at=None
    ).update(retired_at=at)
    if rows != 1:
        raise Refused("This reader does not serve; load the page again.")
    record_event(actor, "reader.retired", model, at=at, version=model.version, reason=told)


def _retire(company: Company, *, at: datetime) -> str:
    """Retire what serves, if anything; return its version."""
    serving = IntentModel.objects.filter(
        company=company, promoted_at__isnull=False, retired_at=None
    )
    version = serving.values_list("version", flat=True).first() or ""
    serving.update(retired_at=at)
    return version
