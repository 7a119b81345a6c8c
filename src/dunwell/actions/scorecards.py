"""Scorecards: drafting, letting one decide or score beside, retiring; and what they scored."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting, needed
from dunwell.engine.credit_fact_names import fact_named
from dunwell.engine.documents import DocumentError
from dunwell.engine.scorecard_changes import told
from dunwell.engine.scorecard_terms import Scorecard as Card
from dunwell.engine.scorecard_terms import Value
from dunwell.engine.scorecards import Scored, Scorer, failed_cases
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.models import Company, Customer, Scorecard, ScoreSnapshot
from dunwell.queries.credit_facts import credit_facts
from dunwell.queries.scorecards import last_points

Status = Scorecard.Status
BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotIn:
    """A customer's score ready to be recorded; the lists as `models.ScoreSnapshot` has them."""

    customer_id: int
    points: int
    pd_ppm: int
    factors: Sequence[Mapping[str, Any]]
    reasons: Sequence[Mapping[str, Any]]
    counterfactual: Sequence[Mapping[str, Any]]


@transaction.atomic
def draft_scorecard(
    *,
    actor: Actor,
    document: Mapping[str, Any],
    report: Mapping[str, Any] | None = None,
    at: datetime,
) -> Scorecard:
    """Keep a document as the next version of the scorecard of its name; return it.

    With a `report` (what training measured) it counts as learned, else as written by hand. The
    latest version's document again returns that version. Raises Refused with the place where the
    document cannot be used, or one of its own cases does not come out.
    """
    actor.require("scorecard.train")
    card = _read(document)
    if failed := failed_cases(card):
        raise Refused(f"The scorecard's own {failed[0]}.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    versions = Scorecard.objects.filter(company=actor.company, name=card.name)
    sha256 = document_sha256(document)
    latest = versions.order_by("-version").first()
    if latest is not None and latest.sha256 == sha256:
        return latest
    number = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    kept = copy.deepcopy(dict(document))
    kept["scorecard"] = {
        **kept["scorecard"],
        "version": number,
        "valid_from": card.valid_from.isoformat(),
    }
    found = Scorecard.objects.create(
        company=actor.company,
        name=card.name,
        version=number,
        valid_from=card.valid_from,
        document=kept,
        report=dict(report or {}),
        sha256=sha256,
        origin=Scorecard.Origin.FITTED if report else Scorecard.Origin.BY_HAND,
        author=actor.name,
        recorded_at=at,
    )
    _record(actor, "scorecard.drafted", found, at=at, origin=found.origin, sha256=sha256)
    return found


@transaction.atomic
def promote_scorecard(
    *,
    actor: Actor,
    scorecard: Scorecard,
    to: str = Status.CHAMPION,
    reason: str = "",
    at: datetime,
) -> None:
    """Let a card decide (champion), or score beside without deciding (challenger).

    The champion of the same name becomes a challenger and scores on. Who made the card may not
    promote it, except in a demo company or where nobody else works; the event then says so. A
    card that treats groups of people unalike, or reads a stand-in for a protected ground, needs
    a `reason`. Raises Refused for that, for a card that cannot move there, and for an input that
    is no fact of the catalogue.
    """
    actor.require("scorecard.promote")
    if to not in (Status.CHAMPION, Status.CHALLENGER):
        raise Refused(f"A scorecard becomes champion or challenger, not {to}.")
    before = _movable(actor, scorecard, Status(to))
    override = own_approval(
        actor,
        author=scorecard.author,
        refusal="You made this scorecard; somebody else has to promote it.",
    )
    card = _read(scorecard.document)
    unknown = [one.name for one in card.inputs if fact_named(one.name) is None]
    if unknown:
        raise Refused(
            f"Input {unknown[0]} is no fact we know of customers, so nobody could be scored by "
            "it; name it like a fact of the catalogue, or record it as a data point (point_…)."
        )
    told_reason = fitting(text=reason, most=500, what="reason")
    doubts = doubts_of(scorecard.report)
    if doubts and not told_reason:
        raise Refused(f"{doubts[0]} Give the reason why it should be used all the same.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    beaten = _step_down(actor, scorecard, at=at) if to == Status.CHAMPION else None
    _move(actor, scorecard, before, Status(to), reason=told_reason, at=at)
    _record(
        actor,
        "scorecard.promoted",
        scorecard,
        at=at,
        to=to,
        before=before.value,
        replaced=beaten,
        author=scorecard.author,
        reason=told_reason,
        override=override,
    )


@transaction.atomic
def retire_scorecard(*, actor: Actor, scorecard: Scorecard, reason: str, at: datetime) -> None:
    """Let a card score no more; it may be taken back later. Raises Refused without a reason."""
    actor.require("scorecard.promote")
    before = _movable(actor, scorecard, Status.RETIRED)
    told_reason = needed(
        text=reason, most=500, what="reason", missing="Say why this scorecard is retired."
    )
    _move(actor, scorecard, before, Status.RETIRED, reason=told_reason, at=at)
    _record(actor, "scorecard.retired", scorecard, at=at, before=before.value, reason=told_reason)


@transaction.atomic
def score_customer(
    *, actor: Actor, scorecard: Scorecard, customer: Customer, as_of: date, at: datetime
) -> ScoreSnapshot:
    """Score one customer by its facts as of a day, and keep the score; return it.

    A customer that was scored by the card for that day already keeps that score. Raises Refused
    for a card that neither decides nor challenges, or is not valid yet.
    """
    actor.require("credit_file.edit")
    open_customer(actor, customer)
    _scoring(actor, scorecard, as_of=as_of)
    facts = credit_facts(actor.company, as_of=as_of, customer_ids=[customer.pk])
    scorer = Scorer(_read(scorecard.document))
    row = snapshot_of(scorer, customer.pk, facts[customer.pk])
    found, is_new = ScoreSnapshot.objects.get_or_create(
        customer=customer,
        scorecard=scorecard,
        as_of=as_of,
        defaults={"company": actor.company, "recorded_at": at, **_values(row)},
    )
    if is_new:
        record_event(
            actor,
            "score.recorded",
            found,
            at=at,
            customer_id=customer.pk,
            scorecard=str(scorecard),
            as_of=as_of.isoformat(),
            points=found.points,
            pd_ppm=found.pd_ppm,
        )
    return found


@transaction.atomic
def write_score_snapshots(
    *, actor: Actor, scorecard: Scorecard, rows: Sequence[SnapshotIn], as_of: date, at: datetime
) -> int:
    """Keep the scores of many customers by one card for a day; return how many were written.

    A score that has the same points for every input as the customer's last one by the card is not
    written again, nor is one for a day that has one. Raises Refused for a card that does not
    score, as `score_customer` does.
    """
    actor.require("cycle.run")
    _scoring(actor, scorecard, as_of=as_of)
    last = last_points(scorecard, before=as_of)
    today = set(
        ScoreSnapshot.objects.filter(scorecard=scorecard, as_of=as_of).values_list(
            "customer_id", flat=True
        )
    )
    fresh = [
        ScoreSnapshot(
            company=actor.company,
            customer_id=row.customer_id,
            scorecard=scorecard,
            as_of=as_of,
            recorded_at=at,
            **_values(row),
        )
        for row in sorted(rows, key=lambda row: row.customer_id)
        if row.customer_id not in today
        and last.get(row.customer_id)
        != (row.pd_ppm, tuple(int(one["points"]) for one in row.factors))
    ]
    ScoreSnapshot.objects.bulk_create(fresh, batch_size=BATCH)
    if fresh:
        _record(
            actor,
            "scorecard.scored",
            scorecard,
            at=at,
            as_of=as_of.isoformat(),
            customers=len(rows),
            written=len(fresh),
        )
    return len(fresh)


def snapshot_of(scorer: Scorer, customer_id: int, facts: Mapping[str, Value]) -> SnapshotIn:
    """Return what a card says of a customer's facts, ready to be recorded."""
    try:
        scored = scorer.score(facts)
    except ValueError as error:
        raise Refused(f"Customer {customer_id} cannot be scored: {error}.") from error
    return SnapshotIn(
        customer_id=customer_id,
        points=scored.points,
        pd_ppm=scored.pd_ppm,
        factors=[
            {"input": part.input, "value": part.value, "points": part.points}
            for part in scored.parts
        ],
        reasons=told_reasons(scored),
        counterfactual=[
            {"input": one.input, "to": one.to, "told": told(one), "points": one.gain}
            for one in scored.flips
        ],
    )


def told_reasons(scored: Scored) -> list[dict[str, Any]]:
    """Return a score's reasons as they are stored and told: code, text, points lost, way back."""
    return [
        {
            "code": one.code,
            "text": one.text,
            "lost": one.lost,
            "value": one.value,
            "to": one.change.to,
            "told": told(one.change),
            "gain": one.change.gain,
        }
        for one in scored.reasons
    ]


def doubts_of(report: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each ground on which a card needs a reason to be used."""
    doubts = [
        f"Groups by {name} are not treated alike (see its fairness figures)."
        for name, found in sorted(report.get("fairness", {}).items())
        if not found["is_fair"]
    ]
    doubts += [
        f"Input {row['input']} stands in for {row['protected']}."
        for row in report.get("stand_ins", [])
        if row["stands_in"]
    ]
    return doubts


def document_sha256(document: Mapping[str, Any]) -> str:
    """Return the hash of a document, whatever its version is numbered."""
    body = {name: value for name, value in document["scorecard"].items() if name != "version"}
    text = json.dumps({**document, "scorecard": body}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(document: Mapping[str, Any]) -> Card:
    try:
        return read_scorecard(document)
    except DocumentError as error:
        raise Refused(f"{error}.") from error


def _scoring(actor: Actor, scorecard: Scorecard, *, as_of: date) -> None:
    own(actor, scorecard, "scorecard")
    if scorecard.status not in (Status.CHAMPION, Status.CHALLENGER):
        raise Refused(
            f"{scorecard} is {Status(scorecard.status).label.lower()} and scores nobody; "
            "promote it first."
        )
    if scorecard.valid_from > as_of:
        raise Refused(f"{scorecard} is valid from {scorecard.valid_from} on, not on {as_of}.")


def _movable(actor: Actor, scorecard: Scorecard, to: Status) -> Status:
    """Return the card's status now, or raise Refused where it cannot become `to`."""
    own(actor, scorecard, "scorecard")
    before = Status(scorecard.status)
    if to not in Scorecard.MOVES[before]:
        raise Refused(
            f"{scorecard} is {before.label.lower()} and cannot become {to.label.lower()}."
        )
    return before


def _step_down(actor: Actor, scorecard: Scorecard, *, at: datetime) -> int | None:
    """Let the champion of the name score on as a challenger; return its version."""
    found = Scorecard.objects.filter(
        company=actor.company, name=scorecard.name, status=Status.CHAMPION
    )
    version = found.values_list("version", flat=True).first()
    found.update(
        status=Status.CHALLENGER,
        approver=actor.name,
        decided_at=at,
        reason=f"replaced by version {scorecard.version}",
    )
    return version


def _move(
    actor: Actor, scorecard: Scorecard, before: Status, to: Status, *, reason: str, at: datetime
) -> None:
    rows = Scorecard.objects.filter(pk=scorecard.pk, status=before).update(
        status=to, approver=actor.name, decided_at=at, reason=reason
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this scorecard; load the page again.")
    scorecard.status = to


def _values(row: SnapshotIn) -> dict[str, Any]:
    values = asdict(row)
    del values["customer_id"]
    return values


def _record(actor: Actor, verb: str, scorecard: Scorecard, *, at: datetime, **data: Any) -> None:
    record_event(
        actor, verb, scorecard, at=at, name=scorecard.name, version=scorecard.version, **data
    )
