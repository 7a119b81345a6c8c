"""Dispute cases: one matter with a customer, opened once whoever reports it, merged and split."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_adoption import adopt_disputes
from dunwell.actions.dispute_intake import (
    LONGEST_NOTE,
    LONGEST_TITLE,
    Claim,
    DisputedLine,
    DisputedPart,
    add_claims,
    check_cause,
    check_open,
    check_reason,
    checked_claims,
    disputed_already,
    enter_case,
    join_case,
    told_opened,
)
from dunwell.actions.dispute_parts import (
    Status,
    amounts_told,
    case_number,
    change_case,
    check_nothing_asked,
    check_running,
    judge,
    lock_customer,
    locked_case,
    move_case,
    new_case,
    next_numbers,
    open_parts,
    sums_by_currency,
    tell,
)
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting
from dunwell.engine.dispute_codes import e_invoice_reason
from dunwell.models import (
    Conversation,
    Customer,
    Dispute,
    DisputeCase,
    DisputeComment,
    DisputeEvidence,
    DisputeTask,
)
from dunwell.queries.dispute_facts import open_amounts, routing_facts
from dunwell.queries.dispute_policies import dispute_policy_in_force

__all__ = ["DisputedLine", "DisputedPart", "edit_case", "merge_cases", "open_case", "split_case"]


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    customer: Customer,
    reason: str,
    parts: Sequence[DisputedPart],
    source: str,
    title: str = "",
    note: str = "",
    conversation: Conversation | None = None,
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Open a case over parts of a customer's items; routed, with a clock; the rest is owed.

    A report of an item that is disputed already joins that case, with everything else it names:
    the larger amount stands. `reason` is a code of the policy; of an e-invoice's answer it may be
    that answer's own. Raises Refused for a reason or source that is not known, an item of
    somebody else, lines that do not come to their amount, and more than is open of an item.
    """
    actor.require("dispute.open")
    open_customer(actor, customer)
    in_force = dispute_policy_in_force(actor.company, as_of=as_of)
    if source == DisputeCase.Source.E_INVOICE and reason not in in_force.policy.reasons:
        reason = e_invoice_reason(reason)
    check_reason(reason, in_force)
    if source not in DisputeCase.Source.values:
        raise Refused(f"There is no source {source}; use {', '.join(DisputeCase.Source.values)}.")
    if conversation is not None:
        own(actor, conversation, "conversation")
    customer = lock_customer(customer.pk)
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    name = fitting(text=title, most=LONGEST_TITLE, what="title")
    claims = [
        Claim(item=one.item, amount_minor=one.amount_minor, note=one.note or told, lines=one.lines)
        for one in checked_claims(parts, customer=customer)
    ]
    keys = [claim.item.pk for claim in claims]
    found = disputed_already(keys)
    if any(one.case_id is None for one in found.values()):
        adopt_disputes(actor.company, as_of=as_of, at=at)
        found = disputed_already(keys)
    if found:
        return _joined(
            actor, claims, found, reason=reason, source=source, note=told,
            conversation=conversation, as_of=as_of, at=at,
        )  # fmt: skip
    check_open(claims)
    case = enter_case(
        actor, customer, claims, in_force=in_force, reason=reason, source=source, title=name,
        conversation=conversation, as_of=as_of, at=at,
    )  # fmt: skip
    told_opened(
        actor,
        case,
        claims,
        at=at,
        note=told,
        conversation=conversation.pk if conversation else None,
    )
    return case


