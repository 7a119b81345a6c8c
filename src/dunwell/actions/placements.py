"""Placements: proposing items for an agency, approving by a second person, cancelling, recalling.

What the agency answers and reports is in `placement_work` and `placement_reports`.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import locked_items
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.placement_moves import (
    Status,
    bring_up_to_date,
    check_move,
    finish,
    hold,
    locked_placement,
    make_pack,
    move,
    next_number,
    reason_of,
    tell,
)
from dunwell.engine.commissions import rate_at
from dunwell.engine.placement_checks import PlacementCheck, refusing
from dunwell.models import (
    Agency,
    Company,
    Customer,
    Item,
    Placement,
    PlacementBatch,
    PlacementItem,
)
from dunwell.queries.placement_facts import agency_tiers, checks_of, placeable_items
from dunwell.queries.settlement_items import SettleableItem


@transaction.atomic
def propose_placement(
    *,
    actor: Actor,
    customer: Customer,
    agency: Agency,
    items: Sequence[Item],
    reason: str,
    as_of: date,
    at: datetime,
) -> Placement:
    """Propose to hand all that is open on the items to an agency; a second person approves.

    The commission is the tier of the oldest item's days past due. Every check is kept. Raises
    Refused without a reason, for an agency that takes nothing now, items of several currencies
    or none, and with the words of the first hard check that failed.
    """
    actor.require("placement.propose")
    open_customer(actor, customer)
    # the company numbers its placements; two people at once queue here
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    told = reason_of(reason, "Say why the items are placed.")
    taken = Agency.objects.filter(company=actor.company, pk=agency.pk, is_active=True).first()
    if taken is None:
        raise Refused("This agency takes nothing from us now; choose another.")
    locked_items(company=actor.company, items=items)
    covered = _covered(actor.company, customer, items, as_of=as_of)
    checks = checks_of(actor.company, customer, covered, agency=taken, as_of=as_of)
    _refuse(checks)
    age_days = max(row.days_late for row in covered)
    placement = Placement.objects.create(
        company=actor.company,
        customer=customer,
        agency=taken,
        number=next_number(actor.company),
        currency=covered[0].currency,
        placed_minor=sum(row.open_minor for row in covered),
        age_days=age_days,
        commission_ppm=rate_at(agency_tiers(taken), age_days=age_days),
        reason=told,
        checks=[check.document() for check in checks],
        proposed_by=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    PlacementItem.objects.bulk_create(
        PlacementItem(placement=placement, item_id=row.id, amount_minor=row.open_minor)
        for row in covered
    )
    tell(
        actor,
        "proposed",
        placement,
        at=at,
        reason=told,
        commission_ppm=placement.commission_ppm,
        items=[row.number for row in covered],
    )
    return placement


@transaction.atomic
def approve_placement(
    *, actor: Actor, placement: Placement, as_of: date, at: datetime
) -> Placement:
    """Approve a placement somebody else proposed: its items are held, its evidence is made.

    The checks are made once more as of the day; what was paid since is taken off. Raises Refused
    for one's own proposal, and with the words of the first hard check that fails now.
    """
    actor.require("placement.approve")
    placement = locked_placement(actor, placement)
    check_move(placement, Status.APPROVED)
    override = own_approval(
        actor,
        author=placement.proposed_by,
        refusal="You proposed this; somebody else has to approve it. You may cancel it.",
    )
    bring_up_to_date(placement, as_of=as_of)
    checks = _checks_again(placement, as_of=as_of)
    _refuse(checks)
    hold(placement, as_of=as_of, at=at)
    make_pack(placement, as_of=as_of)
    # the author approving is possible only with the reason why nobody else can, and it shows
    by = f"{actor.name} ({override})" if override else actor.name
    move(
        placement,
        Status.APPROVED,
        approved_by=by,
        approved_on=as_of,
        checks=[check.document() for check in checks],
    )
    tell(
        actor,
        "approved",
        placement,
        at=at,
        author=placement.proposed_by,
        pack_sha256=placement.pack_sha256,
        override=override,
    )
    return placement


@transaction.atomic
def cancel_placement(
    *, actor: Actor, placement: Placement, reason: str, as_of: date, at: datetime
) -> None:
    """End a placement before it is handed over; its items may be chased again.

    Raises Refused without a reason, and while a file that may have been sent claims it.
    """
    actor.require("placement.propose")
    placement = locked_placement(actor, placement)
    told = reason_of(reason, "Say why the placement is cancelled.")
    check_move(placement, Status.CANCELLED)
    batch = placement.batch
    if batch is not None and batch.status == PlacementBatch.Status.CLAIMED:
        raise Refused(
            f"{placement.number} stands in the file {batch.number}; release that file if it was "
            "not sent, or recall the placement once it is handed over."
        )
    was = placement.status
    finish(placement, Status.CANCELLED, why=told, as_of=as_of)
    tell(actor, "cancelled", placement, at=at, before=was, reason=told)


@transaction.atomic
def recall_placement(
    *, actor: Actor, placement: Placement, reason: str, as_of: date, at: datetime
) -> None:
    """Take a placement back from the agency; its items may be chased by us again."""
    actor.require("placement.approve")
    placement = locked_placement(actor, placement)
    told = reason_of(reason, "Say why the placement is recalled; the agency reads it.")
    was = placement.status
    finish(placement, Status.RECALLED, why=told, as_of=as_of)
    tell(actor, "recalled", placement, at=at, before=was, reason=told)


@transaction.atomic
def close_placement(*, actor: Actor, placement: Placement, at: datetime) -> None:
    """Close a placement that has ended, once every report is reconciled with a bank payment.

    Raises Refused while a report waits, and names it.
    """
    actor.require("placement.report")
    placement = locked_placement(actor, placement)
    check_move(placement, Status.CLOSED)
    waiting = placement.reports.filter(reconciled_on=None).order_by("pk")
    if names := list(waiting.values_list("reference", flat=True)):
        raise Refused(
            f"{len(names)} reports of {placement.number} have no bank payment yet, the first is "
            f"{names[0]}; reconcile them first."
        )
    move(placement, Status.CLOSED)
    tell(actor, "closed", placement, at=at)


def _covered(
    company: Company, customer: Customer, items: Sequence[Item], *, as_of: date
) -> tuple[SettleableItem, ...]:
    """Return the items with what is open on them; refuse what no agency can be given."""
    if not items:
        raise Refused("Choose at least one item to place.")
    known = {row.id: row for row in placeable_items(company, customer, as_of=as_of)}
    for item in items:
        if item.customer_id != customer.pk or item.company_id != company.pk:
            raise Refused(f"{item.number} belongs to another customer.")
        if item.pk not in known:
            raise Refused(f"Nothing is open on {item.number} that could be placed.")
    covered = tuple(known[key] for key in sorted({item.pk for item in items}))
    if len({row.currency for row in covered}) > 1:
        raise Refused("A placement is in one currency; propose one per currency.")
    return covered


def _checks_again(placement: Placement, *, as_of: date) -> tuple[PlacementCheck, ...]:
    keys = set(placement.lines.filter(amount_minor__gt=0).values_list("item", flat=True))
    rows = placeable_items(placement.company, placement.customer, as_of=as_of, beside=placement)
    covered = [row for row in rows if row.id in keys]
    return checks_of(
        placement.company, placement.customer, covered, agency=placement.agency, as_of=as_of
    )


def _refuse(checks: Sequence[PlacementCheck]) -> None:
    if failed := refusing(checks):
        raise Refused(" ".join(check.text for check in failed))
