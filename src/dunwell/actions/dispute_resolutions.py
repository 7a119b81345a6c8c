"""How a dispute ends: proposed with amounts per part, decided within authority, then carried out.

Denying a claim gives nothing up, so whoever may propose may deny. What is credited or written
off needs authority; beyond one's own the proposal waits with the approvals of everything else.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.approvals import decide_approval, handles, request_approval
from dunwell.actions.authority import Authority, authorise, held_in
from dunwell.actions.dispute_bookings import (
    Kind,
    Resolved,
    ResolvedPart,
    carry_out,
    checked_parts,
    move_resolution,
    turn_down,
)
from dunwell.actions.dispute_intake import check_cause
from dunwell.actions.dispute_parts import (
    Status,
    change_case,
    check_nothing_asked,
    check_running,
    locked_case,
    move_case,
    tell,
)
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting, needed
from dunwell.engine.dispute_letters import denial_letter, letter_language
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.formats.typesetting import shown_day, shown_money
from dunwell.models import ApprovalRequest, DisputeCase, DisputeResolution
from dunwell.queries.dispute_facts import checklist
from dunwell.queries.dispute_policies import dispute_policy_in_force

__all__ = ["ResolvedPart", "decide_resolution", "propose_resolution"]

ACT = "dispute_credit"
LONGEST_REASON, LONGEST_LETTER = 500, 8_000
LONGEST_ASKED = 300
"""Characters of a reason that approvals take."""


@transaction.atomic
def propose_resolution(
    *,
    actor: Actor,
    case: DisputeCase,
    parts: Sequence[ResolvedPart],
    reason: str,
    root_cause: str = "",
    is_rebilled: bool = False,
    missing_evidence: str = "",
    letter: str = "",
    only_proposed: bool = False,
    as_of: date,
    at: datetime,
) -> DisputeResolution:
    """Propose how all that is disputed of a case ends; within one's authority it ends so at once.

    Beyond it somebody else is asked; `only_proposed` leaves it to a colleague in any case. What
    is denied is owed again once decided, and the letter that says so is written (`letter`
    replaces the policy's). Raises Refused when a part's amounts do not sum to what of it is
    disputed and open, without the evidence required or why it is missing, without a reason,
    while a credit note of the case is asked of billing, and for what nobody may grant.
    """
    actor.require("dispute.propose")
    case = locked_case(actor, case)
    check_running(case)
    check_nothing_asked(case)
    told = needed(
        text=reason, most=LONGEST_REASON, what="reason", missing="Say why it should end so."
    )
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    by_key = checked_parts(case, parts)
    listed = [by_key[key] for key in sorted(by_key)]
    cause = _cause(case, policy, root_cause)
    without = _evidence(case, policy, missing_evidence)
    currency = listed[0].dispute.item.currency
    credit = sum(part.credit_minor for part in listed)
    written_off = sum(part.written_off_minor for part in listed)
    denied = sum(part.denied_minor for part in listed)
    if is_rebilled and not credit:
        raise Refused("Only what is credited can be billed anew; state an amount to credit.")
    authority = _authority(actor, case, currency, credit + written_off, as_of=as_of)
    resolution = DisputeResolution.objects.create(
        case=case,
        kind=_kind(credit, denied, written_off, is_rebilled=is_rebilled),
        credit_minor=credit,
        denied_minor=denied,
        written_off_minor=written_off,
        currency=currency,
        parts=[part.document() for part in listed],
        reason=told,
        missing_evidence=without,
        authority=authority.document() if authority else {},
        proposed_by=actor.name,
        proposed_at=at,
    )
    if denied:
        resolution.letter = fitting(text=letter, most=LONGEST_LETTER, what="letter") or _letter(
            actor, case, resolution, listed, policy, as_of=as_of
        )
        resolution.save(update_fields=["letter"])
    change_case(case, root_cause=cause)
    waits = authority is not None and authority.needs_approval
    if not waits and not only_proposed:
        carry_out(
            actor, case, resolution, by=actor.name, certified=held_in(resolution.authority),
            as_of=as_of, at=at,
        )  # fmt: skip
        return resolution
    move_case(case, Status.PENDING_APPROVAL if waits else Status.PROPOSED, as_of=as_of)
    if waits and authority is not None:
        move_resolution(resolution, Resolved.PENDING)
        request_approval(
            actor=actor,
            subject=resolution,
            act=ACT,
            authority=authority,
            reason=f"{case.number}: {told}"[:LONGEST_ASKED],
            as_of=as_of,
            at=at,
        )
    tell(
        actor, "proposed", case, at=at, resolution=resolution.pk, kind=str(resolution.kind),
        currency=currency, credit_minor=credit, denied_minor=denied,
        written_off_minor=written_off, reason=told, missing_evidence=without,
        needs_role=authority.needs_role if authority else "",
    )  # fmt: skip
    return resolution


@transaction.atomic
def decide_resolution(
    *,
    actor: Actor,
    resolution: DisputeResolution,
    approve: bool,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> DisputeResolution:
    """Approve what a colleague proposes and carry it out, or reject it; the case goes on then.

    Raises Refused for one's own proposal, a rejection without a reason, beyond one's authority,
    and when something was paid on a part meanwhile.
    """
    actor.require("dispute.approve")
    case = locked_case(actor, resolution.case)
    resolution = DisputeResolution.objects.select_for_update(no_key=True).get(pk=resolution.pk)
    if resolution.status == Resolved.PENDING:
        request = ApprovalRequest.objects.get(
            company=actor.company,
            subject="disputeresolution",
            subject_id=resolution.pk,
            status=ApprovalRequest.Status.OPEN,
        )
        decide_approval(
            actor=actor, request=request, approve=approve, reason=reason, as_of=as_of, at=at
        )
        resolution.refresh_from_db()
        return resolution
    if resolution.status != Resolved.PROPOSED:
        label = Resolved(resolution.status).label.lower()
        raise Refused(f"This resolution is marked: {label}; load the page again.")
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not approve and not told:
        raise Refused("Say why the resolution is rejected; its author reads it.")
    override = own_approval(
        actor,
        author=resolution.proposed_by,
        refusal="You proposed this; somebody else has to decide it.",
    )
    if not approve:
        turn_down(actor, case, resolution, reason=told, as_of=as_of, at=at)
        return resolution
    authority = _authority(
        actor,
        case,
        resolution.currency,
        resolution.credit_minor + resolution.written_off_minor,
        as_of=as_of,
    )
    if authority is not None and authority.needs_approval:
        raise Refused(
            f"{authority.text} A {authority.needs_role.replace('_', ' ')} has to decide it."
        )
    by = f"{actor.name} ({override})" if override else actor.name
    held = held_in(authority.document()) if authority else {}
    carry_out(actor, case, resolution, by=by, certified=held, as_of=as_of, at=at)
    return resolution


@handles("disputeresolution")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Carry an approved resolution out, or send a rejected one back to its case."""
    resolution = DisputeResolution.objects.select_for_update(no_key=True).get(
        pk=request.subject_id
    )
    case = locked_case(actor, resolution.case)
    if resolution.status != Resolved.PENDING:
        raise Refused(f"The resolution of {case.number} no longer waits for approval.")
    if is_approved:
        carry_out(actor, case, resolution, by=actor.name, as_of=as_of, at=at)
        return
    turn_down(actor, case, resolution, reason=reason, as_of=as_of, at=at)


def _authority(
    actor: Actor, case: DisputeCase, currency: str, amount_minor: int, *, as_of: date
) -> Authority | None:
    """Return what the authority policy says to what is given up; None where nothing is.

    What the case gave up before counts in: no large amount is made of small ones.
    """
    if not amount_minor:
        return None
    before = DisputeResolution.objects.filter(
        case=case, currency=currency, status__in=(Resolved.APPROVED, Resolved.DONE)
    )
    earlier = sum(
        credit + written
        for credit, written in before.values_list("credit_minor", "written_off_minor")
    )
    return authorise(
        actor=actor,
        customer=case.customer,
        act=ACT,
        currency=currency,
        amount_minor=amount_minor,
        earlier_minor=earlier,
        as_of=as_of,
    )


def _cause(case: DisputeCase, policy: DisputePolicy, root_cause: str) -> str:
    """Return why it happened: as said, as known, or what the reason usually comes from."""
    cause = root_cause or case.root_cause or policy.reason_rule(case.reason).root_cause
    check_cause(cause, policy)
    return cause


def _evidence(case: DisputeCase, policy: DisputePolicy, why_missing: str) -> str:
    """Return why evidence is missing; refuse when it is and nothing is said."""
    told = fitting(text=why_missing, most=LONGEST_REASON, what="reason")
    missing = checklist(case, policy).missing
    if missing and not told:
        names = ", ".join(policy.evidence_label(kind).lower() for kind in missing)
        raise Refused(f"The checklist asks for {names}; add it, or say why it is not there.")
    return told if missing else ""


def _kind(
    credit: int, denied: int, written_off: int, *, is_rebilled: bool
) -> DisputeResolution.Kind:
    if is_rebilled:
        return Kind.REBILL
    if credit:
        return Kind.PARTIAL if denied or written_off else Kind.CREDIT
    return Kind.WRITE_OFF if written_off else Kind.DENIED


def _letter(
    actor: Actor,
    case: DisputeCase,
    resolution: DisputeResolution,
    parts: Sequence[ResolvedPart],
    policy: DisputePolicy,
    *,
    as_of: date,
) -> str:
    """Return the letter for the denied part: its subject, an empty line, its text."""
    language = letter_language(case.customer.language)
    denied = [part for part in parts if part.denied_minor]
    amount = shown_money(resolution.denied_minor, resolution.currency, language)
    subject, body = denial_letter(
        policy,
        reason=case.reason,
        language=language,
        why=resolution.reason,
        values={
            "company": actor.company.name,
            "customer": case.customer.name,
            "case": case.number,
            "items": ", ".join(part.dispute.item.number for part in denied),
            "amount": f"{amount} {resolution.currency}",
            "sender": actor.name.partition(" via ")[0],
            "date": shown_day(as_of, language),
        },
    )
    return f"{subject}\n\n{body}"
