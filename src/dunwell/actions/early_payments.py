"""Offering less for earlier money, taking an offer back, and a customer's yes to one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from dunwell.actions.adjustments import book_adjustment
from dunwell.actions.allocations import LockedItem, locked_items
from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor, Refused, check_status, lent, own, own_customer
from dunwell.actions.match_decisions import chunks
from dunwell.actions.promises import record_promise
from dunwell.actions.texts import needed
from dunwell.engine.early_payment import (
    OfferStep,
    apr_ppm,
    discount_minor,
    rate_on,
    terms_text,
)
from dunwell.engine.early_payment_policy import EarlyPaymentPolicy
from dunwell.models import (
    Adjustment,
    Company,
    Customer,
    Dispute,
    EarlyPaymentOffer,
    Hold,
    Item,
    OpenItem,
    PlanItem,
)
from dunwell.queries.early_payment import OfferDue, OffersDue, early_payment_policy, steps_in
from dunwell.queries.holds import holds_standing

Kind, Status = EarlyPaymentOffer.Kind, EarlyPaymentOffer.Status
BATCH = 500
LONGEST = 300
MOST_STEPS = 10
MONTH_START = 1


@transaction.atomic
def offer_early(*, actor: Actor, due: OffersDue | None, as_of: date, at: datetime) -> int:
    """Offer what the policy offers today, within each programme's budget; return how many.

    Run twice it offers once: an item is offered for once. The largest items come first where
    the month's budget does not reach for all. Offers that wait and whose item is disputed, held
    or in a plan by now are withdrawn.
    """
    actor.require("early_payment.offer")
    # two cycles at once offer one after the other
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    changed = _withdraw_blocked(actor, company, as_of=as_of, at=at)
    if due is None or not due.offers:
        return changed
    chosen = _within_budget(company, _still(due.offers), as_of=as_of)
    items = Item.objects.in_bulk([one.item_id for one in chosen])
    made = EarlyPaymentOffer.objects.bulk_create(
        [_offer(actor, one, items[one.item_id], due, as_of=as_of, at=at) for one in chosen],
        batch_size=BATCH,
    )
    record_events(actor, [_fact(one) for one in made], at=at)
    return changed + len(made)


@transaction.atomic
def offer_by_hand(
    *,
    actor: Actor,
    item: Item,
    steps: Sequence[OfferStep],
    reason: str,
    as_of: date,
    at: datetime,
) -> EarlyPaymentOffer:
    """Offer a discount on one invoice by hand; the same offer again is the same offer.

    Raises Refused for an item that is not an open invoice of the company due later than every
    step, one that is disputed, held, in a plan or offered for, for steps that do not fall, and
    beyond what the policy allows as a share and in a year.
    """
    actor.require("early_payment.offer")
    own(actor, item, "item")
    said = needed(
        text=reason, most=LONGEST, what="reason", missing="Say why the discount is offered."
    )
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    standing = EarlyPaymentOffer.objects.filter(item=item, status__in=EarlyPaymentOffer.LIVE)
    if (found := standing.first()) is not None:
        if tuple(steps) == steps_in(found):
            return found
        raise Refused(
            f"{item.number} has an offer until {found.until_on}; take that one back first."
        )
    policy, version = early_payment_policy(actor.company, as_of=as_of)
    _check_steps(locked, steps, policy, as_of=as_of)
    if (why := _blocked([item.pk], as_of=as_of).get(item.pk)) is not None:
        raise Refused(f"{item.number} is {why}; nothing is offered on it.")
    offer = EarlyPaymentOffer.objects.create(
        company=actor.company,
        customer_id=locked.item.customer_id,
        item=locked.item,
        programme="",
        kind=Kind.BY_HAND,
        steps=[[one.until_on.isoformat(), one.rate_ppm] for one in steps],
        terms=terms_text(steps, issued_on=locked.item.issued_on),
        open_minor=locked.open_minor,
        most_minor=discount_minor(locked.open_minor, steps[0].rate_ppm),
        policy_id=version,
        offered_by=actor.name,
        offered_on=as_of,
        until_on=steps[-1].until_on,
        reason=said,
        recorded_at=at,
    )
    _tell(actor, "offered", offer, at=at, terms=offer.terms, reason=said)
    return offer


@transaction.atomic
def withdraw_offer(
    *, actor: Actor, offer: EarlyPaymentOffer, reason: str, as_of: date, at: datetime
) -> EarlyPaymentOffer:
    """Take an offer back that nobody accepted; raise Refused for any other.

    What a customer accepted binds us: it ends by its day alone.
    """
    actor.require("early_payment.offer")
    own(actor, offer, "offer")
    said = needed(
        text=reason, most=LONGEST, what="reason", missing="Say why the offer is taken back."
    )
    found = EarlyPaymentOffer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if found.status == Status.ACCEPTED:
        raise Refused(f"The customer accepted this offer on {found.accepted_on}; it is kept.")
    check_status(EarlyPaymentOffer.MOVES, Status(found.status), Status.WITHDRAWN, "The offer")
    found.status, found.withdrawn_on, found.withdrawn_by = Status.WITHDRAWN, as_of, actor.name
    found.reason = said
    found.save(update_fields=["status", "withdrawn_on", "withdrawn_by", "reason"])
    _tell(actor, "withdrawn", found, at=at, reason=said)
    return found


@transaction.atomic
def accept_offer(
    *, actor: Actor, offer: EarlyPaymentOffer, pay_on: date, as_of: date, at: datetime
) -> EarlyPaymentOffer:
    """Take a customer's word that it will pay by a day and earn that day's discount.

    The item stays due in full until such money has come. The word is kept as a promise too, where
    the promise policy takes it. The same word again changes nothing. Raises Refused for a day on
    which nothing is earned, and for an offer that is not open any more.
    """
    actor.require("portal.pay")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=offer.customer_id)
    own_customer(actor, customer)
    found = (
        EarlyPaymentOffer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("item")
        .get(pk=offer.pk)
    )
    if (found.status, found.pay_on) == (Status.ACCEPTED, pay_on):
        return found
    check_status(EarlyPaymentOffer.MOVES, Status(found.status), Status.ACCEPTED, "The offer")
    rate = rate_on(steps_in(found), pay_on)
    if not (as_of <= pay_on and rate):
        raise Refused(f"This offer is for payment from {as_of} to {found.until_on}.")
    row = OpenItem.objects.filter(item=found.item_id, open_minor__gt=0).first()
    if row is None:
        raise Refused(f"{found.item.number} is paid already.")
    found.status, found.pay_on = Status.ACCEPTED, pay_on
    found.accepted_on, found.accepted_by = as_of, actor.name
    found.save(update_fields=["status", "pay_on", "accepted_on", "accepted_by"])
    pay_minor = row.open_minor - discount_minor(row.open_minor, rate)
    _promised(actor, customer, found, pay_minor, as_of=as_of, at=at)
    _tell(actor, "accepted", found, at=at, pay_on=pay_on.isoformat(), pay_minor=pay_minor)
    return found


def take_discount(
    locked: LockedItem, *, amount_minor: int, what: str, on: date, as_of: date, at: datetime
) -> Adjustment:
    """Book an earned discount on an item, effective the day the money reached us.

    For actions that hold the item's lock and have compared the amount with
    `queries.early_payment.discounts_on`; `what` says which offer or terms granted it.
    """
    return book_adjustment(
        locked,
        kind=Adjustment.Kind.DISCOUNT,
        amount_minor=amount_minor,
        reason=what,
        on=on,
        as_of=as_of,
        at=at,
    )


def _promised(
    actor: Actor,
    customer: Customer,
    offer: EarlyPaymentOffer,
    pay_minor: int,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Keep the word as a promise; where the policy takes none, the acceptance stands alone."""
    try:
        record_promise(
            actor=lent(actor, "promise.record"),
            customer=customer,
            amounts={offer.item: pay_minor},
            due_on=offer.pay_on or as_of,
            as_of=as_of,
            at=at,
            note=f"Early payment: {offer.terms}",
            supersede=True,
        )
    except Refused:
        return


