"""What follows from a promise that failed, and taking it back when the failure is forgiven."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Sum

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.promise_policy import ConsequenceRule, consequences
from dunwell.models import Customer, Escalation, Promise, PromiseConsequence, PromiseItem, Task
from dunwell.queries.authority import home_amount
from dunwell.queries.promise_policies import promises_policy

Kind = PromiseConsequence.Kind
FAILED = (Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT)
ANSWER_DAYS = 3
"""An escalation is to be acknowledged within so many days."""

REVIEW = "Review the credit limit: promises were not kept."


def failures_before(items: Sequence[int]) -> int:
    """Return how many promises in a row failed on any of the items: the next one's rung."""
    failed = (
        PromiseItem.objects.filter(
            item__in=items, promise__outcome__in=FAILED, promise__forgiven_on=None
        )
        .values_list("promise", "promise__rung")
        .distinct()
    )
    return max((rung + 1 for _, rung in failed), default=0)


def amount_failures_before(customer: Customer) -> int:
    """Return how many promises of an amount failed in a row: the next one's rung."""
    amounts = Promise.objects.filter(customer=customer, level=Promise.Level.CUSTOMER)
    kept_on = amounts.filter(outcome=Promise.Outcome.KEPT).aggregate(on=Max("made_on"))["on"]
    failed = amounts.filter(outcome__in=FAILED, forgiven_on=None)
    if kept_on is not None:
        failed = failed.filter(made_on__gt=kept_on)
    return max((rung + 1 for rung in failed.values_list("rung", flat=True)), default=0)


def draw_consequences(
    actor: Actor,
    changed: Sequence[tuple[Promise, Promise.Outcome]],
    *,
    as_of: date,
    at: datetime,
) -> frozenset[int]:
    """Write what follows from promises that failed just now, by the policy.

    Returns the keys of those that are to be followed up by a task, which is written for all of
    them together. Called in the transaction that judged them. A promise that is judged again has
    each consequence once. Healed ones (kept after all) lose theirs.
    """
    failed = [(promise, outcome) for promise, outcome in changed if outcome in FAILED]
    healed = [p for p, outcome in changed if p.outcome in FAILED and outcome not in FAILED]
    for promise in healed:
        undo_consequences(
            actor, promise, reason="the promise was kept after all", as_of=as_of, at=at
        )
    if not failed:
        return frozenset()
    policy = promises_policy(actor.company, as_of=as_of)
    sums = _sums([promise.pk for promise, _ in failed])
    followed: set[int] = set()
    for promise, outcome in failed:
        currency, amount = sums.get(promise.pk, (promise.currency, promise.amount_minor or 0))
        rules = consequences(
            policy,
            outcome=outcome,
            failures=promise.rung + 1,
            amount_minor=home_amount(actor.company, amount, currency, as_of=as_of),
        )
        for rule in rules:
            _draw(actor, promise, rule, as_of=as_of, at=at)
            if rule.kind == Kind.TASK:
                followed.add(promise.pk)
    return frozenset(followed)


@transaction.atomic
def forgive_promise(
    *, actor: Actor, promise: Promise, reason: str, as_of: date, at: datetime
) -> None:
    """Take back the consequences of a failed promise: the money was late through no fault.

    The judgement stays as the money says; what followed from it does not count any more. Raises
    Refused without a reason, for a promise that did not fail, or one forgiven before.
    """
    actor.require("promise.withdraw")
    if promise.company_id != actor.company.pk:
        raise Refused("This promise belongs to another company.")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the promise is forgiven.")
    locked = Promise.objects.select_for_update(no_key=True).get(pk=promise.pk)
    if locked.outcome not in FAILED:
        label = Promise.Outcome(locked.outcome).label.lower()
        raise Refused(f"A promise that is {label} has nothing to forgive.")
    if locked.forgiven_on is not None:
        raise Refused(f"This promise was forgiven on {locked.forgiven_on.isoformat()}.")
    locked.forgiven_on, locked.forgiven_reason = as_of, told
    locked.save(update_fields=["forgiven_on", "forgiven_reason"])
    undone = undo_consequences(actor, locked, reason=told, as_of=as_of, at=at)
    record_event(
        actor,
        "promise.forgiven",
        locked,
        at=at,
        customer_id=locked.customer_id,
        reason=told,
        undone=undone,
    )


