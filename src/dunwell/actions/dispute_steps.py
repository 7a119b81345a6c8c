"""The day's step of disputes: what arrived is settled, late ones go up, what is over closes."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from dunwell.actions.cause_actions import verify_cause_actions
from dunwell.actions.credit_requests import settle_waiting
from dunwell.actions.dispute_bookings import Kind, ResolvedPart, carry_out
from dunwell.actions.dispute_moves import put_higher
from dunwell.actions.dispute_parts import (
    DECIDING,
    Status,
    change_case,
    close_parts,
    judge_all,
    locked_case,
    move_case,
    open_parts,
    sums_by_currency,
    tell,
)
from dunwell.actions.gate import Actor
from dunwell.engine.calendars import add_business_days
from dunwell.engine.dispute_clock import is_late
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.dispute_routes import AutoRule, auto_of
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import (
    CreditRequest,
    Dispute,
    DisputeCase,
    DisputeResolution,
    DisputeTask,
    Message,
)
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.dispute_facts import disputed_now, given_up_in_month, routing_facts
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.frames import fx_frame

ENDED = (*DisputeCase.OVER, *DECIDING)
"""Statuses in which nobody is at work on a case."""

REMIND_DAYS = 1
"""Business days before its last day on which a question is reminded of."""


MOST_JUDGED = 200
"""Cases of a bulk judged a day; the others follow on the next days."""


@transaction.atomic
def watch_disputes(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Look at every dispute once a day; return how many records changed.

    Credit notes that arrived settle their requests; cases whose money came end; small cases end
    by the policy's rules for them; late ones are put higher, once; open questions are reminded
    of, once; resolved cases with nothing on its way close; actions against causes are judged.
    The same day again changes nothing.
    """
    actor.require("cycle.run")
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    changed = settle_waiting(actor, as_of=as_of, at=at)
    changed += _end_paid(actor, as_of=as_of, at=at)
    if any(rule.is_on for rule in policy.auto):
        changed += _decide_small(actor, policy, as_of=as_of, at=at)
    changed += _note_answers(actor, as_of=as_of)
    _judge_new(actor, policy)
    changed += _escalate_late(actor, as_of=as_of, at=at)
    changed += _remind(actor, as_of=as_of, at=at)
    changed += _close(actor, as_of=as_of, at=at)
    return changed + verify_cause_actions(actor, as_of=as_of, at=at)


def _locked(actor: Actor, keys: list[tuple[int, int]]) -> Iterator[DisputeCase]:
    """Lock cases one by one, customers in the order of their keys, and yield them as they are."""
    for _, key in sorted(keys):
        yield locked_case(actor, DisputeCase.objects.get(pk=key))


def _end_paid(actor: Actor, *, as_of: date, at: datetime) -> int:
    """End cases of which everything was paid, or settled otherwise, before anybody decided."""
    running = DisputeCase.objects.filter(company=actor.company).exclude(status__in=ENDED)
    still = Dispute.objects.filter(case__in=running.values("pk"), closed_on=None)
    unpaid = still.filter(item__open_now__open_minor__gt=0).values("case")
    keys = list(running.exclude(pk__in=unpaid).values_list("customer", "pk"))
    changed = 0
    for case in _locked(actor, keys):
        parts = open_parts(case)
        if case.status in ENDED or any(disputed_now(parts).values()):
            continue
        if any(one.opened_on > as_of for one in parts):
            continue
        close_parts(parts, outcome="Paid or settled otherwise", as_of=as_of)
        move_case(case, Status.WITHDRAWN, as_of=as_of, closed_on=as_of)
        tell(actor, "withdrawn", case, at=at, reason="Paid or settled otherwise", items=[])
        changed += 1
    return changed


def _decide_small(actor: Actor, policy: DisputePolicy, *, as_of: date, at: datetime) -> int:
    """End new cases that a rule for small ones takes, while its budget of the month lasts."""
    fresh = DisputeCase.objects.filter(
        company=actor.company, status__in=(Status.NEW, Status.ASSIGNED), opened_on__lte=as_of
    )
    spent = given_up_in_month(actor.company, as_of=as_of)
    rates = read_rates(fx_frame(actor.company), actor.company.currency)
    changed = 0
    for case in _locked(actor, list(fresh.values_list("customer", "pk"))):
        if case.status not in (Status.NEW, Status.ASSIGNED):
            continue
        parts = open_parts(case)
        sums = {code: minor for code, minor in sums_by_currency(parts).items() if minor}
        if len(sums) != 1:
            continue
        facts = routing_facts(
            actor.company,
            case.customer,
            reason=case.reason,
            amounts=sums,
            as_of=as_of,
            rates=rates,
        )
        rule = auto_of(policy.auto, facts, spent_minor=spent)
        if rule is None or not facts.amount_minor:
            continue
        spent[rule.name] = spent.get(rule.name, 0) + facts.amount_minor
        _end_small(
            actor, case, parts, policy, rule, home_minor=facts.amount_minor, as_of=as_of, at=at
        )
        changed += 1
    return changed


