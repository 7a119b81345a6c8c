"""Model versions as the model page and the API show them: who serves, how it did, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dunwell.models import Company, ModelCheck, ModelVersion, PredictionLog

Status = ModelVersion.Status
LARGE = ("artifact", "league", "card", "replay")
"""Columns that lists do not read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """One version of the company's pay-date model.

    `can_promote` and `can_reject`: its status allows the move; who may is the action's word.
    """

    id: int
    number: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    trained_as_of: date
    trained_at: datetime
    trained_by: str
    seed: int
    learned_from: tuple[int, ...]
    is_pooled: bool
    paid_items: int
    artifact_sha256: str
    training_sha256: str
    decided_by: str
    decided_at: datetime | None
    reason: str
    can_promote: bool
    can_reject: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LeagueRow:
    """One model of the back-test; `is_best`: it should serve.

    `figures` are `ml.league.Results` as JSON (new, open, cold, worklist, cash, intervals; a
    figure that cannot be told is None), `against` the reasons that speak against it.
    """

    model: str
    label: str
    is_best: bool
    is_learned: bool
    is_eligible: bool
    is_calibrated: bool
    against: tuple[Mapping[str, Any], ...]
    figures: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeagueTable:
    """A back-test on the company's own past: its days, every model's figures, and the verdict.

    `is_worse`: another model than this version's should serve. `reason` is a
    `ml.league.Reason`, `promotion` a `ml.league.Promotion` against `champion`, both as JSON.
    """

    serves: str
    is_worse: bool
    reason: Mapping[str, Any]
    first_on: date
    last_on: date
    snapshots: int
    requests: int
    rows: tuple[LeagueRow, ...]
    champion: str
    promotion: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRow:
    """What the monitor saw by a day; `figures` as `jobs.score` stored them."""

    as_of: date
    model_number: int
    model_kind: str
    is_alarm: bool
    alarms: tuple[str, ...]
    figures: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelPage:
    """Everything the model page shows of a company; all empty before the first training."""

    serving: VersionRow | None
    versions: tuple[VersionRow, ...]
    league: LeagueTable | None
    card: Mapping[str, Any]
    checks: tuple[CheckRow, ...]
    last_scored_on: date | None
    scored_items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPage:
    """One version with the back-test it was chosen by and its card."""

    version: VersionRow
    league: LeagueTable | None
    card: Mapping[str, Any]


def model_page(company: Company, *, limit: int = 30) -> ModelPage:
    """Return the model page: the newest versions and the last checks come first."""
    versions = tuple(
        _version(version)
        for version in ModelVersion.objects.filter(company=company)
        .defer(*LARGE)
        .order_by("-number")[:limit]
    )
    documents = (
        ModelVersion.objects.filter(company=company, status=Status.SERVING)
        .defer("artifact", "replay")
        .first()
    )
    logged = (
        PredictionLog.objects.filter(company=company)
        .order_by("-as_of")
        .values_list("as_of", "rows")
        .first()
    )
    return ModelPage(
        serving=_version(documents) if documents else None,
        versions=versions,
        league=league_table(documents) if documents else None,
        card=documents.card if documents else {},
        checks=check_rows(company, limit=limit),
        last_scored_on=logged[0] if logged else None,
        scored_items=logged[1] if logged else 0,
    )


def version_page(company: Company, version_id: int) -> VersionPage | None:
    """Return one version with its league table and card, None for another company's."""
    version = (
        ModelVersion.objects.filter(company=company, pk=version_id)
        .defer("artifact", "replay")
        .first()
    )
    if version is None:
        return None
    return VersionPage(version=_version(version), league=league_table(version), card=version.card)


