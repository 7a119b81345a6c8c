"""Escalations: raised by a person, acknowledged by who is asked, resolved with a result."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.team_mails import tell_asked
from dunwell.actions.texts import fitting
from dunwell.engine.escalation_clock import started
from dunwell.engine.escalation_rights import may_answer, may_resolve
from dunwell.models import Customer, Escalation
from dunwell.queries.escalations import UNKNOWN_RUNG, Reader, reader_of
from dunwell.queries.playbooks import office_of, people_asked, playbooks_in_force, risk_facts

Status = Escalation.Status

LONGEST = 300
"""Characters of a reason and of a result."""


@transaction.atomic
def raise_escalation(
    *, actor: Actor, customer: Customer, kind: str, reason: str, as_of: date, at: datetime
) -> Escalation:
    """Put a matter about a customer higher: to the first rung of the matrix, which has a clock.

    A kind without a matrix goes to the credit managers. The amount is what is overdue now.
    Raises Refused without a reason, for an unknown kind, and while one of the kind is open.
    """
    actor.require("escalation.raise")
    open_customer(actor, customer)
    if kind not in Escalation.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Escalation.Kind.values)}.")
    told = _told(reason, "Say why this is escalated; whoever is asked reads it.")
    return put_higher(actor, customer, kind=kind, reason=told, as_of=as_of, at=at)


def put_higher(
    actor: Actor,
    customer: Customer,
    *,
    kind: str,
    reason: str,
    subject: str = "",
    subject_id: int | None = None,
    as_of: date,
    at: datetime,
) -> Escalation:
    """Raise an escalation; part of the action that calls it and asked for its right.

    `subject` and `subject_id` name the record it is about. Raises Refused while one of the
    kind is open.
    """
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = (
        Escalation.objects.filter(customer=locked, kind=kind)
        .exclude(status=Status.RESOLVED)
        .first()
    )
    if found is not None:
        label = Escalation.Kind(kind).label.lower()
        raise Refused(
            f"{found.raised_by} escalated this ({label}) on {found.raised_on.isoformat()}; "
            "it is resolved first."
        )
    facts = risk_facts(actor.company, as_of=as_of, customer_ids=[locked.pk])[locked.pk]
    amount = max(0, facts.overdue_minor or 0)
    age = facts.days_late or 0
    policy = playbooks_in_force(actor.company, as_of=as_of)
    line = policy.line(kind)
    rungs = line.rungs_for(amount, age) if line else (UNKNOWN_RUNG,)
    office = office_of(actor.company, policy)
    clock = started(rungs, on=as_of, office=office, at=at)
    to = people_asked(actor.company, as_of=as_of).asked(rungs[0], collector_id=locked.collector_id)
    escalation = Escalation.objects.create(
        company=actor.company,
        customer=locked,
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        amount_minor=amount,
        age_days=age,
        to_role=to.role,
        to_user_id=to.user_id,
        reason=reason,
        raised_by=actor.name,
        raised_on=as_of,
        rung_on=as_of,
        answer_by_on=clock.answer_by_on,
        answer_by_at=clock.answer_by_at,
        recorded_at=at,
    )
    tell_asked(actor, [escalation], at=at)
    record_event(
        actor,
        "escalation.raised",
        escalation,
        at=at,
        customer_id=locked.pk,
        kind=kind,
        on=as_of.isoformat(),
        rung=1,
        to=rungs[0].address,
        reason=reason,
    )
    return escalation


@transaction.atomic
def acknowledge_escalation(
    *, actor: Actor, escalation: Escalation, note: str = "", as_of: date, at: datetime
) -> Escalation:
    """Take an escalation on: the clock stops, and from now on it is this person's.

    Whom it is put to may, who stands in for them, and whoever is higher. Raises Refused for
    anybody else, and for one that was answered before, saying by whom.
    """
    actor.require("escalation.answer")
    locked = _locked(actor, escalation)
    if locked.status != Status.RAISED:
        raise Refused(_answered(locked))
    reader = _reader(actor, as_of, at)
    if not may_answer(reader.person, reader.addressed(locked)):
        raise Refused(f"This is put to {_whom(locked)}; you may not answer for them.")
    told = fitting(text=note, most=LONGEST, what="note")
    _move(
        locked,
        Status.ACKNOWLEDGED,
        acknowledged_by=actor.name,
        acknowledged_on=as_of,
        acknowledged_at=at,
    )
    record_event(
        actor,
        "escalation.acknowledged",
        locked,
        at=at,
        customer_id=locked.customer_id,
        kind=locked.kind,
        on=as_of.isoformat(),
        rung=locked.rung,
        reason=told,
    )
    return locked


@transaction.atomic
def resolve_escalation(
    *, actor: Actor, escalation: Escalation, result: str, as_of: date, at: datetime
) -> Escalation:
    """End an escalation with what came of it; of one nobody took on it is the answer, too.

    Who took it on may, and whoever is higher. Raises Refused without a result, for anybody
    else, and for one that is resolved.
    """
    actor.require("escalation.answer")
    told = _told(result, "Say what came of it.")
    locked = _locked(actor, escalation)
    if locked.status == Status.RESOLVED:
        raise Refused(_answered(locked))
    reader = _reader(actor, as_of, at)
    answerer = locked.acknowledged_by.partition(" via ")[0]
    may = may_resolve(
        reader.person,
        reader.addressed(locked),
        acknowledged_by=answerer,
        is_answerer_there=answerer in reader.people.keys,
    )
    if not may:
        whom = answerer or _whom(locked)
        raise Refused(f"This is with {whom}, who says what came of it; you may not.")
    answered = {}
    if locked.status == Status.RAISED:
        answered = {
            "acknowledged_by": actor.name, "acknowledged_on": as_of, "acknowledged_at": at,
        }  # fmt: skip
    _move(
        locked,
        Status.RESOLVED,
        resolution=told,
        resolved_by=actor.name,
        resolved_on=as_of,
        **answered,
    )
    record_event(
        actor,
        "escalation.resolved",
        locked,
        at=at,
        customer_id=locked.customer_id,
        kind=locked.kind,
        on=as_of.isoformat(),
        reason=told,
    )
    return locked


def _reader(actor: Actor, as_of: date, at: datetime) -> Reader:
    return reader_of(
        actor.company,
        name=actor.name,
        user_id=actor.user_id,
        roles=actor.roles,
        as_of=as_of,
        at=at,
    )


def _told(text: str, missing: str) -> str:
    told = fitting(text=text, most=LONGEST, what="text")
    if not told:
        raise Refused(missing)
    return told


def _locked(actor: Actor, escalation: Escalation) -> Escalation:
    """Return the escalation as it is now; who waited for the lock sees what the other did."""
    if escalation.company_id != actor.company.pk:
        raise Refused("This escalation belongs to another company.")
    return Escalation.objects.select_for_update(no_key=True).get(pk=escalation.pk)


def _answered(escalation: Escalation) -> str:
    if escalation.status == Status.RESOLVED:
        who, on = escalation.resolved_by or "the system", escalation.resolved_on
        return f"{who} resolved this on {on}; load the page again."
    who, on = escalation.acknowledged_by, escalation.acknowledged_on
    return f"{who} took this on on {on}; it is theirs. Load the page again."


def _whom(escalation: Escalation) -> str:
    if escalation.to_user is not None:
        return escalation.to_user.username
    return f"the role {escalation.to_role.replace('_', ' ')}"


def _move(escalation: Escalation, status: Status, **values: object) -> None:
    before = Status(escalation.status)
    if status not in Escalation.MOVES[before]:
        raise Refused(f"This is {before.label.lower()} already; load the page again.")
    rows = Escalation.objects.filter(pk=escalation.pk, status=before).update(
        status=status, **values
    )
    if rows != 1:
        raise Refused("Somebody else has just answered this; load the page again.")
    escalation.refresh_from_db()
