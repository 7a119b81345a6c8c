"""Model versions: recording what was trained, putting one to serve, falling back, checking."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.ml.artifact import unread_version
from dunwell.models import Company, ModelCheck, ModelVersion

Status = ModelVersion.Status

FIRST = "first version"
"""Reason why a company's first version serves at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedModel:
    """A model as training left it, ready to be recorded.

    `training_sha256` is the hash of everything it learned from; `learned_from` the companies;
    `league`, `card` and `replay` are JSON documents (see `models.ModelVersion`);
    `league["is_worse"]` says that another model of the back-test should serve.
    """

    kind: str
    as_of: date
    seed: int
    learned_from: Sequence[int]
    paid_items: int
    artifact: bytes
    training_sha256: str
    league: Mapping[str, Any]
    card: Mapping[str, Any]
    replay: Mapping[str, Any]


@transaction.atomic
def record_model_version(*, actor: Actor, trained: TrainedModel, at: datetime) -> ModelVersion:
    """Keep a trained model as the company's next version; return it.

    A company's first version serves at once, later ones wait as candidates. The latest
    version trained from the same rows into the same bytes is returned instead of a copy.
    """
    actor.require("model.train")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    same = (
        ModelVersion.objects.filter(
            company=company,
            kind=trained.kind,
            training_sha256=trained.training_sha256,
            artifact_sha256=_hash(trained.artifact),
        )
        .defer("artifact")
        .order_by("-number")
        .first()
    )
    if same is not None:
        return same
    is_first = not ModelVersion.objects.filter(company=company).exists()
    version = _add(actor, trained, at=at)
    record_event(
        actor,
        "model.trained",
        version,
        at=at,
        number=version.number,
        kind=version.kind,
        as_of=trained.as_of.isoformat(),
        paid_items=trained.paid_items,
        artifact_sha256=version.artifact_sha256,
        training_sha256=version.training_sha256,
    )
    if is_first:
        _serve(actor, version, before=Status.CANDIDATE, reason=FIRST, at=at)
    return version


@transaction.atomic
def promote_model(*, actor: Actor, version: ModelVersion, at: datetime, reason: str = "") -> None:
    """Put a candidate, or a version that served before, to serve; the serving one is retired.

    Who trained a version by hand may not promote it, except in a demo company or where
    nobody else works; the event then says so. A version that another model beat in its
    back-test needs a `reason`. Raises Refused for that, and for a version that cannot serve.
    """
    actor.require("model.promote")
    if version.company_id != actor.company.pk:
        raise Refused("This model belongs to another company.")
    before = Status(version.status)
    if Status.SERVING not in ModelVersion.MOVES[before]:
        raise Refused(f"This version is {before.label.lower()} and cannot be put to serve.")
    if unread_version(bytes(version.artifact)) is not None:
        raise Refused(
            f"Version {version.number} was trained by another release of the program, which this "
            "one cannot read; train a new version."
        )
    override = own_approval(
        actor,
        author=version.trained_by,
        refusal="You trained this version; somebody else has to put it to serve.",
    )
    told = fitting(text=reason, most=500, what="reason")
    if version.league.get("is_worse") and not told:
        raise Refused(
            "In the back-test another model did better than this one; "
            "give the reason why it should serve all the same."
        )
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    _serve(actor, version, before=before, reason=told, at=at, override=override)


@transaction.atomic
def reject_model(*, actor: Actor, version: ModelVersion, reason: str, at: datetime) -> None:
    """Turn a candidate down; raise Refused without a reason or for a version that is none."""
    actor.require("model.promote")
    if version.company_id != actor.company.pk:
        raise Refused("This model belongs to another company.")
    before = Status(version.status)
    if Status.REJECTED not in ModelVersion.MOVES[before]:
        raise Refused(f"This version is {before.label.lower()} and cannot be rejected.")
    told = fitting(text=reason, most=500, what="reason")
    if not told:
        raise Refused("Say why this version is rejected.")
    _move(actor, version, before, Status.REJECTED, reason=told, at=at)
    record_event(actor, "model.rejected", version, at=at, number=version.number, reason=told)