def _still(offers: Sequence[OfferDue]) -> list[OfferDue]:
    """Return the offers whose item is open as it was read and has had no offer, largest first."""
    keys = [one.item_id for one in offers]
    now: dict[int, int] = {}
    taken: set[int] = set()
    for chunk in chunks(keys):
        rows = OpenItem.objects.filter(item__in=chunk)
        now |= dict(rows.values_list("item_id", "open_minor"))
        had = EarlyPaymentOffer.objects.filter(item__in=chunk)
        taken |= set(had.values_list("item_id", flat=True))
    kept = [one for one in offers if now.get(one.item_id) == one.open_minor]
    kept = [one for one in kept if one.item_id not in taken]
    return sorted(kept, key=lambda one: (-one.open_minor, one.item_id))


def _within_budget(
    company: Company, offers: Sequence[OfferDue], *, as_of: date
) -> list[OfferDue]:  # fmt: skip
    spent = dict(
        EarlyPaymentOffer.objects.filter(
            company=company, offered_on__gte=as_of.replace(day=MONTH_START)
        )
        .exclude(status=Status.WITHDRAWN)
        .order_by("programme")
        .values_list("programme")
        .annotate(minor=Sum("most_minor"))
    )
    kept = []
    for one in offers:
        name, budget = one.programme.name, one.programme.budget_minor
        if budget is not None and spent.get(name, 0) + one.most_minor > budget:
            continue
        spent[name] = spent.get(name, 0) + one.most_minor
        kept.append(one)
    return kept


