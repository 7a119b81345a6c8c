"""Evidence of dispute cases: files and statements for or against a claim, kept byte for byte."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_parts import judge, locked_case, tell
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.actions.uploads import keep_upload
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.models import DisputeCase, DisputeComment, DisputeEvidence
from dunwell.queries.dispute_policies import dispute_policy_in_force

SIDES = ("customer", "us")
"""For whom evidence speaks; left out, the policy's checklist says it."""

MOST_EVIDENCE = 100


@transaction.atomic
def add_evidence(
    *,
    actor: Actor,
    case: DisputeCase,
    kind: str,
    supports: str = "",
    name: str = "",
    note: str = "",
    data: bytes = b"",
    comment: DisputeComment | None = None,
    as_of: date,
    at: datetime,
) -> DisputeEvidence:
    """Keep a file, or a statement in words, with a case; its chance is judged anew.

    What comes with a `comment` the customer sees too.
    The same bytes of a kind again are the same evidence. Raises Refused for an unknown kind,
    a file of a type that is not taken, one with neither file nor words, and for a case that
    was closed or merged.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    if case.status in (DisputeCase.Status.CLOSED, DisputeCase.Status.MERGED):
        label = DisputeCase.Status(case.status).label.lower()
        raise Refused(f"{case.number} is marked: {label}; nothing can be added.")
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    if kind not in policy.evidence:
        raise Refused(f"There is no kind of evidence {kind}; use {', '.join(policy.evidence)}.")
    if supports not in ("", *SIDES):
        raise Refused(f"Evidence speaks for one of: {', '.join(SIDES)}.")
    told = fitting(text=note, most=500, what="note")
    label, media_type, sha256 = fitting(text=name, most=200, what="name"), "", ""
    if data:
        try:
            media_type = document_type(data)
        except DocumentTypeError as error:
            raise Refused(str(error)) from error
        label, sha256 = safe_name(label or kind, media_type), keep_upload(data, by=actor, at=at)
    elif not told:
        raise Refused("Add a file, or say in words what the evidence is.")
    held = DisputeEvidence.objects.filter(case=case, removed_at=None)
    if sha256 and (found := held.filter(kind=kind, sha256=sha256).first()) is not None:
        return found
    if held.count() >= MOST_EVIDENCE:
        raise Refused(f"{MOST_EVIDENCE} pieces of evidence are here already; remove one first.")
    rule = policy.reasons.get(case.reason)
    sides = {
        **dict.fromkeys(rule.customer if rule else (), "customer"),
        **dict.fromkeys(rule.us if rule else (), "us"),
    }
    evidence = DisputeEvidence.objects.create(
        case=case,
        comment=comment,
        kind=kind,
        supports=supports or sides.get(kind, ""),
        name=label or policy.evidence_label(kind),
        note=told,
        media_type=media_type,
        size_bytes=len(data),
        sha256=sha256,
        by=actor.name,
        recorded_at=at,
    )
    judge(case, policy)
    tell(
        actor, "evidence_added", case, at=at, kind=kind, name=evidence.name,
        supports=evidence.supports, sha256=sha256, size=len(data),
    )  # fmt: skip
    return evidence


@transaction.atomic
def remove_evidence(
    *, actor: Actor, evidence: DisputeEvidence, as_of: date, at: datetime
) -> DisputeEvidence:
    """Take evidence off a case; bytes and events stay. Raises Refused once the case is closed."""
    actor.require("dispute.edit")
    case = locked_case(actor, evidence.case)
    if case.status in DisputeCase.OVER:
        raise Refused(f"{case.number} is over; its evidence stays as it was decided on.")
    rows = DisputeEvidence.objects.filter(pk=evidence.pk, removed_at=None)
    if rows.update(removed_at=at) != 1:
        raise Refused("This evidence was removed before; load the page again.")
    evidence.removed_at = at
    judge(case, dispute_policy_in_force(actor.company, as_of=as_of).policy)
    tell(actor, "evidence_removed", case, at=at, kind=evidence.kind, name=evidence.name)
    return evidence
