"""/scorecards: who is champion, what a card measures, scoring rows and customers, deciding."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.scorecards import (
    draft_scorecard,
    promote_scorecard,
    retire_scorecard,
    score_customer,
    told_reasons,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Document,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.scorecard_changes import told
from dunwell.engine.scorecards import Scorer
from dunwell.jobs.scorecards import CardOrder, begin_card_training, latest_card_training
from dunwell.models import Customer, Scorecard
from dunwell.queries.pages import Page
from dunwell.queries.scorecards import (
    ScorecardPage,
    ScorecardRow,
    ScoreSnapshotRow,
    card_of,
    scorecard_page,
    scorecard_rows,
    snapshot_rows,
)

router = Router(tags=["scorecards"])

MOST_ROWS = 1_000
CardName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,79}$", description="Name of the card.")]
CardValue = Annotated[
    int | float | bool | Annotated[Plain, Field(max_length=200)] | None,
    Field(description="Value of an input; null is missing."),
]


class ScorecardIn(Body):
    """A scorecard as a document: {scorecard: {name, valid_from, inputs, …}, cases: […]}."""

    document: Document


class ScoringSubject(Body):
    """One subject: a name of the caller's own, and values by input; left out is missing."""

    subject: Annotated[Plain, Field(min_length=1, max_length=80)]
    values: dict[Annotated[Plain, Field(max_length=80)], CardValue] = Field(max_length=500)


class ScoringIn(Body):
    """Subjects to score at once."""

    subjects: list[ScoringSubject] = Field(min_length=1, max_length=MOST_ROWS)


class ScoringReason(Schema):
    """Why no more points: the input, its text, the points lost, and the change that mends it.

    `to` is the nearest value that reaches the policy's level, `told` the same in words, `gain`
    the points that change alone brings.
    """

    code: str
    text: str
    lost: int
    to: int | float | bool | str | None
    told: str
    gain: int


class ScoringChange(Schema):
    """One of the fewest changes that together reach the card's cut-off."""

    input: str
    to: int | float | bool | str | None
    told: str
    gain: int


class ScoringFactor(Schema):
    """What one input adds, and how many points it lost against the policy's level."""

    input: str
    points: int
    lost: int


class ScoringAnswer(Schema):
    """One subject scored: points, probability of going bad, every factor, reasons, changes."""

    subject: str
    points: int
    pd_ppm: int
    factors: list[ScoringFactor]
    reasons: list[ScoringReason]
    changes: list[ScoringChange]


class ScoringAnswers(Schema):
    """The subjects in the order they were sent."""

    scorecard_id: int
    name: str
    version: int
    cut_off: int | None
    scores: list[ScoringAnswer]


class CustomerToScore(Body):
    """Whose score is recorded, by its facts as of today."""

    customer_id: Key


class ScorecardMove(Body):
    """Champion decides, challenger scores beside; a card with doubts needs the reason."""

    to: Literal["champion", "challenger"] = "champion"
    reason: Annotated[Plain, Field(max_length=500)] = ""


class ScorecardTrainingIn(Body):
    """What is learned from the company's own books: payment habits and what became of them."""

    name: CardName
    valid_from: Day
    method: Literal["", "woe", "stumps", "blend"] = ""


class ScorecardTrainingBegun(Schema):
    """Training goes on in the background; not new when one was going on already."""

    is_new: bool
    look_at: str


class ScorecardTrainingState(Schema):
    """How the last training stands that this server process was asked for.

    `stage` is read, try, fit or judge; `scorecard_id` the draft it made, 0 for none yet.
    """

    is_running: bool = False
    stage: str = ""
    done_ppm: int = 0
    started_at: datetime | None = None
    scorecard_id: int = 0
    refusal: str = ""


