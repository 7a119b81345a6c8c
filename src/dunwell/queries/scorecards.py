"""Scorecards as pages, the API and decisions read them: who is champion, what was scored.

`champion` and `latest_scores` are what the rest of the house asks; the rest is for people.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from dunwell.engine.scorecard_terms import Scorecard as Card
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.models import Company, Scorecard, ScoreSnapshot
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Scorecard.Status

ORDER = ("name", "-version")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorecardRow:
    """One version of a scorecard; `auc`, `ks` and `gini` are None for one written by hand.

    `can_promote` and `can_retire`: its status allows the move; who may is the action's word.
    """

    id: int
    name: str
    version: int
    valid_from: date
    origin: str
    origin_label: str
    method: str
    subjects: str
    status: str
    status_label: str
    inputs: int
    rows: int | None
    auc: float | None
    ks: float | None
    gini: float | None
    author: str
    recorded_at: datetime
    approver: str
    decided_at: datetime | None
    reason: str
    sha256: str
    can_promote: bool
    can_challenge: bool
    can_retire: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """What the champion said of a customer last; `reasons` are [{code, text, lost, to}]."""

    points: int
    pd_ppm: int
    scorecard_id: int
    as_of: date
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreSnapshotRow:
    """One score of a customer, with all it rests on."""

    id: int
    customer_id: int
    scorecard_id: int
    scorecard: str
    as_of: date
    points: int
    pd_ppm: int
    factors: Sequence[Mapping[str, Any]]
    reasons: Sequence[Mapping[str, Any]]
    counterfactual: Sequence[Mapping[str, Any]]
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorecardPage:
    """One scorecard with its document, its report, and the champion of its name beside it.

    `champion` is None where the card is the champion itself, or there is none; the champion's
    cut-off is where its average risk begins when it states none.
    """

    card: ScorecardRow
    document: Mapping[str, Any]
    report: Mapping[str, Any]
    champion: ScorecardRow | None
    champion_report: Mapping[str, Any]
    champion_cut_off: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsCount:
    """So many customers whose latest score by a card is `points`."""

    points: int
    customers: int


def champion(company: Company, name: str, *, as_of: date) -> Scorecard | None:
    """Return the champion of a name that is valid on the day, None where there is none."""
    return Scorecard.objects.filter(
        company=company, name=name, status=Status.CHAMPION, valid_from__lte=as_of
    ).first()


def scoring_cards(company: Company, *, as_of: date) -> list[Scorecard]:
    """Return champions and challengers valid on the day, by name and version."""
    return list(
        Scorecard.objects.filter(
            company=company,
            status__in=(Status.CHAMPION, Status.CHALLENGER),
            valid_from__lte=as_of,
        ).order_by("name", "version")
    )


def card_of(scorecard: Scorecard) -> Card:
    """Return a stored scorecard as the engine reads it."""
    return read_card(scorecard.document)


def read_card(document: Mapping[str, Any]) -> Card:
    """Return a stored document as the engine reads it."""
    return read_scorecard(document)


def latest_scores(
    company: Company, *, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[int, ScoreRow]:
    """Return by customer the latest score up to the day of the cards that are champions now.

    A customer that no champion has scored is left out. Two champions of different names that
    scored one customer on one day: the one made last counts.
    """
    found = ScoreSnapshot.objects.filter(
        company=company, as_of__lte=as_of, scorecard__status=Status.CHAMPION
    )
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    newest = (
        ScoreSnapshot.objects.filter(
            customer=OuterRef("customer"), as_of__lte=as_of, scorecard__status=Status.CHAMPION
        )
        .order_by("-as_of", "-pk")
        .values("pk")[:1]
    )
    return {
        row.customer_id: ScoreRow(
            points=row.points,
            pd_ppm=row.pd_ppm,
            scorecard_id=row.scorecard_id,
            as_of=row.as_of,
            reasons=row.reasons,
        )
        for row in found.filter(pk=Subquery(newest)).defer("factors", "counterfactual")
    }


def last_points(scorecard: Scorecard, *, before: date) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Return by customer the last probability and points of each input, from before a day."""
    rows = _newest(scorecard.pk, as_of__lt=before).values_list("customer_id", "pd_ppm", "factors")
    return {key: (pd, tuple(one["points"] for one in factors)) for key, pd, factors in rows}


def _newest(scorecard_id: int, **until: date) -> QuerySet[ScoreSnapshot]:
    """Return each customer's newest snapshot by a card, of those until a day."""
    own = ScoreSnapshot.objects.filter(
        customer=OuterRef("customer"), scorecard=scorecard_id, **until
    )
    newest = own.order_by("-as_of").values("pk")[:1]
    return ScoreSnapshot.objects.filter(scorecard=scorecard_id, pk=Subquery(newest))


