"""Asking the rules again about what is held: ready when every reason is gone, and back again.

The cycle's step does it for every hold by rule; a person may ask for one. A hold that is ready is
released by the system only where the policy says so. Forced holds are nobody's but a person's.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_hold_moves import (
    BATCH,
    Status,
    end_hold,
    fact_of,
    reasons_of,
    rules_of,
)
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.actions.order_locks import lock_accounts
from dunwell.actions.portfolio_measures import add_to_book, lock_book
from dunwell.engine.order_checks import Judgement, judge_orders
from dunwell.models import CreditHold, Order
from dunwell.queries.order_asks import asked_orders, order_rules_in_force, stored_ask
from dunwell.queries.order_facts import expected_payments

SAID = ("status", "reasons", "rules", "over_minor", "clear_on")
PASSES = "The rules pass it by now."


@transaction.atomic
def review_credit_holds(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Ask the rules again about every hold by rule that stands; return how many changed.

    The oldest first, so that what becomes free goes to whoever waits longest.
    """
    actor.require("cycle.run")
    return _reviewed(actor, None, as_of=as_of, at=at)


@transaction.atomic
def evaluate_hold(*, actor: Actor, hold: CreditHold, as_of: date, at: datetime) -> CreditHold:
    """Ask the rules again about one hold; return it as it is now. A forced one stays."""
    actor.require("order_hold.release")
    if hold.company_id == actor.company.pk:
        _reviewed(actor, hold.pk, as_of=as_of, at=at)
    hold.refresh_from_db()
    return hold


def _reviewed(actor: Actor, hold_id: int | None, *, as_of: date, at: datetime) -> int:
    company = actor.company
    standing = CreditHold.objects.filter(
        company=company, kind=CreditHold.Kind.AUTO, status__in=CreditHold.STANDING
    )
    if hold_id is not None:
        standing = standing.filter(pk=hold_id)
    customers = set(standing.values_list("customer_id", flat=True))
    if not customers:
        return 0
    lock_accounts(company, customers, as_of=as_of)
    rules, _version = order_rules_in_force(company, as_of=as_of)
    kept_on = lock_book(company, rules, as_of=as_of)
    found = standing.select_related("order", "customer").order_by("pk")
    holds = [(hold, hold.order) for hold in found if hold.order is not None]
    facts = asked_orders(
        company,
        [(hold.customer, stored_ask(order)) for hold, order in holds],
        {order.number: order for _, order in holds},
        rules=rules,
        as_of=as_of,
    )
    judgements = judge_orders(facts, rules, as_of=as_of)
    expected = expected_payments(company, customers, as_of=as_of)
    changed: list[CreditHold] = []
    told: list[Fact] = []
    ended = 0
    for (hold, order), judgement in zip(holds, judgements, strict=True):
        if rules.auto_release and not judgement.is_held:
            told += _passed(actor, hold, order, as_of=as_of, at=at)
            add_to_book(company, [judgement.grown], kept_on=kept_on, at=at)
            ended += 1
            continue
        before = {name: getattr(hold, name) for name in SAID}
        _say(hold, judgement, expected.get(hold.customer_id, ()))
        if before == {name: getattr(hold, name) for name in SAID}:
            continue
        hold.version += 1
        changed.append(hold)
        if before["status"] != hold.status:
            told.append(fact_of(hold, str(hold.status)))
    CreditHold.objects.bulk_update(changed, [*SAID, "version"], batch_size=BATCH)
    record_events(actor, told, at=at)
    return len(changed) + ended


def _say(hold: CreditHold, judgement: Judgement, expected: Sequence[tuple[date, int]]) -> None:
    """Put on a hold what the rules say now; of one that is ready the reasons stay to be read."""
    if not judgement.is_held:
        hold.status, hold.over_minor, hold.clear_on = Status.READY, 0, None
        return
    if hold.status == Status.READY:
        hold.status = Status.RAISED
    hold.reasons, hold.rules = reasons_of(judgement), rules_of(judgement)
    hold.over_minor = judgement.over_minor
    hold.clear_on = judgement.clear_on(expected)


def _passed(
    actor: Actor, hold: CreditHold, order: Order, *, as_of: date, at: datetime
) -> list[Fact]:
    """Release a hold as the policy says, and approve its order."""
    Order.objects.filter(pk=order.pk).update(
        status=Order.Status.APPROVED, version=order.version + 1
    )
    released = end_hold(
        actor, hold, Status.RELEASED, reason=PASSES, as_of=as_of, at=at, scope="once", rules=""
    )
    approved = Fact(
        verb="order.released",
        subject="order",
        subject_id=order.pk,
        customer_id=order.customer_id,
        data={"number": order.number, "over_minor": 0, "hold": hold.pk},
    )
    return [released, approved]
