"""Whether matching was right: judged by what people decide and by what they take back.

A posted reading is right until somebody takes it back. A decision judges the reading that was
ranked first, or, after something was taken back, the reading that had been posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.actions.gate import Actor
from dunwell.actions.match_decisions import chunks
from dunwell.actions.match_moves import CASE
from dunwell.actions.new_records import add_records
from dunwell.models import Event, MatchCase, MatchOutcome, MatchProposal


def posted_outcomes(
    actor: Actor, cases: Sequence[MatchCase], *, as_of: date, at: datetime
) -> None:
    """Count readings that post by themselves as right, inside the caller's transaction."""
    for chunk in chunks(cases):
        MatchOutcome.objects.filter(case__in=[case.pk for case in chunk], is_current=True).update(
            is_current=False
        )
    judge = _Judge(actor=actor, as_of=as_of, at=at)
    add_records(
        MatchOutcome,
        [
            judge.outcome(case, (case.tier, case.evidence), was_auto=True, is_right=True)
            for case in cases
        ],
    )


def judge_decision(
    actor: Actor, case: MatchCase, amounts: Mapping[int, int], *, as_of: date, at: datetime
) -> None:
    """Judge the reading a person decided against: right when they chose exactly its amounts."""
    current = _current(case)
    if current is not None and current.was_auto:
        read, expected = (current.tier, current.evidence), _posted_amounts(case)
    else:
        best = MatchProposal.objects.filter(case=case, rank=1).first()
        if best is None:
            return
        read = (best.tier, best.evidence)
        expected = {key: amount for key, amount, *_ in best.allocations}
    _replace(
        _Judge(actor=actor, as_of=as_of, at=at).outcome(
            case,
            read,
            was_auto=current is not None and current.was_auto,
            is_right=expected == dict(amounts),
        )
    )


def judge_undone(actor: Actor, case: MatchCase, *, as_of: date, at: datetime) -> None:
    """Judge what is taken back: a posting was wrong, of a person's decision nothing is known."""
    current = _current(case)
    if current is None:
        return
    if current.was_auto:
        read = (current.tier, current.evidence)
        judge = _Judge(actor=actor, as_of=as_of, at=at)
        _replace(judge.outcome(case, read, was_auto=True, is_right=False))
    else:
        MatchOutcome.objects.filter(pk=current.pk).update(is_current=False)


def _current(case: MatchCase) -> MatchOutcome | None:
    return MatchOutcome.objects.filter(case=case, is_current=True).order_by("pk").first()


def _replace(outcome: MatchOutcome) -> None:
    MatchOutcome.objects.filter(case=outcome.case, is_current=True).update(is_current=False)
    outcome.save()


def _posted_amounts(case: MatchCase) -> dict[int, int]:
    posted = (
        Event.objects.filter(
            company=case.company, subject=CASE, subject_id=case.pk, verb="cash.posted"
        )
        .order_by("-seq")
        .first()
    )
    return dict(posted.data["items"]) if posted else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """Who judges, and when."""

    actor: Actor
    as_of: date
    at: datetime

    def outcome(
        self, case: MatchCase, read: tuple[str, list[str]], *, was_auto: bool, is_right: bool
    ) -> MatchOutcome:
        """Return the judgement of a reading (tier and evidence), not yet written."""
        return MatchOutcome(
            company=self.actor.company,
            case=case,
            tier=read[0],
            evidence=read[1],
            was_auto=was_auto,
            is_right=is_right,
            judged_on=self.as_of,
            judged_by=self.actor.name,
            recorded_at=self.at,
        )