def scorecard_rows(
    company: Company, *, status: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ScorecardRow]:
    """Return scorecards by name, the newest version of each first; `status` narrows them."""
    found = Scorecard.objects.filter(company=company).filter(after(cursor, ORDER, (str, int)))
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = [_row(one) for one in found.order_by(*ORDER)[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.name, row.version))


def scorecard_page(company: Company, scorecard_id: int) -> ScorecardPage | None:
    """Return one card of the company with the champion it is compared with, None for no such."""
    found = Scorecard.objects.filter(company=company, pk=scorecard_id).first()
    if found is None:
        return None
    other = (
        Scorecard.objects.filter(company=company, name=found.name, status=Status.CHAMPION)
        .exclude(pk=found.pk)
        .first()
    )
    return ScorecardPage(
        card=_row(found),
        document=found.document,
        report=found.report,
        champion=None if other is None else _row(other),
        champion_report={} if other is None else other.report,
        champion_cut_off=None if other is None else _cut_off(other),
    )


def snapshot_rows(
    company: Company,
    *,
    scorecard_id: int | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ScoreSnapshotRow]:
    """Return scores as they were recorded, the latest first."""
    found = ScoreSnapshot.objects.filter(company=company).filter(after(cursor, ("-id",), (int,)))
    if scorecard_id is not None:
        found = found.filter(scorecard=scorecard_id)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = [
        ScoreSnapshotRow(
            id=row.pk,
            customer_id=row.customer_id,
            scorecard_id=row.scorecard_id,
            scorecard=str(row.scorecard),
            as_of=row.as_of,
            points=row.points,
            pd_ppm=row.pd_ppm,
            factors=row.factors,
            reasons=row.reasons,
            counterfactual=row.counterfactual,
            recorded_at=row.recorded_at,
        )
        for row in found.select_related("scorecard")
        .defer("scorecard__document", "scorecard__report")
        .order_by("-id")[: limit + 1]
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def points_counts(scorecard_id: int, *, as_of: date) -> tuple[PointsCount, ...]:
    """Return how many customers stand at each number of points by a card, as of a day."""
    counted: dict[int, int] = {}
    for points in _latest_points(scorecard_id, as_of=as_of).values():
        counted[points] = counted.get(points, 0) + 1
    return tuple(
        PointsCount(points=points, customers=customers)
        for points, customers in sorted(counted.items())
    )


def _cut_off(found: Scorecard) -> int | None:
    """Return a card's cut-off, else where its average risk begins, else None."""
    stated = found.document["scorecard"].get("cut_off", found.report.get("cut_off"))
    return stated if isinstance(stated, int) else None


def _latest_points(scorecard_id: int, *, as_of: date) -> dict[int, int]:
    found = _newest(scorecard_id, as_of__lte=as_of)
    return dict(found.values_list("customer_id", "points"))


def _row(found: Scorecard) -> ScorecardRow:
    body, quality = found.document["scorecard"], found.report.get("quality", {})
    status = Status(found.status)
    moves = Scorecard.MOVES[status]
    return ScorecardRow(
        id=found.pk,
        name=found.name,
        version=found.version,
        valid_from=found.valid_from,
        origin=found.origin,
        origin_label=str(Scorecard.Origin(found.origin).label),
        method=body.get("method", "by_hand"),
        subjects=body.get("subjects", "companies"),
        status=found.status,
        status_label=str(status.label),
        inputs=len(body["inputs"]),
        rows=found.report.get("rows"),
        auc=quality.get("auc"),
        ks=quality.get("ks"),
        gini=quality.get("gini"),
        author=found.author,
        recorded_at=found.recorded_at,
        approver=found.approver,
        decided_at=found.decided_at,
        reason=found.reason,
        sha256=found.sha256,
        can_promote=Status.CHAMPION in moves,
        can_challenge=Status.CHALLENGER in moves and status != Status.CHAMPION,
        can_retire=Status.RETIRED in moves,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ShadowTable:
    """Two cards on the customers that both have scored, each by its own cut-off.

    `both`, `neither`: the cards agree; `only_this` passes only the first, `only_other` the second.
    """

    customers: int
    both: int
    neither: int
    only_this: int
    only_other: int


def shadow_table(this: tuple[int, int], other: tuple[int, int], *, as_of: date) -> ShadowTable:
    """Return how two cards, told as (key, cut-off), judge the same customers as of a day."""
    points = [_latest_points(key, as_of=as_of) for key, _ in (this, other)]
    common = points[0].keys() & points[1].keys()
    passed = [
        {key for key in common if found[key] >= cut_off}
        for found, (_, cut_off) in zip(points, (this, other), strict=True)
    ]
    return ShadowTable(
        customers=len(common),
        both=len(passed[0] & passed[1]),
        neither=len(common - passed[0] - passed[1]),
        only_this=len(passed[0] - passed[1]),
        only_other=len(passed[1] - passed[0]),
    )