@router.get("", response=answers(Page[ScorecardRow]))
def list_scorecards(
    request: ApiRequest,
    status: Literal["", "draft", "champion", "challenger", "retired"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ScorecardRow]:
    """List scorecards by name, the newest version of each first."""
    request.actor.require("ledger.view")
    return scorecard_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.post("", response=answers(Created, 201))
@once
def new_scorecard(request: ApiRequest, body: ScorecardIn) -> tuple[int, dict[str, Any]]:
    """Keep a scorecard written by hand as a draft; the latest version again is that version."""
    found = draft_scorecard(actor=request.actor, document=body.document, at=request.at)
    return 201, {"id": found.pk}


@router.post("/train", response=answers(ScorecardTrainingBegun, 202))
def train_new_scorecard(
    request: ApiRequest, body: ScorecardTrainingIn
) -> Status[ScorecardTrainingBegun]:
    """Learn a scorecard from the books in the background. The same rows are kept once: no key.

    A customer goes bad when an item of its becomes more than 90 days late within twelve months.
    """
    actor = request.actor
    actor.require("scorecard.train")
    order = CardOrder(name=body.name, valid_from=body.valid_from, method=body.method)
    is_new = begin_card_training(actor.company.pk, order, user_id=actor.user_id, at=request.at)
    look_at = "/api/v1/scorecards/training"
    return Status(202, ScorecardTrainingBegun(is_new=is_new, look_at=look_at))


@router.get("/training", response=answers(ScorecardTrainingState))
def show_scorecard_training(request: ApiRequest) -> ScorecardTrainingState:
    """Show how the last training stands: whether it goes on, and which draft it made."""
    request.actor.require("ledger.view")
    latest = latest_card_training(request.actor.company.pk)
    if latest is None:
        return ScorecardTrainingState()
    return ScorecardTrainingState(
        is_running=latest.is_running,
        stage=latest.stage,
        done_ppm=latest.done_ppm,
        started_at=latest.started_at,
        scorecard_id=latest.scorecard_id,
        refusal=latest.refusal,
    )


@router.get("/{scorecard_id}", response=answers(ScorecardPage))
def show_scorecard(request: ApiRequest, scorecard_id: Id) -> ScorecardPage:
    """Show one scorecard with its document, what was measured, and the champion beside it."""
    request.actor.require("ledger.view")
    return existing(scorecard_page(request.actor.company, scorecard_id))


@router.get("/{scorecard_id}/scores", response=answers(Page[ScoreSnapshotRow]))
def list_scorecard_scores(
    request: ApiRequest,
    scorecard_id: Id,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ScoreSnapshotRow]:
    """List the scores a card gave customers, the latest first; only changes are kept."""
    actor = request.actor
    actor.require("ledger.view")
    card = own(Scorecard, actor, scorecard_id)
    return snapshot_rows(
        actor.company, scorecard_id=card.pk, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.post("/{scorecard_id}/scores", response=answers(ScoringAnswers))
@once
def score_subjects(
    request: ApiRequest, scorecard_id: Id, body: ScoringIn
) -> tuple[int, dict[str, Any]]:
    """Score up to 1,000 subjects by values sent along, with reasons; nothing is recorded of them.

    Same values, same answer. A value of the wrong kind is refused with the subject's name.
    """
    actor = request.actor
    actor.require("ledger.view")
    found = own(Scorecard, actor, scorecard_id)
    card = card_of(found)
    scorer = Scorer(card)
    answer = ScoringAnswers(
        scorecard_id=found.pk,
        name=found.name,
        version=found.version,
        cut_off=card.cut_off,
        scores=[_scored(scorer, one) for one in body.subjects],
    )
    return 200, answer.model_dump()


@router.post("/{scorecard_id}/customer-scores", response=answers(Created, 201))
@once
def record_customer_score(
    request: ApiRequest, scorecard_id: Id, body: CustomerToScore
) -> tuple[int, dict[str, Any]]:
    """Score a customer by its facts as of today and keep the score; once a day and card."""
    actor = request.actor
    found = score_customer(
        actor=actor,
        scorecard=own(Scorecard, actor, scorecard_id),
        customer=own(Customer, actor, body.customer_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": found.pk}


@router.post("/{scorecard_id}/promote", response=answers(Done))
@once
def move_scorecard(
    request: ApiRequest, scorecard_id: Id, body: ScorecardMove
) -> tuple[int, dict[str, Any]]:
    """Let a card decide, or score beside the one that does; its author may not do so."""
    promote_scorecard(
        actor=request.actor,
        scorecard=own(Scorecard, request.actor, scorecard_id),
        to=body.to,
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{scorecard_id}/retire", response=answers(Done))
@once
def end_scorecard(
    request: ApiRequest, scorecard_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Let a card score no more; it may be taken back by promoting it again."""
    retire_scorecard(
        actor=request.actor,
        scorecard=own(Scorecard, request.actor, scorecard_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


def _scored(scorer: Scorer, one: ScoringSubject) -> ScoringAnswer:
    unknown = sorted(set(one.values) - {each.name for each in scorer.card.inputs})
    if unknown:
        raise Refused(f"{one.subject}: the card reads no {unknown[0]!r}; leave it out.")
    try:
        scored = scorer.score(one.values)
    except ValueError as error:
        raise Refused(f"{one.subject}: {error}.") from error
    return ScoringAnswer(
        subject=one.subject,
        points=scored.points,
        pd_ppm=scored.pd_ppm,
        factors=[
            ScoringFactor(input=part.input, points=part.points, lost=part.lost)
            for part in scored.parts
        ],
        reasons=[
            ScoringReason(**{name: row[name] for name in ScoringReason.model_fields})
            for row in told_reasons(scored)
        ],
        changes=[
            ScoringChange(input=each.input, to=each.to, told=told(each), gain=each.gain)
            for each in scored.flips
        ],
    )