def undo_consequences(
    actor: Actor, promise: Promise, *, reason: str, as_of: date, at: datetime
) -> list[str]:
    """Take back what followed from a promise; return the names of the rules undone."""
    standing = list(promise.consequences.filter(undone_on=None).order_by("id"))
    for consequence in standing:
        consequence.undone_on, consequence.undone_reason = as_of, reason[:300]
        consequence.save(update_fields=["undone_on", "undone_reason"])
        details: Mapping[str, int] = consequence.details
        if consequence.kind == Kind.TASK:
            close_follow_ups([promise.customer_id], at=at, by=actor.name)
        if "task_id" in details:
            Task.objects.filter(pk=details["task_id"], status=Task.Status.OPEN).update(
                status=Task.Status.CANCELLED, done_at=at, done_by=actor.name
            )
        if "escalation_id" in details:
            Escalation.objects.filter(
                pk=details["escalation_id"], status=Escalation.Status.RAISED
            ).update(status=Escalation.Status.RESOLVED, resolution=reason[:300], resolved_on=as_of)
    return [consequence.rule for consequence in standing]


def close_follow_ups(customers: Sequence[int], *, at: datetime, by: str) -> None:
    """Close the follow-up of customers who have no failed promise left that counts."""
    still_failed = Promise.objects.filter(
        customer__in=customers, outcome__in=FAILED, forgiven_on=None
    )
    Task.objects.filter(
        customer__in=customers, kind=Task.Kind.BROKEN_PROMISE, status=Task.Status.OPEN
    ).exclude(customer__in=still_failed.values("customer_id")).update(
        status=Task.Status.CANCELLED, done_at=at, done_by=by
    )


def _draw(
    actor: Actor, promise: Promise, rule: ConsequenceRule, *, as_of: date, at: datetime
) -> None:
    consequence, is_new = PromiseConsequence.objects.get_or_create(
        promise=promise, kind=rule.kind, defaults={"rule": rule.name, "on": as_of}
    )
    if not is_new and consequence.undone_on is None:
        return
    consequence.rule, consequence.on, consequence.undone_on = rule.name, as_of, None
    consequence.details = _carried_out(actor, promise, rule, as_of=as_of, at=at)
    consequence.save()


def _carried_out(
    actor: Actor, promise: Promise, rule: ConsequenceRule, *, as_of: date, at: datetime
) -> dict[str, int | str]:
    """Do what the rule says; return what was made, so that it can be undone."""
    due = promise.due_on.isoformat()
    if rule.kind == Kind.NO_PROMISES:
        return {"until_on": (as_of + timedelta(days=rule.days)).isoformat()}
    if rule.kind == Kind.ESCALATE:
        escalation, _ = Escalation.objects.get_or_create(
            customer_id=promise.customer_id,
            kind="broken_promise",
            resolved_on=None,
            defaults={
                "company": actor.company,
                "subject": "promise",
                "subject_id": promise.pk,
                "to_role": rule.to_role,
                "reason": f"Promise for {due} was not kept: {rule.name}."[:300],
                "raised_by": actor.name,
                "raised_on": as_of,
                "rung_on": as_of,
                "amount_minor": _home_sum(actor, promise, as_of=as_of),
                "answer_by_on": as_of + timedelta(days=ANSWER_DAYS),
                "recorded_at": at,
            },
        )
        return {"escalation_id": escalation.pk}
    if rule.kind == Kind.TASK:
        return {}
    task, _ = Task.objects.get_or_create(
        customer_id=promise.customer_id,
        kind=Task.Kind.FOLLOW_UP,
        status=Task.Status.OPEN,
        defaults={
            "company": actor.company,
            "reason": REVIEW,
            "due_on": as_of,
            "as_of": as_of,
            "recorded_at": at,
        },
    )
    return {"task_id": task.pk}


def _home_sum(actor: Actor, promise: Promise, *, as_of: date) -> int:
    """Return what was promised in the company's currency, 0 where it is not known."""
    own = (promise.currency, promise.amount_minor or 0)
    currency, amount = _sums([promise.pk]).get(promise.pk, own)
    return home_amount(actor.company, amount, currency, as_of=as_of) or 0


def _sums(keys: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Return currency and sum promised, by promise with items."""
    rows = (
        PromiseItem.objects.filter(promise__in=keys)
        .values("promise")
        .annotate(code=Max("item__currency"), promised=Sum("amount_minor"))
        .values_list("promise", "code", "promised")
    )
    return {key: (code, int(promised)) for key, code, promised in rows}
