"""What the moves of a settlement are made of: locks, holds, and what is given up.

Rows are locked customer first, then the settlement, then its items by key, as everywhere.
Nothing here is an action of its own: the caller holds the transaction and checked the right.
"""

from collections.abc import Mapping
from datetime import date, datetime

from dunwell.actions.allocations import (
    LockedItem,
    live,
    locked_items,
    money_text,
    reversal_of,
    write_allocations,
)
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.periods import first_open_day
from dunwell.models import (
    Adjustment,
    Allocation,
    Company,
    Customer,
    Hold,
    Promise,
    Settlement,
    SettlementItem,
    Task,
)

Status = Settlement.Status


def locked_settlement(company: Company, settlement: Settlement) -> Settlement:
    """Lock the settlement's customer and the settlement; return it as it is now, or refuse."""
    Customer.objects.select_for_update(no_key=True).get(pk=settlement.customer_id)
    found = (
        Settlement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company")
        .filter(company=company, pk=settlement.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Settlement {settlement.number} does not belong to {company.name}.")
    return found


def check_move(settlement: Settlement, status: Status) -> None:
    """Raise Refused when the settlement cannot take the status from where it is."""
    before = Status(settlement.status)
    if status not in Settlement.MOVES[before]:
        raise Refused(
            f"{settlement.number} is marked: {before.label.lower()}; load the page again."
        )


def move(settlement: Settlement, status: Status, **fields: object) -> None:
    """Move a settlement on, with fields that change with it; refuse when somebody just did."""
    check_move(settlement, status)
    changes = {"status": status, "version": settlement.version + 1, **fields}
    rows = Settlement.objects.filter(
        pk=settlement.pk, status=settlement.status, version=settlement.version
    )
    if rows.update(**changes) != 1:
        raise Refused(f"Somebody else has just changed {settlement.number}; load the page again.")
    for name, value in changes.items():
        setattr(settlement, name, value)


def tell(actor: Actor, verb: str, settlement: Settlement, *, at: datetime, **data: object) -> None:
    """Write the event of a settlement, with its number and amounts."""
    record_event(
        actor,
        f"settlement.{verb}",
        settlement,
        at=at,
        customer_id=settlement.customer_id,
        number=settlement.number,
        currency=settlement.currency,
        pay_minor=settlement.pay_minor,
        concession_minor=settlement.concession_minor,
        **data,
    )


def free_items(settlement: Settlement, *, as_of: date) -> None:
    """Let go of the items: others may agree on them, and from the day on they may be chased."""
    settlement.lines.update(is_live=False)
    Hold.objects.filter(
        company=settlement.company_id,
        customer=settlement.customer_id,
        reason=Hold.Reason.AGREEMENT,
        note=settlement.number,
        released_on=None,
    ).update(released_on=as_of)


def hold_items(settlement: Settlement, *, as_of: date, at: datetime) -> None:
    """Stop the chasing of what the settlement covers, from the day on."""
    keys = settlement.lines.order_by("item").values_list("item", flat=True)
    Hold.objects.bulk_create(
        Hold(
            company_id=settlement.company_id,
            customer_id=settlement.customer_id,
            item_id=key,
            reason=Hold.Reason.AGREEMENT,
            note=settlement.number,
            from_on=as_of,
            recorded_at=at,
        )
        for key in keys
    )


def locked_lines(settlement: Settlement) -> Mapping[int, LockedItem]:
    """Lock the items of a settlement; return them with what is open, by key."""
    lines = settlement.lines.select_related("item").order_by("item")
    return locked_items(company=settlement.company, items=[line.item for line in lines])


def check_still_open(settlement: Settlement, locked: Mapping[int, LockedItem]) -> None:
    """Refuse when what is open on an item is not what was offered."""
    for line in settlement.lines.order_by("item"):
        one = locked[line.item_id]
        if one.open_minor != line.open_minor:
            raise Refused(
                f"{money_text(one.open_minor, settlement.currency)} is open on "
                f"{one.item.number} now, not {money_text(line.open_minor, settlement.currency)} "
                "as offered; propose it anew."
            )


def end_promises(actor: Actor, settlement: Settlement, *, as_of: date, at: datetime) -> None:
    """End the open promises on the items: what was agreed last holds."""
    items = settlement.lines.values("item")
    standing = Promise.objects.filter(outcome=Promise.Outcome.OPEN, lines__item__in=items)
    for promise in standing.distinct().order_by("pk"):
        rows = Promise.objects.filter(pk=promise.pk, outcome=Promise.Outcome.OPEN)
        if rows.update(outcome=Promise.Outcome.SUPERSEDED, settled_on=as_of) == 1:
            record_event(
                actor,
                "promise.superseded",
                promise,
                at=at,
                customer_id=promise.customer_id,
                settlement=settlement.number,
            )


def give_up_rest(settlement: Settlement, *, as_of: date, at: datetime) -> int:
    """Take off the books what is still open of the items; return how much that is.

    It is never more than was agreed: what was paid beyond the agreed amount lowers it, and what
    became open again by an older booking taken back stays owed. Money goes on the oldest items
    first, so what is given up lies on the newest.
    """
    locked, left = locked_lines(settlement), settlement.concession_minor
    lines = settlement.lines.select_related("item").order_by("-item__due_on", "-item")
    for line in lines:
        amount = max(min(locked[line.item_id].open_minor, left), 0)
        line.concession_minor = amount
        if amount:
            line.adjustment = _conceded(settlement, locked[line.item_id], amount, as_of, at)
            left -= amount
        line.save(update_fields=["concession_minor", "adjustment"])
    return settlement.concession_minor - left


def take_back_rest(settlement: Settlement, *, as_of: date, at: datetime) -> int:
    """Let the customer owe again what was given up: the money came back. Return how much."""
    locked_lines(settlement)
    taken = 0
    for line in settlement.lines.exclude(adjustment=None).select_related("adjustment"):
        taken += _owed_again(settlement, line, as_of=as_of, at=at)
    return taken


def open_task(settlement: Settlement, *, reason: str, as_of: date, at: datetime) -> None:
    """Ask a person to follow up, unless the customer has such a task already."""
    Task.objects.bulk_create(
        [
            Task(
                company_id=settlement.company_id,
                customer_id=settlement.customer_id,
                kind=Task.Kind.FOLLOW_UP,
                reason=f"{settlement.number}: {reason}"[:300],
                due_on=as_of,
                as_of=as_of,
                recorded_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _conceded(
    settlement: Settlement, locked: LockedItem, amount_minor: int, as_of: date, at: datetime
) -> Adjustment:
    """Give up a part of an item's open amount, on the first day that is open for it."""
    on = first_open_day(settlement.company, max(as_of, locked.not_before))
    adjustment = Adjustment.objects.create(
        company_id=settlement.company_id,
        item=locked.item,
        kind=Adjustment.Kind.CONCESSION,
        amount_minor=amount_minor,
        reason=f"{settlement.number}: paid as agreed, the rest is given up",
        effective_on=on,
        recorded_on=as_of,
        recorded_at=at,
    )
    row = Allocation(
        company_id=settlement.company_id,
        item=locked.item,
        source=Allocation.Source.ADJUSTMENT,
        adjustment=adjustment,
        amount_minor=amount_minor,
        value_on=on,
        applied_on=on,
        recorded_on=as_of,
        recorded_at=at,
    )
    write_allocations(company=settlement.company, rows=[row])
    return adjustment


def _owed_again(settlement: Settlement, line: SettlementItem, *, as_of: date, at: datetime) -> int:
    """Take the concession on one item back, unless somebody did so by hand before."""
    adjustment = line.adjustment
    if adjustment is None or Adjustment.objects.filter(reverses=adjustment).exists():
        return 0
    (row,) = live(Allocation.objects.filter(adjustment=adjustment))
    on = first_open_day(settlement.company, max(as_of, row.applied_on))
    back = reversal_of(row, as_of=on, at=at)
    back.recorded_on = as_of
    back.adjustment = Adjustment.objects.create(
        company_id=settlement.company_id,
        item_id=adjustment.item_id,
        kind=adjustment.kind,
        amount_minor=-adjustment.amount_minor,
        reason=f"{settlement.number}: the money came back",
        effective_on=on,
        reverses=adjustment,
        recorded_on=as_of,
        recorded_at=at,
    )
    write_allocations(company=settlement.company, rows=[back])
    return adjustment.amount_minor