def _withdraw_blocked(actor: Actor, company: Company, *, as_of: date, at: datetime) -> int:
    waiting = EarlyPaymentOffer.objects.filter(
        company=company, status=Status.OPEN, until_on__gte=as_of
    )
    offers = list(waiting.order_by("pk"))
    why = _blocked([one.item_id for one in offers], as_of=as_of)
    gone = [one for one in offers if one.item_id in why]
    for one in gone:
        one.status, one.withdrawn_on, one.withdrawn_by = Status.WITHDRAWN, as_of, actor.name
        one.reason = f"The item is {why[one.item_id]}"
    EarlyPaymentOffer.objects.bulk_update(
        gone, ["status", "withdrawn_on", "withdrawn_by", "reason"], batch_size=BATCH
    )
    record_events(actor, [_fact(one, "withdrawn", {"reason": one.reason}) for one in gone], at=at)
    return len(gone)


def _blocked(keys: Collection[int], *, as_of: date) -> dict[int, str]:
    """Return what keeps items from being offered for, by item: disputed, held or in a plan."""
    found: dict[int, str] = {}
    for chunk in chunks(sorted(keys)):
        held = Hold.objects.filter(holds_standing(as_of=as_of))
        customers = dict(Item.objects.filter(pk__in=chunk).values_list("pk", "customer_id"))
        whole = set(
            held.filter(customer__in=set(customers.values()), item=None).values_list(
                "customer_id", flat=True
            )
        )
        found |= {key: "on hold" for key, owner in customers.items() if owner in whole}
        found |= dict.fromkeys(
            held.filter(item__in=chunk).values_list("item_id", flat=True), "on hold"
        )
        plans = PlanItem.objects.filter(item__in=chunk, is_live=True)
        found |= dict.fromkeys(plans.values_list("item_id", flat=True), "in a plan")
        disputes = Dispute.objects.filter(item__in=chunk, closed_on=None)
        found |= dict.fromkeys(disputes.values_list("item_id", flat=True), "disputed")
    return found


def _check_steps(
    locked: LockedItem, steps: Sequence[OfferStep], policy: EarlyPaymentPolicy, *, as_of: date
) -> None:
    item = locked.item
    if item.kind != Item.Kind.INVOICE or locked.open_minor <= 0:
        raise Refused(f"{item.number} is not an open invoice.")
    if not 0 < len(steps) <= MOST_STEPS:
        raise Refused(f"Name 1 to {MOST_STEPS} days, each with its discount.")
    for before, step in zip((None, *steps), steps, strict=False):
        days = (item.due_on - step.until_on).days
        if not as_of <= step.until_on or days <= 0:
            raise Refused(f"{step.until_on} is not between today and the due date {item.due_on}.")
        if step.rate_ppm % 100 or not 0 < step.rate_ppm <= policy.most_rate_ppm:
            raise Refused(
                f"The discount is above 0 and at most {policy.most_rate_ppm / 10_000:g} %, in "
                "hundredths of a percent."
            )
        if (yearly := apr_ppm(step.rate_ppm, days)) > policy.most_apr_ppm:
            raise Refused(
                f"{step.rate_ppm / 10_000:g} percent for {days} days comes to "
                f"{yearly / 10_000:.1f} percent a year; "
                f"the policy allows {policy.most_apr_ppm / 10_000:g} %."
            )
        if before and not (before.until_on < step.until_on and before.rate_ppm > step.rate_ppm):
            raise Refused("A later day earns less than the one before.")
    if discount_minor(locked.open_minor, steps[-1].rate_ppm) <= 0:
        raise Refused(f"So little is open on {item.number} that the discount comes to nothing.")


def _offer(
    actor: Actor, one: OfferDue, item: Item, due: OffersDue, *, as_of: date, at: datetime
) -> EarlyPaymentOffer:
    return EarlyPaymentOffer(
        company=actor.company,
        customer_id=item.customer_id,
        item=item,
        programme=one.programme.name,
        kind=one.programme.kind,
        steps=[[step.until_on.isoformat(), step.rate_ppm] for step in one.steps],
        terms=one.terms,
        open_minor=one.open_minor,
        most_minor=one.most_minor,
        policy_id=due.version_id,
        offered_by=actor.name,
        offered_on=as_of,
        until_on=one.steps[-1].until_on,
        recorded_at=at,
    )


def _fact(
    offer: EarlyPaymentOffer, what: str = "offered", more: Mapping[str, str] | None = None
) -> Fact:
    return Fact(
        verb=f"early_payment.{what}",
        subject="earlypaymentoffer",
        subject_id=offer.pk,
        customer_id=offer.customer_id,
        data={
            "item_id": offer.item_id,
            "terms": offer.terms,
            "until_on": offer.until_on.isoformat(),
            **(more or {}),
        },
    )


def _tell(actor: Actor, what: str, offer: EarlyPaymentOffer, *, at: datetime, **data: Any) -> None:
    record_event(
        actor,
        f"early_payment.{what}",
        offer,
        at=at,
        customer_id=offer.customer_id,
        item=offer.item.number,
        **data,
    )
