"""What the day decides of settlements: paid in time, expired, or money that came back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dunwell.actions.agreements import locked_agreement, move
from dunwell.actions.approvals import drop_approvals
from dunwell.actions.gate import Actor
from dunwell.actions.settlement_moves import Status, free_items, give_up_rest, take_back_rest, tell
from dunwell.actions.tasks import ask_follow_up
from dunwell.engine.settlements import Receipt, received_minor, status_after
from dunwell.models import Allocation, Company, Settlement

MONEY = (Allocation.Source.PAYMENT, Allocation.Source.CREDIT)


@transaction.atomic
def end_settlements(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Judge settlements by the money booked until `as_of`; return how many changed.

    Paid in time (by value day), the rest is given up on the books; a payment that came back
    takes that back. Offers nobody accepted, requests nobody decided and settlements nobody paid
    end, and their items may be chased again. A second run changes nothing.
    """
    actor.require("cycle.run")
    changed = 0
    for settlement in _over(actor.company, as_of):
        changed += _expire(actor, locked_agreement(actor.company, settlement), as_of, at)
    judged = _judged(actor.company, as_of)
    receipts = _receipts(judged, as_of)
    for settlement in judged:
        after = _status(settlement, receipts[settlement.pk], as_of)
        if after != settlement.status:
            changed += _change(
                actor, locked_agreement(actor.company, settlement), as_of=as_of, at=at
            )
    return changed


def _over(company: Company, as_of: date) -> list[Settlement]:
    """Return the offers and requests whose last day has passed."""
    return list(
        Settlement.objects.filter(
            company=company,
            status__in=(Status.DRAFT, Status.PENDING, Status.OFFERED),
            expires_on__lt=as_of,
        ).order_by("customer_id", "pk")
    )


def _expire(actor: Actor, settlement: Settlement, as_of: date, at: datetime) -> int:
    """End an offer nobody accepted, or a request nobody decided."""
    if settlement.status == Status.OFFERED:
        move(settlement, Status.EXPIRED, ended_on=as_of)
        free_items(settlement, as_of=as_of)
        tell(actor, "expired", settlement, at=at, before=Status.OFFERED)
        return 1
    if settlement.status not in (Status.DRAFT, Status.PENDING):
        return 0
    move(settlement, Status.CANCELLED, ended_on=as_of)
    why = "nobody decided in time"
    drop_approvals(actor=actor, subject=settlement, reason=why, as_of=as_of, at=at)
    free_items(settlement, as_of=as_of)
    tell(actor, "cancelled", settlement, at=at, reason=why)
    return 1


def _judged(company: Company, as_of: date) -> list[Settlement]:
    """Return the accepted settlements, and the completed ones from which something was taken."""
    taken_back = Q(status=Status.COMPLETED, lines__item__allocations__reverses__isnull=False)
    return list(
        Settlement.objects.filter(
            Q(status=Status.ACCEPTED) | taken_back, company=company, accepted_on__lte=as_of
        )
        .distinct()
        .order_by("customer_id", "pk")
    )


def _receipts(settlements: Sequence[Settlement], as_of: date) -> Mapping[int, list[Receipt]]:
    """Return the money and credit put on the items since each settlement was accepted."""
    found: dict[int, list[Receipt]] = defaultdict(list)
    if not settlements:
        return found
    befores = {one.pk: int(one.acceptance.get("after_allocation", 0)) for one in settlements}
    rows = (
        Allocation.objects.filter(
            item__settlement_lines__settlement__in=befores,
            source__in=MONEY,
            applied_on__lte=as_of,
        )
        .order_by("pk")
        .values_list(
            "item__settlement_lines__settlement",
            "pk",
            "reverses",
            "item",
            "source",
            "payment",
            "counter_item",
            "amount_minor",
            "value_on",
        )
    )
    for owner, key, reverses, item, source, payment, counter, amount, value_on in rows:
        before = befores.get(owner)
        # what takes back an older booking is no money of the settlement
        if before is None or key <= before or (reverses is not None and reverses <= before):
            continue
        found[owner].append(
            Receipt(
                item_id=item,
                source=source,
                source_id=payment or counter or 0,
                amount_minor=amount,
                value_on=value_on,
            )
        )
    return found


def _status(settlement: Settlement, receipts: Sequence[Receipt], as_of: date) -> str:
    return status_after(
        settlement.status,
        pay_minor=settlement.pay_minor,
        received_minor=received_minor(receipts, until=settlement.pay_by_on),
        pay_by_on=settlement.pay_by_on,
        as_of=as_of,
    )


def _change(actor: Actor, settlement: Settlement, *, as_of: date, at: datetime) -> int:
    """Carry out what the money says of a settlement that is locked and looked at once more."""
    if settlement.status not in (Status.ACCEPTED, Status.COMPLETED):
        return 0
    receipts = _receipts([settlement], as_of)[settlement.pk]
    after = _status(settlement, receipts, as_of)
    if after == settlement.status:
        return 0
    received = received_minor(receipts, until=settlement.pay_by_on)
    if after == Status.COMPLETED:
        given = give_up_rest(settlement, as_of=as_of, at=at)
        move(settlement, Status.COMPLETED, ended_on=as_of)
        free_items(settlement, as_of=as_of)
        tell(actor, "completed", settlement, at=at, received_minor=received, given_minor=given)
        return 1
    before = settlement.status
    taken = take_back_rest(settlement, as_of=as_of, at=at)
    move(settlement, Status.EXPIRED, ended_on=as_of)
    free_items(settlement, as_of=as_of)
    why = "its money came back" if before == Status.COMPLETED else "it was not paid in time"
    ask_follow_up(
        company_id=settlement.company_id,
        customer_id=settlement.customer_id,
        reason=f"{settlement.number}: {why}",
        as_of=as_of,
        at=at,
    )
    tell(
        actor,
        "expired",
        settlement,
        at=at,
        before=before,
        received_minor=received,
        taken_back_minor=taken,
    )
    return 1
