"""Moving a dispute case along: whose it is, whom it waits for, higher up, withdrawn, reopened."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.dispute_intake import LONGEST_NOTE
from dunwell.actions.dispute_parts import (
    Status,
    amounts_told,
    change_case,
    check_colleague,
    check_nothing_asked,
    check_running,
    close_parts,
    locked_case,
    move_case,
    open_parts,
    responded,
    tell,
)
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting, needed
from dunwell.engine.calendars import add_business_days
from dunwell.models import (
    Dispute,
    DisputeCase,
    Escalation,
    User,
)
from dunwell.queries.dispute_amounts import claim_amounts
from dunwell.queries.dispute_facts import open_amounts
from dunwell.queries.dispute_policies import dispute_policy_in_force

CUSTOMER, COLLEAGUES = "customer", "colleagues"
WAITS = {CUSTOMER: Status.WAITING_CUSTOMER, COLLEAGUES: Status.WAITING_INTERNAL}
"""Whom a case may wait for; only waiting for the customer stops its clock."""


@transaction.atomic
def assign_case(
    *,
    actor: Actor,
    case: DisputeCase,
    owner: User | None,
    team: str = "",
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Give a case to a person, or to a team alone; a new case is assigned from now on.

    Raises Refused for somebody who does not work here, and when neither is named.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    group = fitting(text=team, most=40, what="team") or case.team
    if owner is None and not group:
        raise Refused("Say who takes the case: a person or a team.")
    if owner is not None:
        check_colleague(actor, owner)
    if (case.owner_id, case.team) == (owner.pk if owner else None, group):
        return case
    if case.status == Status.NEW and owner is not None:
        move_case(case, Status.ASSIGNED, as_of=as_of, owner=owner, team=group)
    else:
        change_case(case, owner=owner, team=group)
    tell(actor, "assigned", case, at=at, owner=owner.username if owner else "", team=group)
    return case


@transaction.atomic
def review_case(
    *, actor: Actor, case: DisputeCase, note: str = "", as_of: date, at: datetime
) -> DisputeCase:
    """Take a case up, or go on with one that waited; a clock that stood runs again.

    Who takes up a case that nobody has becomes its owner.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    if case.status == Status.IN_REVIEW:
        return case
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    mine: dict[str, object] = {}
    if case.owner_id is None and actor.user_id is not None:
        mine = {"owner": User.objects.get(pk=actor.user_id)}
    move_case(case, Status.IN_REVIEW, as_of=as_of, **mine)
    tell(actor, "reviewed", case, at=at, note=told, resolve_by=str(case.resolve_by or ""))
    return case


@transaction.atomic
def wait_for(
    *, actor: Actor, case: DisputeCase, who: str, note: str = "", as_of: date, at: datetime
) -> DisputeCase:
    """Let a case wait for the customer, which stops its clock, or for colleagues, which does not.

    Asking the customer is an answer to him, too. Raises Refused for anybody else.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    if who not in WAITS:
        raise Refused(f"A case waits for one of: {', '.join(WAITS)}.")
    status = WAITS[who]
    if case.status == status:
        return case
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    answered = responded(case, as_of=as_of) if who == CUSTOMER else {}
    move_case(case, status, as_of=as_of, **answered)
    tell(actor, "waiting", case, at=at, who=who, note=told)
    return case


@transaction.atomic
def escalate_case(
    *, actor: Actor, case: DisputeCase, reason: str, as_of: date, at: datetime
) -> DisputeCase:
    """Put a case higher: it is marked, and whoever the escalation matrix names is asked.

    Where the customer has an open escalation of disputes already, the case is marked alone.
    Raises Refused without a reason, and for a case that is escalated.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    told = needed(text=reason, most=250, what="reason", missing="Say why this is escalated.")
    if case.is_escalated:
        raise Refused(f"{case.number} is escalated already.")
    put_higher(actor, case, reason=told, asked=f"{case.number}: {told}", as_of=as_of, at=at)
    return case


def put_higher(
    actor: Actor, case: DisputeCase, *, reason: str, asked: str, as_of: date, at: datetime
) -> None:
    """Mark a locked case as escalated; ask whoever the matrix names, unless somebody is asked."""
    change_case(case, is_escalated=True)
    is_asked = (
        Escalation.objects.filter(customer=case.customer_id, kind=Escalation.Kind.DISPUTE)
        .exclude(status=Escalation.Status.RESOLVED)
        .exists()
    )
    if not is_asked and "escalation.raise" in actor.rights:
        raise_escalation(
            actor=actor,
            customer=case.customer,
            kind=Escalation.Kind.DISPUTE,
            reason=asked,
            as_of=as_of,
            at=at,
        )
    tell(actor, "escalated", case, at=at, reason=reason)


