"""One dispute case in full: parts and lines, evidence, questions, resolutions, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.models import (
    ApprovalRequest,
    Company,
    CreditRequest,
    Dispute,
    DisputeCase,
    DisputeEvidence,
    DisputeLine,
    DisputeResolution,
    Event,
    ItemDocument,
)
from dunwell.queries.credit_requests import RequestRow, request_rows
from dunwell.queries.dispute_amounts import CaseAmounts, claim_amounts
from dunwell.queries.dispute_cases import DisputeCaseRow, rows_of
from dunwell.queries.dispute_comments import DisputeCommentRow, comment_rows
from dunwell.queries.dispute_facts import Checklist, checklist
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.dispute_tasks import DisputeTaskRow, task_rows

PAPERS = 100
"""Papers of the items that a case lists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartLine:
    """A disputed line of an item; quantities in thousandths, amounts in the part's currency."""

    line: str
    description: str
    quantity_milli: int | None
    disputed_quantity_milli: int | None
    price_minor: int | None
    claimed_price_minor: int | None
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """A disputed part of one item; `amounts` say what became of it, None before it was opened."""

    id: int
    item_id: int
    item: str
    currency: str
    item_minor: int
    amount_minor: int
    reason: str
    note: str
    opened_on: date
    closed_on: date | None
    outcome: str
    amounts: CaseAmounts | None
    lines: tuple[PartLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """A piece of evidence; `supports` is customer, us or empty; a statement has no file."""

    id: int
    kind: str
    kind_label: str
    supports: str
    name: str
    note: str
    media_type: str
    size_bytes: int
    has_file: bool
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperRow:
    """A paper of one of the disputed items, which can be evidence."""

    id: int
    item: str
    kind_label: str
    name: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolutionRow:
    """How the case was to end; `approval` is the request it waits for, None for none."""

    id: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    credit_minor: int
    denied_minor: int
    written_off_minor: int
    reason: str
    missing_evidence: str
    authority_text: str
    letter: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    approval: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One reason of the chance that the claim is right: what it adds, above 0 for the customer."""

    code: str
    detail: str
    weight_milli: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeStep:
    """One thing that happened to the case: the event's verb, who, and what was said."""

    verb: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDetail:
    """One case in full; money of parts is signed positive, in their items' currencies."""

    row: DisputeCaseRow
    route: str
    clock_days: int
    paused_on: date | None
    responded_on: date | None
    reopen_until: date | None
    conversation_id: int | None
    merged_into_id: int | None
    merged_into: str
    parts: tuple[PartRow, ...]
    checklist: Checklist
    evidence: tuple[EvidenceRow, ...]
    papers: tuple[PaperRow, ...]
    tasks: tuple[DisputeTaskRow, ...]
    resolutions: tuple[ResolutionRow, ...]
    requests: tuple[RequestRow, ...]
    weights: tuple[Weight, ...]
    steps: tuple[DisputeStep, ...]
    comments: tuple[DisputeCommentRow, ...] = ()


def case_detail(
    company: Company, case_id: int, *, as_of: date, language: str = "en"
) -> CaseDetail | None:
    """Return one case of the company in full, None where there is none; a fixed 18 queries."""
    case = (
        DisputeCase.objects.filter(company=company, pk=case_id)
        .select_related("customer", "owner", "merged_into")
        .first()
    )
    if case is None:
        return None
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    ended = case.resolved_on or case.closed_on
    resolutions = list(DisputeResolution.objects.filter(case=case).order_by("-pk"))
    weights = case.validity.get("contributions", ())
    return CaseDetail(
        row=rows_of(company, [case], as_of=as_of, language=language)[0],
        route=case.route,
        clock_days=case.clock_days,
        paused_on=case.paused_on,
        responded_on=case.responded_on,
        reopen_until=ended + timedelta(days=policy.reopen_days) if ended else None,
        conversation_id=case.conversation_id,
        merged_into_id=case.merged_into_id,
        merged_into=case.merged_into.number if case.merged_into else "",
        parts=part_rows(company, case.pk, as_of=as_of),
        checklist=checklist(case, policy, language=language),
        evidence=_evidence(case, policy, language),
        papers=_papers(case),
        tasks=task_rows(Q(case=case), as_of=as_of),
        resolutions=_resolutions(resolutions),
        requests=request_rows(
            CreditRequest.objects.filter(resolution__case=case).order_by("pk"), as_of=as_of
        ),
        weights=tuple(
            Weight(
                code=str(one["code"]),
                detail=_worded(str(one["code"]), str(one["detail"]), policy, language),
                weight_milli=int(one["weight_milli"]),
            )
            for one in weights
        ),
        steps=_steps(case),
        comments=comment_rows(case),
    )


def part_rows(company: Company, case_id: int, *, as_of: date) -> tuple[PartRow, ...]:
    """Return the parts of a case, open ones first, with what became of each; four queries."""
    amounts = claim_amounts(company, case_id=case_id, as_of=as_of)
    lines: dict[int, list[DisputeLine]] = {}
    for line in DisputeLine.objects.filter(dispute__case=case_id).order_by("pk"):
        lines.setdefault(line.dispute_id, []).append(line)
    found = Dispute.objects.filter(company=company, case=case_id).select_related("item")
    rows = sorted(found, key=lambda one: (one.closed_on is not None, one.pk))
    return tuple(
        PartRow(
            id=one.pk,
            item_id=one.item_id,
            item=one.item.number,
            currency=one.item.currency,
            item_minor=one.item.amount_minor,
            amount_minor=one.amount_minor,
            reason=one.reason,
            note=one.note,
            opened_on=one.opened_on,
            closed_on=one.closed_on,
            outcome=one.outcome,
            amounts=amounts.get(one.pk),
            lines=tuple(_line(line, one.item.currency) for line in lines.get(one.pk, ())),
        )
        for one in rows
    )


def _line(line: DisputeLine, currency: str) -> PartLine:
    return PartLine(
        line=line.line,
        description=line.description,
        quantity_milli=line.quantity_milli,
        disputed_quantity_milli=line.disputed_quantity_milli,
        price_minor=line.price_minor,
        claimed_price_minor=line.claimed_price_minor,
        amount_minor=line.amount_minor,
        currency=currency,
    )


def _evidence(case: DisputeCase, policy: DisputePolicy, language: str) -> tuple[EvidenceRow, ...]:
    found = DisputeEvidence.objects.filter(case=case, removed_at=None).order_by("pk")
    return tuple(
        EvidenceRow(
            id=one.pk,
            kind=one.kind,
            kind_label=policy.evidence_label(one.kind, language),
            supports=one.supports,
            name=one.name,
            note=one.note,
            media_type=one.media_type,
            size_bytes=one.size_bytes,
            has_file=bool(one.sha256),
            by=one.by,
            recorded_at=one.recorded_at,
        )
        for one in found
    )


def _papers(case: DisputeCase) -> tuple[PaperRow, ...]:
    items = Dispute.objects.filter(case=case).values("item")
    found = ItemDocument.objects.filter(item__in=items, removed_at=None).select_related("item")
    return tuple(
        PaperRow(
            id=one.pk,
            item=one.item.number,
            kind_label=str(ItemDocument.Kind(one.kind).label),
            name=one.name,
            size_bytes=one.size_bytes,
        )
        for one in found.order_by("-pk")[:PAPERS]
    )


def _resolutions(found: list[DisputeResolution]) -> tuple[ResolutionRow, ...]:
    waits = dict(
        ApprovalRequest.objects.filter(
            subject="disputeresolution",
            subject_id__in=[one.pk for one in found],
            status=ApprovalRequest.Status.OPEN,
        ).values_list("subject_id", "pk")
    )
    return tuple(
        ResolutionRow(
            id=one.pk,
            kind=one.kind,
            kind_label=str(DisputeResolution.Kind(one.kind).label),
            status=one.status,
            status_label=str(DisputeResolution.Status(one.status).label),
            currency=one.currency,
            credit_minor=one.credit_minor,
            denied_minor=one.denied_minor,
            written_off_minor=one.written_off_minor,
            reason=one.reason,
            missing_evidence=one.missing_evidence,
            authority_text=str(one.authority.get("text", "")),
            letter=one.letter,
            proposed_by=one.proposed_by,
            proposed_at=one.proposed_at,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            note=one.note,
            approval=waits.get(one.pk),
        )
        for one in found
    )


def _worded(code: str, detail: str, policy: DisputePolicy, language: str) -> str:
    if code in {"for_customer", "for_us"}:
        return policy.evidence_label(detail, language)
    return policy.reason_label(detail, language) if code == "base" else detail


def _steps(case: DisputeCase) -> tuple[DisputeStep, ...]:
    found = Event.objects.filter(
        company=case.company_id, subject="disputecase", subject_id=case.pk
    ).order_by("-seq")
    return tuple(
        DisputeStep(verb=one.verb, at=one.at, by=one.actor, why=_why(one.data)) for one in found
    )


def _why(data: Mapping[str, Any]) -> str:
    """Return what an event says of why, in the words that were given."""
    named = ("reason", "note", "question", "request", "name", "owner", "team", "who", "merged")
    return " · ".join(str(data[name]) for name in named if data.get(name))
