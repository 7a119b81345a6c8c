"""Settlements: proposing less than is owed within authority, and what the customer answers.

What the day decides (paid in time, expired, money that came back) is in `settlement_steps`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from dunwell.actions.agreements import check_move, hold_items, locked_agreement, move
from dunwell.actions.allocations import money_text
from dunwell.actions.approvals import drop_approvals, handles, request_approval
from dunwell.actions.authority import authorise, held_in
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.portal_notices import tell_decided
from dunwell.actions.promises import end_promises
from dunwell.actions.settlement_moves import (
    Status,
    check_still_open,
    free_items,
    locked_lines,
    tell,
)
from dunwell.actions.texts import fitting
from dunwell.engine.authority import STAFF
from dunwell.engine.plan_schedule import months_until
from dunwell.engine.settlements import shares
from dunwell.models import (
    Allocation,
    ApprovalRequest,
    Company,
    Customer,
    Item,
    Settlement,
    SettlementItem,
)
from dunwell.queries.agreements import bound_items, disputed_items
from dunwell.queries.authority import authority_in_force
from dunwell.queries.settlement_items import (
    SettleableItem,
    granted_earlier,
    settleable_items,
    worth_of,
)

ACT = "settlement"
LONGEST_REASON, LONGEST_NAME = 300, 120
LONGEST_DAYS = 1_100
"""So far ahead a settlement may be paid at most; authority is narrower."""


@transaction.atomic
def propose_settlement(
    *,
    actor: Actor,
    customer: Customer,
    items: Sequence[Item],
    pay_minor: int,
    pay_by_on: date,
    expires_on: date | None = None,
    reason: str,
    source: str = STAFF,
    as_of: date,
    at: datetime,
) -> Settlement:
    """Propose to take `pay_minor` for all that is open on the items; it is offered, or waits.

    Within the actor's authority the offer stands at once, open until `expires_on` (the day of
    payment unless given); beyond it somebody else is asked. What the customer was granted in
    the policy's window counts. Raises Refused for items that cannot be settled (settled,
    disputed, in a plan or another settlement, of several currencies), without a reason, when
    nothing or all is given up, and for what nobody may grant.
    """
    actor.require("settlement.propose")
    open_customer(actor, customer)
    # the company numbers its settlements; two people at once queue here
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say why less than is owed should be taken.")
    last = pay_by_on if expires_on is None else expires_on
    _check_days(pay_by_on, last, as_of=as_of)
    covered = _covered(actor.company, customer, items, as_of=as_of)
    total, currency = sum(one.open_minor for one in covered), covered[0].currency
    if not 0 < pay_minor < total:
        raise Refused(
            f"The amount to be paid must lie between 0 and the {money_text(total, currency)} "
            "that is open; what is paid in full is a promise."
        )
    policy = authority_in_force(actor.company, as_of=as_of).policy
    authority = authorise(
        actor=actor,
        customer=customer,
        act=ACT,
        currency=currency,
        amount_minor=total,
        concession_minor=total - pay_minor,
        months=months_until(pay_by_on, from_on=as_of),
        source=source,
        earlier_minor=granted_earlier(
            customer, currency, as_of=as_of, window_days=policy.window_days
        ),
        as_of=as_of,
    )
    worth = worth_of(
        actor.company,
        customer,
        covered,
        pay_minor=pay_minor,
        pay_by_on=pay_by_on,
        policy=policy.worth,
        as_of=as_of,
    )
    settlement = Settlement.objects.create(
        company=actor.company,
        customer=customer,
        number=_next_number(actor.company),
        currency=currency,
        open_minor=total,
        pay_minor=pay_minor,
        concession_minor=total - pay_minor,
        months=authority.ask.months or 0,
        pay_by_on=pay_by_on,
        expires_on=last,
        reason=told,
        worth=worth.document(),
        authority=authority.document(),
        source=source,
        proposed_by=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    _write_lines(settlement, covered)
    held = held_in(settlement.authority)
    tell(actor, "proposed", settlement, at=at, rule=authority.rule, reason=told, **held)
    if authority.is_allowed:
        _offer(actor, settlement, as_of=as_of, at=at)
        return settlement
    move(settlement, Status.PENDING)
    request_approval(
        actor=actor,
        subject=settlement,
        act=ACT,
        authority=authority,
        reason=told,
        due_on=last,
        as_of=as_of,
        at=at,
    )
    return settlement


@transaction.atomic
def accept_settlement(
    *,
    actor: Actor,
    settlement: Settlement,
    name: str,
    note: str = "",
    as_of: date,
    at: datetime,
) -> Settlement:
    """Record that somebody accepts the offer for the customer; its items are held from now on.

    Open promises on them end. The same acceptance again changes nothing. Raises Refused for an
    offer that is over, and when another amount is open on an item now than was offered.
    """
    actor.require("settlement.propose")
    settlement = locked_agreement(actor.company, settlement)
    who = fitting(text=name, most=LONGEST_NAME, what="name")
    if settlement.status == Status.ACCEPTED and settlement.acceptance.get("name") == who:
        return settlement
    check_move(settlement, Status.ACCEPTED)
    if not who:
        raise Refused("Say who accepts the settlement for the customer.")
    if settlement.expires_on < as_of:
        raise Refused(
            f"The offer {settlement.number} ended on {settlement.expires_on}; propose it anew."
        )
    locked = locked_lines(settlement)
    check_still_open(settlement, locked)
    _check_free(settlement)
    end_promises(
        actor,
        settlement.lines.values_list("item"),
        as_of=as_of,
        at=at,
        settlement=settlement.number,
    )
    hold_items(settlement, as_of=as_of, at=at)
    before = Allocation.objects.filter(item__in=locked).aggregate(key=Max("pk"))["key"] or 0
    acceptance = {
        "name": who,
        "note": fitting(text=note, most=LONGEST_REASON, what="note"),
        "by": actor.name,
        "at": at.isoformat(),
        # what is booked on the items later is money of the settlement
        "after_allocation": before,
    }
    move(settlement, Status.ACCEPTED, acceptance=acceptance, accepted_on=as_of)
    tell(actor, "accepted", settlement, at=at, name=who, pay_by_on=str(settlement.pay_by_on))
    return settlement


@transaction.atomic
def decline_settlement(
    *, actor: Actor, settlement: Settlement, reason: str, as_of: date, at: datetime
) -> None:
    """Record that the customer does not want an offer; its items are free again."""
    actor.require("settlement.propose")
    settlement = locked_agreement(actor.company, settlement)
    told = _reason(reason, "Say why the customer declines.")
    if settlement.status != Status.OFFERED:
        raise Refused(f"{settlement.number} is not offered; cancel it instead.")
    move(settlement, Status.REJECTED, ended_on=as_of)
    free_items(settlement, as_of=as_of)
    tell(actor, "declined", settlement, at=at, reason=told)


@transaction.atomic
def cancel_settlement(
    *, actor: Actor, settlement: Settlement, reason: str, as_of: date, at: datetime
) -> None:
    """End a settlement before it is paid: its items may be chased again, money on them stays.

    Raises Refused without a reason, and for one that is over.
    """
    actor.require("settlement.propose")
    settlement = locked_agreement(actor.company, settlement)
    told = _reason(reason, "Say why the settlement is cancelled.")
    was = settlement.status
    move(settlement, Status.CANCELLED, ended_on=as_of)
    if was == Status.PENDING:
        drop_approvals(actor=actor, subject=settlement, reason=told, as_of=as_of, at=at)
    free_items(settlement, as_of=as_of)
    tell(actor, "cancelled", settlement, at=at, before=was, reason=told)


@handles("settlement")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Offer an approved settlement, or end a rejected one; who asked in the portal is told."""
    settlement = locked_agreement(actor.company, Settlement.objects.get(pk=request.subject_id))
    if settlement.status != Status.PENDING:
        raise Refused(f"{settlement.number} no longer waits for approval.")
    if is_approved:
        if settlement.pay_by_on < as_of:
            raise Refused(
                f"{settlement.number} was to be paid by {settlement.pay_by_on}; reject it."
            )
        locked = locked_lines(settlement)
        check_still_open(settlement, locked)
        _check_free(settlement)
        _offer(actor, settlement, as_of=as_of, at=at, approved_by=actor.name)
    else:
        move(settlement, Status.REJECTED, ended_on=as_of)
        free_items(settlement, as_of=as_of)
        tell(actor, "rejected", settlement, at=at, reason=reason)
    tell_decided(actor, settlement, is_approved=is_approved, as_of=as_of, at=at)