@transaction.atomic
def edit_case(
    *,
    actor: Actor,
    case: DisputeCase,
    title: str = "",
    reason: str = "",
    root_cause: str = "",
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Change what a case is called, its reason or its root cause; empty leaves as it is.

    Another reason is judged anew; route and clock stay. Raises Refused for an unknown code.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    in_force = dispute_policy_in_force(actor.company, as_of=as_of)
    changes: dict[str, object] = {}
    if told := fitting(text=title, most=LONGEST_TITLE, what="title"):
        changes["title"] = told
    if reason:
        check_running(case)
        check_reason(reason, in_force)
        changes["reason"] = reason
    if root_cause:
        check_cause(root_cause, in_force.policy)
        changes["root_cause"] = root_cause
    changes = {name: value for name, value in changes.items() if getattr(case, name) != value}
    if not changes:
        return case
    before = {name: getattr(case, name) for name in changes}
    change_case(case, **changes)
    if "reason" in changes:
        Dispute.objects.filter(case=case, closed_on=None).update(reason=reason)
        judge(case, in_force.policy)
    tell(actor, "edited", case, at=at, before=before, **changes)
    return case


@transaction.atomic
def merge_cases(
    *, actor: Actor, case: DisputeCase, into: DisputeCase, as_of: date, at: datetime
) -> DisputeCase:
    """Put all of one case into another of the same customer; return the other.

    Parts, evidence, questions and what both sides said go along; the earlier of the last days
    holds. Raises Refused for cases of two customers, for one that is over or about to be decided,
    and while a credit note of either is asked of billing.
    """
    actor.require("dispute.edit")
    if case.pk == into.pk:
        raise Refused("A case cannot be merged into itself.")
    own(actor, case, "case")
    own(actor, into, "case")
    if case.customer_id != into.customer_id:
        raise Refused(f"{case.number} and {into.number} are about different customers.")
    lock_customer(case.customer_id)
    rows = (
        DisputeCase.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company", "owner")
        .filter(pk__in=(case.pk, into.pk))
        .order_by("pk")
    )
    locked = {row.pk: row for row in rows}
    gone, kept = locked[case.pk], locked[into.pk]
    check_running(gone)
    check_running(kept)
    check_nothing_asked(gone)
    check_nothing_asked(kept)
    moved = open_parts(gone)
    Dispute.objects.filter(case=gone).update(case=kept)
    DisputeEvidence.objects.filter(case=gone).update(case=kept)
    DisputeTask.objects.filter(case=gone).update(case=kept)
    DisputeComment.objects.filter(case=gone).update(case=kept)
    sooner = {
        name: min(days)
        for name in ("respond_by", "resolve_by")
        if (days := [d for d in (getattr(gone, name), getattr(kept, name)) if d is not None])
    }
    change_case(kept, **sooner, opened_on=min(gone.opened_on, kept.opened_on))
    if kept.conversation_id is None and gone.conversation_id is not None:
        change_case(kept, conversation=gone.conversation)
    move_case(gone, Status.MERGED, as_of=as_of, merged_into=kept, closed_on=as_of)
    judge(kept, dispute_policy_in_force(actor.company, as_of=as_of).policy)
    tell(
        actor, "merged", kept, at=at, merged=gone.number, merged_id=gone.pk,
        items=amounts_told(moved),
    )  # fmt: skip
    return kept


@transaction.atomic
def split_case(
    *,
    actor: Actor,
    case: DisputeCase,
    disputes: Sequence[Dispute],
    title: str = "",
    reason: str = "",
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Take some of a case's parts out into a case of their own; return the new one.

    It is routed by its own reason and amount; its clock runs from the day the first one was
    opened. Raises Refused when nothing, or nothing else, would be left, and while a credit note
    of it is asked of billing.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    check_nothing_asked(case)
    in_force = dispute_policy_in_force(actor.company, as_of=as_of)
    why = reason or case.reason
    check_reason(why, in_force)
    held, wanted = open_parts(case), {one.pk for one in disputes}
    taken = [one for one in held if one.pk in wanted]
    if not taken or len(taken) < len(wanted):
        raise Refused(f"Choose parts of {case.number} that are disputed now.")
    if len(taken) == len(held):
        raise Refused(f"Something has to stay in {case.number}; leave at least one part there.")
    facts = routing_facts(
        actor.company, case.customer, reason=why, amounts=sums_by_currency(taken), as_of=as_of
    )
    name = fitting(text=title, most=LONGEST_TITLE, what="title")
    (number,) = next_numbers(actor.company, DisputeCase, 1)
    fresh = new_case(
        actor.company,
        case.customer,
        number=case_number(number),
        policy=in_force.policy,
        version_id=in_force.version_id,
        facts=facts,
        as_of=case.opened_on,
        title=name or ", ".join(one.item.number for one in taken)[:LONGEST_TITLE],
        source=case.source,
        conversation=case.conversation,
        recorded_at=at,
    )
    fresh.save(force_insert=True)
    # what the parts went on from goes along, or the amounts of neither case would add up
    Dispute.objects.filter(pk__in=_ancestry(taken)).update(case=fresh)
    Dispute.objects.filter(pk__in=wanted).update(reason=why)
    judge(fresh, in_force.policy)
    judge(case, in_force.policy)
    tell(
        actor, "split", fresh, at=at, split_from=case.number, split_from_id=case.pk, reason=why,
        items=amounts_told(taken),
    )  # fmt: skip
    return fresh


def _ancestry(disputes: Sequence[Dispute]) -> set[int]:
    """Return the keys of parts and of all they went on from."""
    keys = {one.pk for one in disputes}
    before = {one.split_from_id for one in disputes if one.split_from_id}
    while before:
        keys |= before
        parents = Dispute.objects.filter(pk__in=before).exclude(split_from=None)
        before = set(parents.values_list("split_from_id", flat=True)) - keys
    return keys


def _joined(
    actor: Actor,
    claims: Sequence[Claim],
    found: dict[int, Dispute],
    *,
    reason: str,
    source: str,
    note: str,
    conversation: Conversation | None,
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Let a report join the case of an item it names; the first case takes what is new."""
    first = min(one.case_id for one in found.values() if one.case_id is not None)
    case = locked_case(actor, DisputeCase.objects.get(pk=first))
    fresh = [claim for claim in claims if claim.item.pk not in found]
    check_open(fresh)
    if fresh:
        check_running(case)
    open_minor = open_amounts(found)
    stands = [
        join_case(
            found[claim.item.pk],
            claim,
            open_minor=open_minor.get(claim.item.pk, 0),
            as_of=as_of,
            at=at,
        )
        for claim in claims
        if claim.item.pk in found
    ]
    if conversation is not None and case.conversation_id is None:
        change_case(case, conversation=conversation)
    added = add_claims(case, fresh, reason=case.reason, as_of=as_of, at=at)
    if case.status not in DisputeCase.OVER:
        judge(case, dispute_policy_in_force(actor.company, as_of=as_of).policy)
    tell(
        actor, "joined", case, at=at, source=source, reason=reason, note=note,
        conversation=conversation.pk if conversation else None,
        items=amounts_told([*stands, *added]),
    )  # fmt: skip
    return case
