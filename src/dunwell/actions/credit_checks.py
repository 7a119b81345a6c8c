"""Checking orders: each is told, judged by the rules in force, and passes or is held, in one go.

What the limits are used for is locked first (`order_locks`), so that orders that come at the same
time are judged one after the other, and never pass a limit together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_hold_moves import (
    Found,
    check_order_move,
    end_hold,
    raise_holds,
)
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.order_locks import lock_accounts
from dunwell.actions.portfolio_measures import add_to_book, lock_book
from dunwell.engine.order_checks import Judgement, judge_orders
from dunwell.engine.order_facts import OrderAsk
from dunwell.engine.order_rules import CHECKPOINTS, OrderRules
from dunwell.models import Company, CreditCheck, CreditHold, Customer, Order
from dunwell.queries.customer_merges import survivors
from dunwell.queries.order_asks import Wish, asked_orders, order_rules_in_force, stored_orders

Status = Order.Status

LONGEST_WORD, LONGEST_KIND = 80, 40
MOST_AT_ONCE = 100_000
BATCH = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruled:
    """What orders are judged by: the rules, their version, and the day of what is kept."""

    rules: OrderRules
    version_id: int | None
    kept_on: date | None


@transaction.atomic
def check_order(
    *, actor: Actor, customer: Customer, ask: OrderAsk, as_of: date, at: datetime
) -> CreditCheck:
    """Check an order and write it, the check and, where it is held, the hold.

    The same order asked again is answered as it was, unless it is held: then the rules are asked
    again, and a new check is written when they say something else. An order of a record that was
    merged is checked on the one it went into. Raises Refused for an order of another customer,
    and for one that is cancelled or billed in full.
    """
    actor.require("order.check")
    return check_orders(actor=actor, wishes=((customer, ask),), as_of=as_of, at=at)[0]


@transaction.atomic
def check_orders(
    *, actor: Actor, wishes: Sequence[Wish], as_of: date, at: datetime
) -> list[CreditCheck]:
    """Check a list of orders, one after the other in its order; return the check of each.

    All or none, and set-based: the number of queries grows with the thousands of orders. Raises
    Refused as `check_order` does, and for an order that is named twice.
    """
    actor.require("order.check")
    wishes = _led_on(actor.company, wishes)
    _check_wishes(actor, wishes)
    lock_accounts(actor.company, {customer.pk for customer, _ in wishes}, as_of=as_of)
    rules, version_id = order_rules_in_force(actor.company, as_of=as_of)
    kept_on = lock_book(actor.company, rules, as_of=as_of)
    stored = stored_orders(actor.company, [ask.number for _, ask in wishes])
    last = _last_checks(stored)
    checks: dict[str, CreditCheck] = {}
    fresh: list[Wish] = []
    for customer, ask in wishes:
        order, check = stored.get(ask.number), last.get(ask.number)
        is_same = _is_same(customer, ask, order, check)
        if check is not None and is_same and order is not None and order.status != Status.HELD:
            checks[ask.number] = check
        else:
            fresh.append((customer, ask))
    if fresh:
        ruled = Ruled(rules=rules, version_id=version_id, kept_on=kept_on)
        checks |= _decided(actor, fresh, stored, last, ruled, as_of=as_of, at=at)
    return [checks[ask.number] for _, ask in wishes]


def _led_on(company: Company, wishes: Sequence[Wish]) -> Sequence[Wish]:
    """Return the wishes, those of closed records as wishes of the records they went into."""
    into = survivors(company)
    led = {into[customer.pk] for customer, _ in wishes if customer.pk in into}
    if not led:
        return wishes
    found = Customer.objects.select_related("company").in_bulk(led)
    return [(found.get(into.get(customer.pk, 0), customer), ask) for customer, ask in wishes]


def _decided(
    actor: Actor,
    wishes: Sequence[Wish],
    stored: Mapping[str, Order],
    last: Mapping[str, CreditCheck],
    ruled: Ruled,
    *,
    as_of: date,
    at: datetime,
) -> dict[str, CreditCheck]:
    """Judge orders, write what came of it, and return the check of each by its number."""
    rules = ruled.rules
    facts = asked_orders(actor.company, wishes, stored, rules=rules, as_of=as_of)
    judgements = judge_orders(facts, rules, as_of=as_of)
    checks: dict[str, CreditCheck] = {}
    written: list[tuple[Order, CreditCheck, Judgement]] = []
    for (customer, ask), judgement in zip(wishes, judgements, strict=True):
        order, earlier = stored.get(ask.number), last.get(ask.number)
        check = _check(actor, customer, ask, judgement, ruled.version_id, as_of=as_of, at=at)
        if (
            earlier is not None
            and _is_same(customer, ask, order, earlier)
            and (earlier.decision, earlier.outcomes) == (check.decision, check.outcomes)
        ):
            checks[ask.number] = earlier
            continue
        if order is None:
            order = Order(company=actor.company, customer=customer, number=ask.number, version=0)
        _tell(order, ask, Status(judgement.decision), at=at)
        written.append((order, check, judgement))
    _write(written, stored)
    grown = [judgement.grown for *_, judgement in written if judgement.grown]
    add_to_book(actor.company, grown, kept_on=ruled.kept_on, at=at)
    standing = {
        hold.order_id: hold
        for start in range(0, len(written), BATCH)
        for hold in CreditHold.objects.filter(
            order__in=[
                order.pk for order, *_ in written[start : start + BATCH] if order.version > 1
            ],
            kind=CreditHold.Kind.AUTO,
            status__in=CreditHold.STANDING,
        )
        if hold.order_id is not None
    }
    held = [
        Found(order=order, check=check, judgement=judgement)
        for order, check, judgement in written
        if judgement.is_held
    ]
    holds = raise_holds(actor, held, standing, rules, as_of=as_of, at=at)
    facts_told = [_told(order, check, holds.get(order.pk)) for order, check, _ in written]
    for order, _, judgement in written:
        hold = standing.get(order.pk)
        if hold is not None and not judgement.is_held:
            hold.order = order
            ended = CreditHold.Status.ENDED
            facts_told.append(
                end_hold(actor, hold, ended, reason="The order passes now.", as_of=as_of, at=at)
            )
    record_events(actor, facts_told, at=at)
    return checks | {order.number: check for order, check, _ in written}


def _write(
    written: Sequence[tuple[Order, CreditCheck, Judgement]], stored: Mapping[str, Order]
) -> None:
    """Write orders and checks, each kind with one statement for a thousand."""
    Order.objects.bulk_create(
        [order for order, *_ in written if order.number not in stored], batch_size=BATCH
    )
    changed = [order for order, *_ in written if order.number in stored]
    if len(changed) == 1:
        changed[0].save(update_fields=FIELDS)
    elif changed:
        Order.objects.bulk_update(changed, FIELDS, batch_size=BATCH)
    for order, check, _ in written:
        check.order = order
    CreditCheck.objects.bulk_create([check for _, check, _ in written], batch_size=BATCH)


FIELDS = [
    *("kind", "status", "currency", "amount_minor", "prepaid_minor", "delivered_minor"),
    *("billed_minor", "terms", "ordered_on", "deliver_on", "source", "version"),
]
"""What a check may change of an order that is known."""


def _tell(order: Order, ask: OrderAsk, status: Order.Status, *, at: datetime) -> None:
    """Put what was asked, and what came of it, on the order."""
    if order.version:
        check_order_move(order, status)
    else:
        order.recorded_at = at
    order.kind, order.status, order.currency = ask.kind, status, ask.currency
    order.amount_minor, order.prepaid_minor = ask.amount_minor, ask.prepaid_minor
    order.delivered_minor, order.billed_minor = ask.delivered_minor, ask.billed_minor
    order.terms, order.ordered_on, order.deliver_on = ask.terms, ask.ordered_on, ask.deliver_on
    order.source, order.version = ask.source, order.version + 1


def _check(
    actor: Actor,
    customer: Customer,
    ask: OrderAsk,
    judgement: Judgement,
    version_id: int | None,
    *,
    as_of: date,
    at: datetime,
) -> CreditCheck:
    return CreditCheck(
        company=actor.company,
        customer=customer,
        decision=judgement.decision,
        currency=ask.currency,
        amount_minor=ask.amount_minor,
        exposure_minor=judgement.exposure_minor,
        limit_minor=judgement.limit_minor,
        request=request_of(ask),
        outcomes=[one.document() for one in judgement.outcomes],
        release=[one.document() for one in judgement.release],
        policy_version=version_id,
        as_of=as_of,
        by=actor.name,
        at=at,
    )


def request_of(ask: OrderAsk) -> dict[str, object]:
    """Return what was asked, as a check keeps it and as two asks are compared."""
    return {
        "number": ask.number,
        "kind": ask.kind,
        "currency": ask.currency,
        "amount_minor": ask.amount_minor,
        "prepaid_minor": ask.prepaid_minor,
        "delivered_minor": ask.delivered_minor,
        "billed_minor": ask.billed_minor,
        "terms": ask.terms,
        "deliver_on": ask.deliver_on.isoformat() if ask.deliver_on else None,
        "checkpoint": ask.checkpoint,
    }


def _is_same(
    customer: Customer,
    ask: OrderAsk,
    order: Order | None,
    check: CreditCheck | None,
) -> bool:
    """Return whether this very order was asked before; refuse what cannot be asked any more."""
    if order is None or check is None:
        return False
    if order.customer_id != customer.pk:
        raise Refused(
            f"Order {order.number} belongs to another customer; give this one a number of its own."
        )
    if check.request == request_of(ask):
        return True
    if order.status in (Status.CANCELLED, Status.CLOSED):
        label = Status(order.status).label.lower()
        raise Refused(f"Order {order.number} is marked: {label}; it cannot be checked again.")
    return False


def _last_checks(stored: Mapping[str, Order]) -> dict[str, CreditCheck]:
    """Return the newest check of each known order."""
    keys = {order.pk: number for number, order in stored.items()}
    found: dict[str, CreditCheck] = {}
    listed = list(keys)
    for start in range(0, len(listed), BATCH):
        for check in CreditCheck.objects.filter(order__in=listed[start : start + BATCH]).order_by(
            "pk"
        ):
            found[keys[check.order_id or 0]] = check
    return found


def _told(order: Order, check: CreditCheck, hold: CreditHold | None) -> Fact:
    return Fact(
        verb=f"order.{check.decision}",
        subject="order",
        subject_id=order.pk,
        customer_id=order.customer_id,
        data={
            "number": order.number,
            "version": order.version,
            "amount_minor": order.amount_minor,
            "currency": order.currency,
            "check": check.pk,
            "hold": hold.pk if hold is not None else None,
            "rules": [rule for rule in hold.rules.split(",") if rule] if hold else [],
        },
    )


def _check_wishes(actor: Actor, wishes: Sequence[Wish]) -> None:
    if len(wishes) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE:,} orders are checked at once; send them in parts.")
    numbers: set[str] = set()
    for customer, ask in wishes:
        own(actor, customer, "customer")
        if not ask.number.strip() or len(ask.number) > LONGEST_WORD:
            raise Refused(f"An order needs a number of 1 to {LONGEST_WORD} characters.")
        if len(ask.terms) > LONGEST_WORD or len(ask.source) > LONGEST_WORD:
            raise Refused(f"Terms and source of an order have at most {LONGEST_WORD} characters.")
        if len(ask.kind) > LONGEST_KIND:
            raise Refused(f"The kind of an order has at most {LONGEST_KIND} characters.")
        if ask.checkpoint not in CHECKPOINTS:
            raise Refused(f"A checkpoint is one of {', '.join(CHECKPOINTS)}.")
        if ask.number in numbers:
            raise Refused(f"Order {ask.number} is named twice in this list; name it once.")
        numbers.add(ask.number)
