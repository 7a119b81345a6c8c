"""The day's step of escalations and watches: what rises, what is raised, proposed and due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.actions.team_mails import tell_asked
from dunwell.actions.watch_steps import ask_checks, look_at_watches
from dunwell.engine.escalation_clock import Rise, rises, started
from dunwell.engine.office_hours import OfficeHours
from dunwell.engine.playbooks_policy import MatrixLine, PlaybooksPolicy, Rung
from dunwell.engine.risk_conditions import RiskFacts
from dunwell.models import Company, Customer, Escalation
from dunwell.queries.escalations import clock_of
from dunwell.queries.playbooks import (
    Address,
    People,
    office_of,
    people_asked,
    playbooks_in_force,
    risk_facts,
)

Status = Escalation.Status


@transaction.atomic
def rise_escalations(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Put higher what nobody answered in time by now; return how many rose.

    Safe to call every minute: where nothing is late only one question is asked.
    """
    actor.require("cycle.run")
    company = actor.company
    if not _late(company, as_of=as_of, at=at).exists():
        return 0
    policy = playbooks_in_force(company, as_of=as_of)
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    people = people_asked(company, as_of=as_of)
    return _rise(actor, policy, people, as_of=as_of, at=at)


@transaction.atomic
def raise_escalations(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Put higher what nobody answered in time, raise and propose what the policy asks for.

    Returns how many records changed. Rises count from the day each was due, so that a late run
    ends where daily runs would have; the same day again changes nothing.
    """
    actor.require("cycle.run")
    company = actor.company
    policy = playbooks_in_force(company, as_of=as_of)
    changed = ask_checks(actor=actor, as_of=as_of, at=at)
    is_any_late = bool(policy.matrix) and _late(company, as_of=as_of, at=at).exists()
    if not is_any_late and not policy.looks_at_customers:
        return changed
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    people = people_asked(company, as_of=as_of)
    if is_any_late:
        changed += _rise(actor, policy, people, as_of=as_of, at=at)
    if policy.looks_at_customers:
        facts = risk_facts(company, as_of=as_of)
        changed += _raise(actor, policy, people, facts, as_of=as_of, at=at)
        changed += look_at_watches(
            actor=actor, policy=policy, people=people, facts=facts, as_of=as_of, at=at
        )
    return changed


def _rise(
    actor: Actor, policy: PlaybooksPolicy, people: People, *, as_of: date, at: datetime
) -> int:
    """Move every escalation to the rung the clock has come to; one event per rung."""
    found = (
        _late(actor.company, as_of=as_of, at=at)
        .select_for_update(no_key=True, of=("self",))
        .select_related("customer")
        .order_by("id")
    )
    office = office_of(actor.company, policy)
    moved: list[Escalation] = []
    told: list[Fact] = []
    for escalation in found:
        line = policy.line(escalation.kind)
        steps = _rises(escalation, line, as_of=as_of, office=office, at=at)
        for step in steps:
            to = people.asked(step.to, collector_id=escalation.customer.collector_id)
            escalation.rung, escalation.rung_on = step.rung, step.on
            escalation.answer_by_on = step.answer_by_on
            escalation.answer_by_at = step.answer_by_at
            escalation.to_role, escalation.to_user_id = to.role, to.user_id
            told.append(
                _fact(
                    "escalation.risen",
                    escalation,
                    on=step.on.isoformat(),
                    rung=step.rung,
                    to=step.to.address,
                )
            )
        if steps:
            moved.append(escalation)
    Escalation.objects.bulk_update(
        moved,
        ["rung", "rung_on", "answer_by_on", "answer_by_at", "to_role", "to_user"],
        batch_size=500,
    )
    tell_asked(actor, moved, at=at)
    record_events(actor, told, at=at)
    return len(moved)


def _late(company: Company, *, as_of: date, at: datetime) -> QuerySet[Escalation]:
    """Return what nobody answered in time, by its day or where it has one by its moment."""
    by_day = Q(answer_by_at=None, answer_by_on__lt=as_of)
    return Escalation.objects.filter(
        by_day | Q(answer_by_at__lte=at), company=company, status=Status.RAISED
    )


def _rises(
    escalation: Escalation,
    line: MatrixLine | None,
    *,
    as_of: date,
    office: OfficeHours,
    at: datetime,
) -> tuple[Rise, ...]:
    if line is None:
        return ()
    rungs = line.rungs_for(escalation.amount_minor, escalation.age_days)
    return rises(clock_of(escalation), rungs, as_of=as_of, office=office, at=at)


def _raise(
    actor: Actor,
    policy: PlaybooksPolicy,
    people: People,
    facts: dict[int, RiskFacts],
    *,
    as_of: date,
    at: datetime,
) -> int:
    """Raise what the matrix asks for and is not open, nor was resolved a short while ago."""
    wanted = [(key, line) for key, one in sorted(facts.items()) for line in policy.raised_by(one)]
    if not wanted:
        return 0
    standing = _standing(actor.company, wanted, as_of=as_of)
    wanted = [(key, line) for key, line in wanted if (key, line.kind) not in standing]
    collectors = dict(
        Customer.objects.filter(company=actor.company, pk__in={key for key, _ in wanted})
        .order_by("pk")
        .values_list("pk", "collector_id")
    )
    office = office_of(actor.company, policy)
    new = [
        _new(
            actor,
            key,
            line,
            people.asked(_first(line, facts[key]), collector_id=collectors[key]),
            facts[key],
            office=office,
            as_of=as_of,
            at=at,
        )
        for key, line in wanted
    ]
    Escalation.objects.bulk_create(new, batch_size=500)
    tell_asked(actor, new, at=at)
    told = [
        _fact(
            "escalation.raised",
            one,
            on=as_of.isoformat(),
            rung=1,
            to=_first(line, facts[key]).address,
            reason=one.reason,
        )
        for one, (key, line) in zip(new, wanted, strict=True)
    ]
    record_events(actor, told, at=at)
    return len(new)


def _standing(
    company: Company, wanted: Sequence[tuple[int, MatrixLine]], *, as_of: date
) -> set[tuple[int, str]]:
    """Return (customer, kind) of what is open, or was resolved too short a while ago."""
    quiet = {line.kind: line.quiet_days for _, line in wanted}
    since = as_of - timedelta(days=max(quiet.values()))
    rows = Escalation.objects.filter(
        ~Q(status=Status.RESOLVED) | Q(resolved_on__gt=since), company=company, kind__in=quiet
    ).values_list("customer_id", "kind", "status", "resolved_on")
    return {
        (key, kind)
        for key, kind, status, resolved_on in rows
        if status != Status.RESOLVED
        or (resolved_on and resolved_on + timedelta(days=quiet[kind]) > as_of)
    }


def _new(
    actor: Actor,
    customer_id: int,
    line: MatrixLine,
    to: Address,
    facts: RiskFacts,
    *,
    office: OfficeHours,
    as_of: date,
    at: datetime,
) -> Escalation:
    clock = started((_first(line, facts),), on=as_of, office=office, at=at)
    return Escalation(
        company=actor.company,
        customer_id=customer_id,
        kind=line.kind,
        amount_minor=_amount(facts),
        age_days=facts.days_late or 0,
        to_role=to.role,
        to_user_id=to.user_id,
        reason=facts.text,
        raised_by=actor.name,
        raised_on=as_of,
        rung_on=as_of,
        answer_by_on=clock.answer_by_on,
        answer_by_at=clock.answer_by_at,
        recorded_at=at,
    )


def _first(line: MatrixLine, facts: RiskFacts) -> Rung:
    return line.rungs_for(_amount(facts), facts.days_late or 0)[0]


def _amount(facts: RiskFacts) -> int:
    return max(0, facts.overdue_minor or 0)


def _fact(verb: str, escalation: Escalation, **data: object) -> Fact:
    return Fact(
        verb=verb,
        subject="escalation",
        subject_id=escalation.pk,
        customer_id=escalation.customer_id,
        data={"kind": escalation.kind, **data},
    )
