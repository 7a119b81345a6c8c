"""The queue of cases with their proposals, brought in line with what matching answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.actions.match_answers import Answer, content, evidence_of, proposal_rows
from dunwell.actions.match_decisions import Decision, chunks
from dunwell.actions.match_moves import Status
from dunwell.actions.new_records import add_records
from dunwell.models import Company, MatchCase, MatchProposal, Payment

BEST = ("tier", "confidence_ppm", "evidence")
"""Fields of a case that repeat the best proposal when it was opened, or the posted reading."""


@dataclass(slots=True)
class Entry:
    """A payment with its answer; `found` is its case, `decision` what posting it writes.

    `is_moved`: an older case that changed its status without being posted.
    """

    answer: Answer
    payment: Payment
    found: MatchCase | None
    decision: Decision | None = None
    is_moved: bool = False

    @property
    def is_posted(self) -> bool:
        """Return whether it is to post by itself."""
        return self.answer.status == Status.POSTED

    @property
    def case(self) -> MatchCase:
        """Return its case; there is one once the queue is written."""
        if self.found is None:
            raise ValueError(f"payment {self.payment.number} has no case yet")
        return self.found


def write_queue(
    company: Company, entries: Sequence[Entry], *, as_of: date, at: datetime, by: str
) -> list[Entry]:
    """Write cases and proposals inside the caller's transaction; return the entries changed.

    The caller holds the payments and their cases.
    """
    fresh = [one for one in entries if one.found is None]
    known = [one for one in entries if one.found is not None]
    changed = {id(one) for one in fresh}
    changed |= {id(one) for one in known if _updated(one, as_of, at, by)}
    for one in fresh:
        one.found = _opened(company, one, as_of, at, by)
    add_records(MatchCase, [one.case for one in fresh])
    fields = ["status", "reason", "why", "escalate_to", *BEST, "version"]
    MatchCase.objects.bulk_update(
        [one.case for one in known if id(one) in changed],
        [*fields, "decided_on", "decided_at", "decided_by"],
        batch_size=500,
    )
    for chunk in chunks([one.case.pk for one in known]):
        MatchCase.objects.filter(pk__in=chunk, matched_on__lt=as_of).update(matched_on=as_of)
    changed |= _write_proposals(entries)
    return [one for one in entries if id(one) in changed]


def _opened(company: Company, entry: Entry, as_of: date, at: datetime, by: str) -> MatchCase:
    answer = entry.answer
    case = MatchCase(
        company=company,
        payment=entry.payment,
        status=answer.status,
        reason=answer.reason,
        why=answer.why,
        escalate_to=answer.escalate_to,
        opened_on=as_of,
        opened_at=at,
        matched_on=as_of,
    )
    _note_best(case, answer)
    _note_posted(case, as_of, at, by)
    return case


def _note_best(case: MatchCase, answer: Answer) -> None:
    if answer.proposals:
        best = answer.proposals[0]
        case.tier, case.confidence_ppm = best.tier, best.confidence_ppm
        case.evidence = evidence_of(best)


def _note_posted(case: MatchCase, as_of: date, at: datetime, by: str) -> None:
    if case.status == Status.POSTED:
        case.decided_on, case.decided_at, case.decided_by = as_of, at, by


def _updated(entry: Entry, as_of: date, at: datetime, by: str) -> bool:
    """Change an older case as the answer says; return whether anything is different."""
    case, answer = entry.case, entry.answer
    # what is left of a budget changes within the day; what was said of it stays true of its moment
    is_told = answer.reason == case.reason == "over_budget" and case.matched_on >= as_of
    why = case.why if is_told else answer.why
    said = (answer.status, answer.reason, why, answer.escalate_to)
    if (case.status, case.reason, case.why, case.escalate_to) == said:
        return False
    if case.status != answer.status:
        # only then: who looks at the case meanwhile may still decide it
        case.version += 1
        entry.is_moved = not entry.is_posted
    case.status, case.reason, case.why, case.escalate_to = said
    if entry.is_posted:
        _note_best(case, answer)
    _note_posted(case, as_of, at, by)
    return True


def _write_proposals(entries: Sequence[Entry]) -> set[int]:
    """Replace the proposals that differ; return which entries those are."""
    kept: dict[int, list[MatchProposal]] = {}
    for chunk in chunks([one.case.pk for one in entries]):
        for row in MatchProposal.objects.filter(case__in=chunk).order_by("case", "rank"):
            kept.setdefault(row.case_id, []).append(row)
    different, rows = set(), []
    for entry in entries:
        key = entry.case.pk
        wanted = proposal_rows(entry.answer, key)
        if [content(row) for row in kept.get(key, ())] != [content(row) for row in wanted]:
            different.add(id(entry))
            rows += wanted
    stale = [entry.case.pk for entry in entries if id(entry) in different]
    for chunk in chunks([key for key in stale if key in kept]):
        MatchProposal.objects.filter(case__in=chunk).delete()
    add_records(MatchProposal, rows)
    return different