def check_rows(company: Company, *, limit: int = 30) -> tuple[CheckRow, ...]:
    """Return the last checks of whatever served, the newest first."""
    found = (
        ModelCheck.objects.filter(company=company)
        .select_related("version")
        .defer(*(f"version__{name}" for name in LARGE))
        .order_by("-as_of")[:limit]
    )
    return tuple(
        CheckRow(
            as_of=check.as_of,
            model_number=check.version.number,
            model_kind=check.version.kind,
            is_alarm=check.is_alarm,
            alarms=tuple(check.alarms),
            figures=check.figures,
        )
        for check in found
    )


def league_table(version: ModelVersion) -> LeagueTable | None:
    """Return the back-test a version was chosen by, None when there was too little to test on."""
    league = version.league
    if not league.get("rows"):
        return None
    return LeagueTable(
        serves=league["serves"],
        is_worse=league["is_worse"],
        reason=league["reason"],
        first_on=date.fromisoformat(league["first_on"]),
        last_on=date.fromisoformat(league["last_on"]),
        snapshots=league["snapshots"],
        requests=league["requests"],
        rows=tuple(_league_row(row, league["serves"]) for row in league["rows"]),
        champion=league["champion"],
        promotion=league["promotion"],
    )


def _league_row(row: Mapping[str, Any], serves: str) -> LeagueRow:
    return LeagueRow(
        model=row["model"],
        label=kind_label(row["model"]),
        is_best=row["model"] == serves,
        is_learned=row["is_learned"],
        is_eligible=row["is_eligible"],
        is_calibrated=row["is_calibrated"],
        against=tuple(row["against"]),
        figures=row["figures"],
    )


def kind_label(kind: str) -> str:
    """Return how a kind of model is called; the kind itself when it is none of ours."""
    return str(ModelVersion.Kind(kind).label) if kind in ModelVersion.Kind.values else kind


def serving_version(company: Company) -> ModelVersion | None:
    """Return the version that serves, its artifact included; None before the first training."""
    return ModelVersion.objects.filter(company=company, status=Status.SERVING).first()


def serving_kind(company: Company) -> str:
    """Return the kind of the version that serves, empty text for none."""
    found = ModelVersion.objects.filter(company=company, status=Status.SERVING)
    return found.values_list("kind", flat=True).first() or ""


def latest_tested(company: Company) -> ModelVersion | None:
    """Return the latest back-tested version, its artifact included, None before the first."""
    found = ModelVersion.objects.filter(company=company).exclude(league={})
    return found.defer("league", "card", "replay").order_by("-number").first()


def checked_on(company: Company) -> date | None:
    """Return the day of the last check, None before the first."""
    found = ModelCheck.objects.filter(company=company).order_by("-as_of")
    return found.values_list("as_of", flat=True).first()


def asks_for_training(company: Company, *, as_of: date) -> bool:
    """Return whether the check of the day raised an alarm that a new training may quiet.

    Only when the check before was calm: an alarm that stays is a matter for people.
    """
    found = ModelCheck.objects.filter(company=company, as_of__lte=as_of).order_by("-as_of")
    latest = list(found[:2])
    if not latest or latest[0].as_of != as_of or (latest[1:] and latest[1].is_alarm):
        return False
    alarms = latest[0].figures.get("alarms", ())
    return any("refit" in alarm["follows"] for alarm in alarms)


def _version(version: ModelVersion) -> VersionRow:
    moves = ModelVersion.MOVES[Status(version.status)]
    return VersionRow(
        id=version.pk,
        number=version.number,
        kind=version.kind,
        kind_label=kind_label(version.kind),
        status=version.status,
        status_label=str(Status(version.status).label),
        trained_as_of=version.trained_as_of,
        trained_at=version.trained_at,
        trained_by=version.trained_by,
        seed=version.seed,
        learned_from=tuple(version.learned_from),
        is_pooled=len(version.learned_from) > 1,
        paid_items=version.paid_items,
        artifact_sha256=version.artifact_sha256,
        training_sha256=version.training_sha256,
        decided_by=version.decided_by,
        decided_at=version.decided_at,
        reason=version.reason,
        can_promote=Status.SERVING in moves,
        can_reject=Status.REJECTED in moves,
    )
