"""What the cycle does for watches: asks for due checks, proposes playbooks, says who may go."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.actions.watches import KINDS
from dunwell.engine.playbooks_policy import Playbook, PlaybooksPolicy
from dunwell.engine.risk_conditions import RiskFacts
from dunwell.models import Company, Task, Watch
from dunwell.queries.playbooks import People, risk_facts

Status = Watch.Status
BY_CONDITIONS = "The conditions of the playbook no longer hold."


@transaction.atomic
def ask_checks(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Make a task of every check whose day has come; return how many; one query for none.

    Called in the transaction of the cycle's step.
    """
    actor.require("cycle.run")
    due = list(
        Watch.objects.filter(
            company=actor.company, status=Status.RUNNING, next_on__lte=as_of
        ).order_by("id")
    )
    if not due:
        return 0
    asked = set(
        Task.objects.filter(
            customer__in=[watch.customer_id for watch in due],
            kind__in=KINDS.values(),
            status=Task.Status.OPEN,
        ).values_list("customer_id", "kind")
    )
    new = [
        Task(
            company=actor.company,
            customer_id=watch.customer_id,
            kind=KINDS[Watch.Way(watch.way)],
            reason=_agenda(watch),
            due_on=watch.next_on,
            as_of=as_of,
            recorded_at=at,
        )
        for watch in due
        if (watch.customer_id, KINDS[Watch.Way(watch.way)]) not in asked
    ]
    Task.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def look_at_watches(
    *,
    actor: Actor,
    policy: PlaybooksPolicy,
    people: People,
    facts: dict[int, RiskFacts],
    as_of: date,
    at: datetime,
) -> int:
    """Propose watches, take proposals back that no longer hold, and mark those that may end.

    Returns how many changed. The caller holds the company's row.
    """
    actor.require("cycle.run")
    standing = {
        watch.customer_id: watch
        for watch in Watch.objects.select_for_update(no_key=True)
        .filter(company=actor.company)
        .exclude(status=Status.ENDED)
        .order_by("id")
    }
    paid_up = [key for key in standing if key not in facts]
    if paid_up:
        facts = facts | risk_facts(actor.company, as_of=as_of, customer_ids=paid_up)
    told = _marked(policy, standing, facts, as_of=as_of)
    proposed = _proposed(actor, policy, people, set(standing), facts, as_of=as_of, at=at)
    Watch.objects.bulk_create(proposed, batch_size=500)
    told += [_fact("watch.proposed", watch, reason=watch.reason) for watch in proposed]
    record_events(actor, told, at=at)
    return len(told)


def _marked(
    policy: PlaybooksPolicy,
    standing: dict[int, Watch],
    facts: dict[int, RiskFacts],
    *,
    as_of: date,
) -> list[Fact]:
    """End proposals whose conditions are gone, and mark running watches that may end."""
    told: list[Fact] = []
    changed: list[Watch] = []
    for key, watch in standing.items():
        book, known = policy.playbook(watch.playbook), facts.get(key, RiskFacts())
        if watch.status == Status.PROPOSED:
            if book is None or not book.put_when.holds(known):
                watch.status, watch.ended_on = Status.ENDED, as_of
                watch.ended_by, watch.result = "system", BY_CONDITIONS
                told.append(_fact("watch.declined", watch, reason=BY_CONDITIONS))
                changed.append(watch)
            continue
        may_end = book is not None and book.end_when.holds(known)
        if may_end != (watch.may_end_on is not None):
            watch.may_end_on = as_of if may_end else None
            verb = "watch.may_end" if may_end else "watch.goes_on"
            told.append(_fact(verb, watch, reason=known.text))
            changed.append(watch)
    Watch.objects.bulk_update(
        changed, ["status", "ended_on", "ended_by", "result", "may_end_on"], batch_size=500
    )
    return told


def _proposed(
    actor: Actor,
    policy: PlaybooksPolicy,
    people: People,
    standing: set[int],
    facts: dict[int, RiskFacts],
    *,
    as_of: date,
    at: datetime,
) -> list[Watch]:
    """Return the new proposals: nobody watched already, ended or declined a short while ago."""
    wanted = [
        (key, books[0])
        for key, known in sorted(facts.items())
        if key not in standing and (books := policy.proposed_by(known))
    ]
    if not wanted:
        return []
    ended = _ended_since(actor.company, wanted, as_of=as_of)
    return [
        Watch(
            company=actor.company,
            customer_id=key,
            status=Status.PROPOSED,
            playbook=book.name,
            reason=facts[key].text,
            sponsor_id=people.keys.get(book.sponsor),
            agenda=list(book.agenda),
            way=book.way,
            every_days=book.every_days,
            next_on=as_of,
            from_on=as_of,
            by=actor.name,
            recorded_at=at,
        )
        for key, book in wanted
        if key not in ended or ended[key] + timedelta(days=book.quiet_days) <= as_of
    ]


def _ended_since(
    company: Company, wanted: list[tuple[int, Playbook]], *, as_of: date
) -> dict[int, date]:
    """Return the last day on which a person ended or declined a watch, by customer."""
    longest = max(book.quiet_days for _, book in wanted)
    rows = Watch.objects.filter(
        ~Q(ended_by="system"), company=company, ended_on__gt=as_of - timedelta(days=longest)
    ).order_by("ended_on")
    return {watch.customer_id: watch.ended_on for watch in rows if watch.ended_on}


def _agenda(watch: Watch) -> str:
    points = "; ".join(watch.agenda) or watch.reason
    return f"{watch.playbook}: {points}"[:300]


def _fact(verb: str, watch: Watch, **data: object) -> Fact:
    return Fact(
        verb=verb,
        subject="watch",
        subject_id=watch.pk,
        customer_id=watch.customer_id,
        data={"playbook": watch.playbook, **data},
    )