def _end_small(
    actor: Actor,
    case: DisputeCase,
    parts: list[Dispute],
    policy: DisputePolicy,
    rule: AutoRule,
    *,
    home_minor: int,
    as_of: date,
    at: datetime,
) -> None:
    """End one case as a rule says; the rule stands where authority stands otherwise."""
    now, accepts = disputed_now(parts), rule.outcome == "accept"
    listed = [
        ResolvedPart(
            dispute=one,
            credit_minor=now[one.pk] if accepts else 0,
            written_off_minor=0 if accepts else now[one.pk],
        )
        for one in parts
        if now[one.pk]
    ]
    total = sum(part.total_minor for part in listed)
    usual = policy.reason_rule(case.reason).root_cause
    change_case(case, root_cause=case.root_cause or usual)
    resolution = DisputeResolution.objects.create(
        case=case,
        kind=Kind.CREDIT if accepts else Kind.WRITE_OFF,
        credit_minor=total if accepts else 0,
        written_off_minor=0 if accepts else total,
        currency=listed[0].dispute.item.currency,
        parts=[part.document() for part in listed],
        reason=f"Small case, by the policy's rule: {rule.name}",
        authority={"auto": rule.name, "home_minor": home_minor, "on": as_of.isoformat()},
        proposed_by=actor.name,
        proposed_at=at,
    )
    carry_out(actor, case, resolution, by=actor.name, as_of=as_of, at=at)


def _note_answers(actor: Actor, *, as_of: date) -> int:
    """Note the day on which a message of a case's conversation first went to the customer."""
    silent = DisputeCase.objects.filter(
        company=actor.company, responded_on=None, conversation__isnull=False
    ).exclude(status__in=DisputeCase.OVER)
    answered = Message.objects.filter(
        conversation__in=silent.values("conversation"),
        status__in=Message.HANDED_OVER,
        recorded_at__gte=F("conversation__dispute_cases__recorded_at"),
    )
    return silent.filter(conversation__in=answered.values("conversation")).update(
        responded_on=as_of
    )


def _judge_new(actor: Actor, policy: DisputePolicy) -> None:
    """Say of cases that came in bulk how likely they are right, the newest first."""
    unjudged = DisputeCase.objects.filter(company=actor.company, validity_ppm=None).exclude(
        status__in=ENDED
    )
    judge_all(list(unjudged.order_by("-pk")[:MOST_JUDGED]), policy)


def _escalate_late(actor: Actor, *, as_of: date, at: datetime) -> int:
    """Mark cases past a last day, and ask whoever the matrix names; each case once."""
    running = DisputeCase.objects.filter(company=actor.company, is_escalated=False).exclude(
        status__in=DisputeCase.OVER
    )
    late = [
        (row.customer_id, row.pk)
        for row in running.only(
            "pk", "customer", "respond_by", "resolve_by", "responded_on", "paused_on"
        )
        if _is_late(row, as_of=as_of)
    ]
    changed = 0
    for case in _locked(actor, late):
        if case.is_escalated or case.status in DisputeCase.OVER:
            continue
        due = case.resolve_by
        what = "answered" if due is None or due >= as_of else "resolved"
        told = f"{case.number} was to be {what} in time and is not"
        put_higher(actor, case, reason=told, asked=told, as_of=as_of, at=at)
        changed += 1
    return changed


def _is_late(case: DisputeCase, *, as_of: date) -> bool:
    dues = [case.resolve_by, case.respond_by if case.responded_on is None else None]
    return any(
        is_late(due, paused_on=case.paused_on, as_of=as_of) for due in dues if due is not None
    )


def _remind(actor: Actor, *, as_of: date, at: datetime) -> int:
    """Remind of questions whose last day is near or gone; each once."""
    until = add_business_days(as_of, REMIND_DAYS, country=actor.company.country)
    waiting = DisputeTask.objects.filter(
        case__company=actor.company,
        answered_at=None,
        cancelled_at=None,
        reminded_on=None,
        due_on__lte=until,
    ).exclude(case__status__in=DisputeCase.OVER)
    changed = 0
    for task in waiting.select_related("case", "assignee").order_by("case__customer", "pk"):
        rows = DisputeTask.objects.filter(pk=task.pk, reminded_on=None, answered_at=None)
        if not rows.update(reminded_on=as_of):
            continue
        whom = task.assignee.username if task.assignee else task.guest_name
        tell(
            actor, "reminded", task.case, at=at, task=task.pk, whom=whom,
            due_on=task.due_on.isoformat(),
        )  # fmt: skip
        changed += 1
    return changed


def _close(actor: Actor, *, as_of: date, at: datetime) -> int:
    """Close resolved cases of which nothing is disputed and no credit note is on its way."""
    resolved = DisputeCase.objects.filter(
        company=actor.company, status=Status.RESOLVED, resolved_on__lte=as_of
    )
    disputed = Dispute.objects.filter(case__in=resolved.values("pk"), closed_on=None)
    asked = CreditRequest.objects.filter(
        resolution__case__in=resolved.values("pk"), status__in=UNANSWERED
    )
    done = resolved.exclude(pk__in=disputed.values("case")).exclude(
        pk__in=asked.values("resolution__case")
    )
    changed = 0
    for case in _locked(actor, list(done.values_list("customer", "pk"))):
        if case.status != Status.RESOLVED or open_parts(case):
            continue
        move_case(case, Status.CLOSED, as_of=as_of, closed_on=as_of)
        tell(actor, "closed", case, at=at)
        changed += 1
    return changed
