"""A customer's queries as its own people see them: state, whose turn, what was said, the end.

Nothing inside is here: no owner, team, note, task, chance, or evidence of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.models import (
    Customer,
    DisputeCase,
    DisputeComment,
    DisputeEvidence,
    DisputeResolution,
    Event,
    PortalSeat,
)
from dunwell.queries.dispute_amounts import CaseAmounts
from dunwell.queries.dispute_cases import rows_of
from dunwell.queries.dispute_details import PartRow, part_rows
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.portal_seen import CASE, is_unread, seen_at

Status = DisputeCase.Status
WE, YOU, NOBODY = "we", "you", "nobody"
ENDED = (Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN)
RUNNING = (
    *(Status.NEW, Status.ASSIGNED, Status.IN_REVIEW),
    *(Status.WAITING_CUSTOMER, Status.WAITING_INTERNAL),
)
DECIDED = (DisputeResolution.Status.APPROVED, DisputeResolution.Status.DONE)
SHOWN = 200
"""Queries that the list shows."""

STEPS = {
    "dispute_case.opened": "opened",
    "dispute_case.joined": "joined",
    "dispute_case.reviewed": "reviewed",
    "dispute_case.resolved": "resolved",
    "dispute_case.withdrawn": "withdrawn",
    "dispute_case.reopened": "reopened",
    "dispute_case.closed": "closed",
}
"""Events that the customer sees as steps, without what they say of why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryRow:
    """A query in the list. `turn` is we, you or nobody; `answer_on` when to expect our answer."""

    id: int
    number: str
    title: str
    reason_label: str
    status: str
    turn: str
    opened_on: date
    answer_on: date | None
    ended_on: date | None
    amounts: tuple[CaseAmounts, ...]
    is_unread: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryFile:
    """A file that both sides see."""

    id: int
    name: str
    kind_label: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryEntry:
    """Something said, or a step of the case: `step` is empty for words."""

    at: datetime
    step: str = ""
    id: int = 0
    side: str = ""
    kind: str = ""
    text: str = ""
    who: str = ""
    credit_minor: int | None = None
    currency: str = ""
    answer: str = ""
    files: tuple[QueryFile, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryEnd:
    """How a query ended, in amounts; `letter_id` where a letter says why something was denied."""

    kind: str
    currency: str
    credit_minor: int
    denied_minor: int
    written_off_minor: int
    decided_at: datetime | None
    letter_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryDetail:
    """One query in full, as its customer sees it."""

    row: QueryRow
    parts: tuple[PartRow, ...]
    entries: tuple[QueryEntry, ...]
    ends: tuple[QueryEnd, ...]
    asked: QueryEntry | None
    wanted: tuple[tuple[str, str, bool], ...]
    """Kinds of evidence that would help: code, label, whether it is there."""
    may_comment: bool
    may_withdraw: bool
    reopen_until: date | None


def query_rows(
    customer: Customer, seat: PortalSeat | None, *, as_of: date, language: str
) -> tuple[QueryRow, ...]:
    """Return a customer's queries, running ones first, the newest first; six queries."""
    cases = list(
        DisputeCase.objects.filter(customer=customer)
        .exclude(status=Status.MERGED)
        .select_related("customer", "owner")
        .order_by("-pk")[:SHOWN]
    )
    rows = _rows(customer, cases, seat, as_of=as_of, language=language)
    return tuple(sorted(rows, key=lambda row: row.turn == NOBODY))


def query_detail(
    customer: Customer, case_id: int, seat: PortalSeat | None, *, as_of: date, language: str
) -> QueryDetail | None:
    """Return one query of the customer in full, None for any other; a fixed number of queries."""
    found = DisputeCase.objects.filter(customer=customer, pk=case_id)
    case = found.exclude(status=Status.MERGED).select_related("customer", "owner").first()
    if case is None:
        return None
    company = customer.company
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    (row,) = _rows(customer, [case], seat, as_of=as_of, language=language)
    files = _files(case, policy, language)
    comments = list(DisputeComment.objects.filter(case=case).order_by("pk"))
    said = [_said(one, files.get(one.pk, ()), company.name) for one in comments]
    ours = [entry for entry in said if entry.side == "us" and entry.kind != "comment"]
    asked = ours[-1] if ours and not ours[-1].answer and row.turn == YOU else None
    there = {kind for kind, _ in _kinds(case)}
    ended = case.resolved_on or case.closed_on
    until = ended + timedelta(days=policy.reopen_days) if ended else None
    may_reopen = case.status in ENDED and until is not None and as_of <= until
    return QueryDetail(
        row=row,
        parts=part_rows(company, case.pk, as_of=as_of),
        entries=tuple(
            sorted([*said, *_steps(case)], key=lambda entry: (entry.at, not entry.step))
        ),
        ends=_ends(case),
        asked=asked,
        wanted=tuple(
            (kind, policy.evidence_label(kind, language), kind in there)
            for kind in policy.reason_rule(case.reason).customer
        ),
        may_comment=case.status not in (Status.CLOSED, Status.WITHDRAWN),
        may_withdraw=case.status in RUNNING,
        reopen_until=until if may_reopen else None,
    )


def shared_file(customer: Customer, evidence_id: int) -> DisputeEvidence | None:
    """Return a file that both sides see in a query of the customer, None for any other."""
    return (
        DisputeEvidence.objects.filter(
            pk=evidence_id, case__customer=customer, comment__isnull=False, removed_at=None
        )
        .exclude(sha256="")
        .first()
    )


def decided_letter(customer: Customer, resolution_id: int) -> DisputeResolution | None:
    """Return a decided resolution of the customer that has a letter, None for any other."""
    return (
        DisputeResolution.objects.filter(
            pk=resolution_id, case__customer=customer, status__in=DECIDED
        )
        .exclude(letter="")
        .select_related("case__customer", "case__company")
        .first()
    )


def reasons_offered(policy: DisputePolicy, language: str) -> tuple[tuple[str, str], ...]:
    """Return the reasons of the policy in words, the others last."""
    known = [(code, policy.reason_label(code, language)) for code in policy.reasons]
    return tuple(sorted(known, key=lambda one: one[0] == "other"))


def _rows(
    customer: Customer,
    cases: list[DisputeCase],
    seat: PortalSeat | None,
    *,
    as_of: date,
    language: str,
) -> list[QueryRow]:
    company = customer.company
    shown = rows_of(company, cases, as_of=as_of, language=language)
    keys = [case.pk for case in cases]
    answered = dict(
        DisputeComment.objects.filter(case__in=keys, side="us")
        .values_list("case")
        .annotate(last=Max("recorded_at"))
    )
    seen = seen_at(seat, CASE, keys)
    return [
        QueryRow(
            id=case.pk,
            number=case.number,
            title=case.title,
            reason_label=row.reason_label,
            status=_state(case),
            turn=_turn(case),
            opened_on=case.opened_on,
            answer_on=_answer_on(case, row.resolve_by),
            ended_on=case.resolved_on or case.closed_on if case.status in ENDED else None,
            amounts=row.amounts,
            is_unread=seat is not None and is_unread(answered.get(case.pk), seen.get(case.pk)),
        )
        for case, row in zip(cases, shown, strict=True)
    ]


def _state(case: DisputeCase) -> str:
    """Return the state as the customer is told it: nothing of how we decide."""
    if case.status in (Status.PROPOSED, Status.PENDING_APPROVAL, Status.WAITING_INTERNAL):
        return "deciding" if case.status != Status.WAITING_INTERNAL else "in_review"
    return "received" if case.status in (Status.NEW, Status.ASSIGNED) else str(case.status)


def _turn(case: DisputeCase) -> str:
    if case.status in DisputeCase.OVER:
        return NOBODY
    return YOU if case.status == Status.WAITING_CUSTOMER else WE


def _answer_on(case: DisputeCase, resolve_by: date | None) -> date | None:
    """Return the day by which we answer: the first word, then the end; none while it is theirs."""
    if _turn(case) != WE:
        return None
    return case.respond_by if case.responded_on is None and case.respond_by else resolve_by


def _said(one: DisputeComment, files: tuple[QueryFile, ...], company: str) -> QueryEntry:
    return QueryEntry(
        at=one.recorded_at,
        id=one.pk,
        side=one.side,
        kind=one.kind,
        text=one.text,
        # who of ours wrote it is not told
        who=company if one.side == "us" else one.by.removesuffix(" (portal)"),
        credit_minor=one.credit_minor,
        currency=one.currency,
        answer=one.answer,
        files=files,
    )


def _steps(case: DisputeCase) -> list[QueryEntry]:
    found = Event.objects.filter(
        company=case.company_id, subject="disputecase", subject_id=case.pk, verb__in=STEPS
    ).order_by("seq")
    return [QueryEntry(at=one.at, step=STEPS[one.verb]) for one in found]


def _files(
    case: DisputeCase, policy: DisputePolicy, language: str
) -> Mapping[int, tuple[QueryFile, ...]]:
    found: dict[int, tuple[QueryFile, ...]] = {}
    rows = DisputeEvidence.objects.filter(case=case, comment__isnull=False, removed_at=None)
    for one in rows.exclude(sha256="").order_by("pk"):
        file = QueryFile(
            id=one.pk,
            name=one.name,
            kind_label=policy.evidence_label(one.kind, language),
            size_bytes=one.size_bytes,
        )
        found[one.comment_id or 0] = (*found.get(one.comment_id or 0, ()), file)
    return found


def _kinds(case: DisputeCase) -> list[tuple[str, int]]:
    held = DisputeEvidence.objects.filter(case=case, removed_at=None, comment__isnull=False)
    return list(held.values_list("kind", "pk"))


def _ends(case: DisputeCase) -> tuple[QueryEnd, ...]:
    found = DisputeResolution.objects.filter(case=case, status__in=DECIDED).order_by("pk")
    return tuple(
        QueryEnd(
            kind=one.kind,
            currency=one.currency,
            credit_minor=one.credit_minor,
            denied_minor=one.denied_minor,
            written_off_minor=one.written_off_minor,
            decided_at=one.decided_at,
            letter_id=one.pk if one.letter else None,
        )
        for one in found
    )