@transaction.atomic
def fall_back(
    *,
    actor: Actor,
    version: ModelVersion,
    trained: TrainedModel,
    alarms: Sequence[str],
    at: datetime,
) -> ModelVersion:
    """Let a naive model serve instead of a version whose monitor alarms; return what serves.

    The version is retired and may be promoted again. When it no longer serves, whatever
    does is returned and nothing changes.
    """
    actor.require("cycle.run")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    serving = ModelVersion.objects.filter(company=company, status=Status.SERVING).defer("artifact")
    found = serving.first()
    if found is not None and found.pk != version.pk:
        return found
    reason = f"alarm: {', '.join(alarms)}"[:500]
    fallback = _add(actor, trained, at=at)
    _retire(actor, at=at, reason=reason)
    _move(actor, fallback, Status.CANDIDATE, Status.SERVING, reason=reason, at=at)
    record_event(
        actor,
        "model.fell_back",
        fallback,
        at=at,
        number=fallback.number,
        kind=fallback.kind,
        from_number=version.number,
        from_kind=version.kind,
        alarms=list(alarms),
    )
    return fallback


@transaction.atomic
def record_check(
    *,
    actor: Actor,
    version: ModelVersion,
    figures: Mapping[str, Any],
    alarms: Sequence[str],
    as_of: date,
    at: datetime,
) -> int:
    """Keep how the serving version did by the day; return 1, or 0 when it was kept before."""
    actor.require("cycle.run")
    check, is_new = ModelCheck.objects.get_or_create(
        company=actor.company,
        as_of=as_of,
        defaults={
            "version": version,
            "figures": dict(figures),
            "is_alarm": bool(alarms),
            "alarms": list(alarms),
            "recorded_at": at,
        },
    )
    if not is_new:
        return 0
    record_event(
        actor,
        "model.checked",
        version,
        at=at,
        as_of=as_of.isoformat(),
        number=version.number,
        alarms=check.alarms,
    )
    return 1


def _add(actor: Actor, trained: TrainedModel, *, at: datetime) -> ModelVersion:
    versions = ModelVersion.objects.filter(company=actor.company)
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    # the card was written before the version had a number
    card = {**trained.card, "version": str(number)} if trained.card else {}
    return ModelVersion.objects.create(
        company=actor.company,
        number=number,
        kind=trained.kind,
        trained_as_of=trained.as_of,
        trained_at=at,
        trained_by=actor.name,
        seed=trained.seed,
        learned_from=list(trained.learned_from),
        paid_items=trained.paid_items,
        artifact=trained.artifact,
        artifact_sha256=_hash(trained.artifact),
        training_sha256=trained.training_sha256,
        league=dict(trained.league),
        card=card,
        replay=dict(trained.replay),
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _serve(
    actor: Actor,
    version: ModelVersion,
    *,
    before: Status,
    reason: str,
    at: datetime,
    override: str = "",
) -> None:
    """Retire what serves, put the version in its place and say so."""
    retired = _retire(actor, at=at, reason=f"replaced by version {version.number}")
    _move(actor, version, before, Status.SERVING, reason=reason, at=at)
    record_event(
        actor,
        "model.promoted",
        version,
        at=at,
        number=version.number,
        kind=version.kind,
        replaced=retired,
        trained_by=version.trained_by,
        reason=reason,
        override=override,
    )


def _retire(actor: Actor, *, at: datetime, reason: str) -> int | None:
    """Retire the company's serving version, if any; return its number."""
    serving = ModelVersion.objects.filter(company=actor.company, status=Status.SERVING)
    number = serving.values_list("number", flat=True).first()
    serving.update(status=Status.RETIRED, decided_by=actor.name, decided_at=at, reason=reason)
    return number


def _move(
    actor: Actor,
    version: ModelVersion,
    before: Status,
    status: Status,
    *,
    reason: str,
    at: datetime,
) -> None:
    rows = ModelVersion.objects.filter(pk=version.pk, status=before).update(
        status=status, decided_by=actor.name, decided_at=at, reason=reason
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this version; load the page again.")
    version.status = status
