"""The day's step of escalations and watches: what rises, what is raised, proposed and due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.actions.watch_steps import ask_checks, look_at_watches
from dunwell.engine.escalation_clock import Clock, Rise, answer_by, rises
from dunwell.engine.playbooks_policy import MatrixLine, PlaybooksPolicy
from dunwell.engine.risk_conditions import RiskFacts
from dunwell.models import Company, Customer, Escalation
from dunwell.queries.playbooks import (
    Address,
    People,
    people_asked,
    playbooks_in_force,
    risk_facts,
)

Status = Escalation.Status


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
    waiting = Escalation.objects.filter(
        company=company, status=Status.RAISED, answer_by_on__lt=as_of
    )
    is_any_late = bool(policy.matrix) and waiting.exists()
    if not is_any_late and not policy.looks_at_customers:
        return changed
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    people = people_asked(company)
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
        Escalation.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, status=Status.RAISED, answer_by_on__lt=as_of)
        .select_related("customer")
        .order_by("id")
    )
    moved: list[Escalation] = []
    told: list[Fact] = []
    for escalation in found:
        line = policy.line(escalation.kind)
        steps = _rises(escalation, line, as_of=as_of, country=actor.company.country)
        for step in steps:
            to = people.asked(step.to, collector_id=escalation.customer.collector_id)
            escalation.rung, escalation.rung_on = step.rung, step.on
            escalation.answer_by_on = step.answer_by_on
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
        moved, ["rung", "rung_on", "answer_by_on", "to_role", "to_user"], batch_size=500
    )
    record_events(actor, told, at=at)
    return len(moved)


def _rises(
    escalation: Escalation, line: MatrixLine | None, *, as_of: date, country: str
) -> tuple[Rise, ...]:
    if line is None:
        return ()
    clock = Clock(
        rung=escalation.rung,
        rung_on=escalation.rung_on or escalation.raised_on,
        answer_by_on=escalation.answer_by_on,
    )
    return rises(clock, line.rungs_for(escalation.amount_minor), as_of=as_of, country=country)


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
    new = [
        _new(
            actor,
            key,
            line,
            people.asked(line.rungs_for(_amount(facts[key]))[0], collector_id=collectors[key]),
            facts[key],
            as_of=as_of,
            at=at,
        )
        for key, line in wanted
    ]
    Escalation.objects.bulk_create(new, batch_size=500)
    told = [
        _fact(
            "escalation.raised",
            one,
            on=as_of.isoformat(),
            rung=1,
            to=line.rungs_for(one.amount_minor)[0].address,
            reason=one.reason,
        )
        for one, (_, line) in zip(new, wanted, strict=True)
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
    as_of: date,
    at: datetime,
) -> Escalation:
    amount = _amount(facts)
    rung = line.rungs_for(amount)[0]
    return Escalation(
        company=actor.company,
        customer_id=customer_id,
        kind=line.kind,
        amount_minor=amount,
        to_role=to.role,
        to_user_id=to.user_id,
        reason=facts.text,
        raised_by=actor.name,
        raised_on=as_of,
        rung_on=as_of,
        answer_by_on=answer_by(as_of, rung=rung, country=actor.company.country),
        recorded_at=at,
    )


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