def _offer(
    actor: Actor, settlement: Settlement, *, as_of: date, at: datetime, approved_by: str = ""
) -> None:
    move(settlement, Status.OFFERED, offered_on=as_of, approved_by=approved_by)
    tell(actor, "offered", settlement, at=at, expires_on=str(settlement.expires_on))


def _check_days(pay_by_on: date, expires_on: date, *, as_of: date) -> None:
    if pay_by_on < as_of:
        raise Refused("The day of payment has already passed.")
    if pay_by_on > as_of + timedelta(days=LONGEST_DAYS):
        raise Refused("The day of payment is too far away; agree on a payment plan instead.")
    if not as_of <= expires_on <= pay_by_on:
        raise Refused("The offer must end between today and the day of payment.")


def _covered(
    company: Company, customer: Customer, items: Sequence[Item], *, as_of: date
) -> tuple[SettleableItem, ...]:
    """Return the items with what is open on them; refuse what a settlement cannot cover."""
    if not items:
        raise Refused("Choose at least one item to settle.")
    known = {one.id: one for one in settleable_items(company, customer, as_of=as_of)}
    for item in items:
        if item.customer_id != customer.pk or item.company_id != company.pk:
            raise Refused(f"{item.number} belongs to another customer.")
        if item.pk not in known:
            raise Refused(f"Nothing is open on {item.number} that could be settled.")
        one = known[item.pk]
        if one.is_disputed:
            raise Refused(f"{one.number} is disputed; close the dispute first.")
        if one.bound_by:
            raise Refused(f"{one.number} stands in {one.bound_by}; end that first.")
    covered = tuple(known[key] for key in sorted({item.pk for item in items}))
    if len({one.currency for one in covered}) > 1:
        raise Refused("A settlement is in one currency; propose one per currency.")
    return covered


def _check_free(settlement: Settlement) -> None:
    """Refuse when an item was disputed, or agreed on elsewhere, since it was offered."""
    keys = list(settlement.lines.values_list("item", flat=True))
    if disputed_items(keys):
        raise Refused(f"An item of {settlement.number} is disputed now; close the dispute first.")
    if found := bound_items(keys, beside=settlement):
        number = next(iter(sorted(found.values())))
        raise Refused(f"An item of {settlement.number} stands in {number} now; end that first.")


def _write_lines(settlement: Settlement, covered: Sequence[SettleableItem]) -> None:
    parts = shares([one.open_minor for one in covered], settlement.concession_minor)
    SettlementItem.objects.bulk_create(
        SettlementItem(
            settlement=settlement,
            item_id=one.id,
            open_minor=one.open_minor,
            concession_minor=part,
            is_live=True,
        )
        for one, part in zip(covered, parts, strict=True)
    )


def _next_number(company: Company) -> str:
    return f"ST-{Settlement.objects.filter(company=company).count() + 1}"


def _reason(text: str, sentence: str) -> str:
    told = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused(sentence)
    return told