@transaction.atomic
def withdraw_case(
    *, actor: Actor, case: DisputeCase, reason: str, as_of: date, at: datetime
) -> DisputeCase:
    """End a case because the customer no longer disputes: all of it is owed again at once.

    Raises Refused without a reason, for a case that is over or about to be decided, and while a
    credit note is asked of billing.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    check_nothing_asked(case)
    told = needed(
        text=reason, most=190, what="reason", missing="Say why the customer withdraws the case."
    )
    parts = open_parts(case)
    check_dates(parts, as_of=as_of)
    close_parts(parts, outcome=f"Withdrawn: {told}", as_of=as_of)
    move_case(case, Status.WITHDRAWN, as_of=as_of, closed_on=as_of, **responded(case, as_of=as_of))
    tell(actor, "withdrawn", case, at=at, reason=told, items=amounts_told(parts))
    return case


@transaction.atomic
def reopen_case(
    *, actor: Actor, case: DisputeCase, reason: str, as_of: date, at: datetime
) -> DisputeCase:
    """Take a case up again that was resolved or withdrawn: what was owed again is disputed anew.

    Of each item that is what was closed last and is open still, unless another case has it. What
    was booked stays. Raises Refused later than the policy allows, while a credit note is on its
    way, and when nothing is left to dispute.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    told = needed(text=reason, most=190, what="reason", missing="Say why the case is reopened.")
    if case.status not in (Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN):
        raise Refused(f"{case.number} is marked: {Status(case.status).label.lower()}.")
    days = dispute_policy_in_force(actor.company, as_of=as_of).policy.reopen_days
    ended = case.resolved_on or case.closed_on or case.opened_on
    if as_of > ended + timedelta(days=days):
        raise Refused(
            f"{case.number} ended on {ended.isoformat()}; the policy allows {days} days to "
            "reopen it. Open a new case."
        )
    check_nothing_asked(case)
    fresh = _disputed_anew(case, as_of=as_of, at=at)
    if not fresh:
        raise Refused(f"Nothing of {case.number} is open any more; open a new case if need be.")
    move_case(
        case,
        Status.IN_REVIEW,
        as_of=as_of,
        resolved_on=None,
        closed_on=None,
        is_escalated=False,
        **_clock_anew(case, as_of=as_of),
    )
    tell(actor, "reopened", case, at=at, reason=told, items=amounts_told(fresh))
    return case


def _clock_anew(case: DisputeCase, *, as_of: date) -> dict[str, object]:
    """Return the last day of a case that is reopened: it has the days of a new one."""
    if not case.clock_days:
        return {}
    country = case.company.country
    return {"resolve_by": add_business_days(as_of, case.clock_days, country=country)}


def check_dates(parts: list[Dispute], *, as_of: date) -> None:
    """Raise Refused where a part was opened after the day on which it is to end."""
    late = [one for one in parts if one.opened_on > as_of]
    if late:
        raise Refused(
            f"{late[0].item.number} is disputed since {late[0].opened_on.isoformat()}; it cannot "
            "end earlier."
        )


def _disputed_anew(case: DisputeCase, *, as_of: date, at: datetime) -> list[Dispute]:
    """Write the parts of a case that is reopened, each going on from what was let go last."""
    amounts = claim_amounts(case.company, case_id=case.pk, as_of=as_of)
    rows = Dispute.objects.filter(case=case).exclude(closed_on=None).select_related("item")
    let_go = {
        one.item_id: one
        for one in rows.order_by("pk")
        if one.pk in amounts and amounts[one.pk].removed_minor > 0
    }
    busy = set(
        Dispute.objects.filter(item__in=let_go, closed_on=None).values_list("item_id", flat=True)
    )
    open_minor = open_amounts(let_go)
    return Dispute.objects.bulk_create(
        Dispute(
            company_id=case.company_id,
            customer_id=case.customer_id,
            item=one.item,
            amount_minor=min(amounts[one.pk].removed_minor, open_minor[key]),
            reason=case.reason,
            note=one.note,
            opened_on=as_of,
            case=case,
            split_from=one,
            recorded_at=at,
        )
        for key, one in sorted(let_go.items())
        if key not in busy and open_minor.get(key, 0) > 0
    )
