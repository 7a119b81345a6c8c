"""Drawing on a facility: a pool is proposed, sanctioned, paid out, and settled item by item.

Postings, in the company's currency: paid out debits bank and costs against what we owe the lender;
a customer's money or recourse turns it round, with simple interest on actual days / 365. The
receivable stays in the books until the customer pays; whether it may be derecognised
(IFRS 9 3.2) is decided in the general ledger.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from dunwell.actions.entries import post_amounts
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.engine.money import amount_words, part
from dunwell.models import (
    Company,
    EntryLine,
    FinancingDraw,
    FinancingFacility,
    FinancingItem,
    FinancingMove,
    OpenItem,
)
from dunwell.queries.borrowing_base import FacilityBase, facility_base

Status = FinancingDraw.Status
Kind = FinancingFacility.Kind
MILLION = 1_000_000
YEAR = 365


@transaction.atomic
def propose_draw(
    *,
    actor: Actor,
    facility: FinancingFacility,
    items: Collection[int],
    as_of: date,
    at: datetime,
) -> FinancingDraw:
    """Assign items, by key, to a facility; empty: everything that counts, oldest due first.

    Without a choice the pool stops where the facility is used up. Raises Refused where nothing
    counts, where a chosen item does not, with its reason, and for more than is available.
    """
    actor.require("financing.draw")
    own(actor, facility, "facility")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    locked = FinancingFacility.objects.select_for_update(no_key=True).get(pk=facility.pk)
    _usable(locked, as_of=as_of)
    found = facility_base(company, locked, as_of=as_of)
    if found is None:
        raise Refused(f"{locked.name} has no terms in force on {as_of}.")
    rows = _chosen(found, items)
    total = sum(row.advance_minor for row in rows)
    if not total:
        raise Refused(f"No open item counts for {locked.name}, or nothing is available any more.")
    number = FinancingDraw.objects.filter(company=company).aggregate(n=Max("number"))["n"] or 0
    draw = FinancingDraw.objects.create(
        company=company,
        facility=locked,
        terms=found.terms,
        number=number + 1,
        as_of=as_of,
        gross_minor=sum(row.gross_minor for row in rows),
        advance_minor=total,
        fee_minor=sum(row.fee_minor for row in rows),
        base=_report(found),
        by=actor.name,
        recorded_at=at,
    )
    for row in rows:
        row.draw = draw
    try:
        with transaction.atomic():
            FinancingItem.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise Refused("One of these items was assigned meanwhile; load the page again.") from error
    _tell(actor, "financing.proposed", draw, at=at, advance_minor=total, items=len(rows))
    return draw


@transaction.atomic
def sanction_draw(
    *, actor: Actor, draw: FinancingDraw, as_of: date, at: datetime
) -> FinancingDraw:
    """Approve a proposed draw; whoever proposed it may not."""
    actor.require("financing.approve")
    locked = _locked(actor, draw)
    check_status(FinancingDraw.MOVES, Status(locked.status), Status.SANCTIONED, "This draw")
    override = own_approval(
        actor,
        author=locked.by,
        refusal="You proposed this draw; somebody else has to sanction it.",
    )
    _save(locked, status=Status.SANCTIONED, sanctioned_by=actor.name, sanctioned_on=as_of)
    _tell(actor, "financing.sanctioned", locked, at=at, override=override)
    return locked


@transaction.atomic
def disburse_draw(
    *, actor: Actor, draw: FinancingDraw, reference: str, as_of: date, at: datetime
) -> FinancingDraw:
    """Book that the lender paid out: bank and fees against what we owe it now."""
    actor.require("financing.draw")
    locked = _locked(actor, draw)
    check_status(FinancingDraw.MOVES, Status(locked.status), Status.DISBURSED, "This draw")
    if not reference.strip():
        raise Refused("Name the lender's reference of the payment.")
    _save(
        locked,
        status=Status.DISBURSED,
        disbursed_by=actor.name,
        disbursed_on=as_of,
        reference=reference.strip()[:80],
    )
    kind = FinancingMove.Kind.DISBURSED
    _book(actor, locked, None, kind, locked.advance_minor, locked.fee_minor, as_of=as_of, at=at)
    _tell(actor, "financing.disbursed", locked, at=at, advance_minor=locked.advance_minor)
    return locked


@transaction.atomic
def settle_draw(*, actor: Actor, draw: FinancingDraw, as_of: date, at: datetime) -> int:
    """Pay the lender back for every item its customer has paid; return how many.

    Again with nothing paid since settles nothing. The draw is settled with its last item.
    """
    actor.require("financing.draw")
    locked = _locked(actor, draw)
    if locked.status != Status.DISBURSED:
        check_status(FinancingDraw.MOVES, Status(locked.status), Status.SETTLED, "This draw")
    live = _assigned(locked)
    still = set(
        OpenItem.objects.filter(item__in=[row.item_id for row in live]).values_list(
            "item_id", flat=True
        )
    )
    paid = [row for row in live if row.item_id not in still]
    for row in paid:
        _end(actor, locked, row, FinancingItem.Status.SETTLED, as_of=as_of, at=at)
    if paid:
        _close(locked, as_of=as_of)
        _tell(actor, "financing.settled", locked, at=at, items=len(paid))
    return len(paid)


@transaction.atomic
def return_item(
    *,
    actor: Actor,
    draw: FinancingDraw,
    item: FinancingItem,
    reason: str,
    as_of: date,
    at: datetime,
) -> FinancingItem:
    """Take an item back from the lender: its advance is repaid with interest.

    Raises Refused under terms without recourse, before its day, and for one that has ended.
    """
    actor.require("financing.draw")
    locked = _locked(actor, draw)
    told = reason.strip()[:300]
    if not told:
        raise Refused("Say why the item comes back.")
    row = (
        FinancingItem.objects.select_for_update(no_key=True, of=("self",))
        .select_related("item")
        .filter(draw=locked, pk=item.pk)
        .first()
    )
    if row is None or row.status != FinancingItem.Status.ASSIGNED:
        raise Refused("This item is not assigned under this draw any more.")
    if locked.status != Status.DISBURSED:
        raise Refused("Only what was paid out can be taken back; cancel the draw instead.")
    days = locked.terms.recourse_days
    if days is None:
        raise Refused("These terms have no recourse: the loss stays with the lender.")
    if (as_of - row.item.due_on).days <= days:
        raise Refused(
            f"{row.item.number} comes back when it is more than {days} days past due; it is due "
            f"on {row.item.due_on}."
        )
    _end(actor, locked, row, FinancingItem.Status.RETURNED, as_of=as_of, at=at)
    _close(locked, as_of=as_of)
    _tell(actor, "financing.returned", locked, at=at, item=row.item.number, reason=told)
    return row


@transaction.atomic
def cancel_draw(
    *, actor: Actor, draw: FinancingDraw, reason: str, as_of: date, at: datetime
) -> FinancingDraw:
    """Drop a draw that was not paid out; its items are free again."""
    actor.require("financing.draw")
    told = reason.strip()[:300]
    if not told:
        raise Refused("Say why it is cancelled.")
    locked = _locked(actor, draw)
    check_status(FinancingDraw.MOVES, Status(locked.status), Status.CANCELLED, "This draw")
    FinancingItem.objects.filter(draw=locked, status=FinancingItem.Status.ASSIGNED).update(
        status=FinancingItem.Status.CANCELLED, ended_on=as_of
    )
    _save(locked, status=Status.CANCELLED, ended_on=as_of, reason=told)
    _tell(actor, "financing.cancelled", locked, at=at, reason=told)
    return locked


def _usable(facility: FinancingFacility, *, as_of: date) -> None:
    if facility.status != FinancingFacility.Status.OPEN:
        raise Refused(f"{facility.name} is not in use; take it into use first.")
    if facility.kind == Kind.INSURANCE:
        raise Refused(f"{facility.name} is an insurance; nothing is drawn on it.")
    if as_of < facility.from_on or (facility.until_on and as_of > facility.until_on):
        raise Refused(f"{facility.name} may not be drawn on {as_of}.")


def _chosen(found: FacilityBase, items: Collection[int]) -> list[FinancingItem]:
    """Return the rows of a draw, not saved yet: of the items chosen, or of all while it lasts."""
    wanted, terms = set(items), found.terms
    available, rows, seen = found.base.available_minor, [], set()
    for one in sorted(found.found, key=lambda one: (one.item.due_on, one.item.item_id)):
        if wanted and one.item.item_id not in wanted:
            continue
        seen.add(one.item.item_id)
        if one.item.is_pledged:
            if wanted:
                raise Refused(f"Item {one.item.item_id} is assigned to this facility already.")
            continue
        if not one.eligible_minor:
            if wanted:
                raise Refused(
                    f"Item {one.item.item_id} does not count: {', '.join(one.excluded)}. Leave it "
                    "out."
                )
            continue
        net = one.eligible_minor - part(one.eligible_minor, terms.reserve_ppm, MILLION)
        advance = part(net, terms.advance_ppm, MILLION)
        if advance > available:
            if wanted:
                raise Refused(
                    "The chosen items would draw more than the "
                    f"{amount_words(found.base.available_minor, found.base.currency)} available."
                )
            continue
        available -= advance
        rows.append(
            FinancingItem(
                item_id=one.item.item_id,
                customer_id=one.item.customer_id,
                gross_minor=one.item.open_minor,
                advance_minor=advance,
                fee_minor=part(one.item.open_minor, terms.fee_ppm, MILLION) + terms.item_fee_minor,
            )
        )
    if wanted - seen:
        raise Refused("One of these items is not open; load the page again.")
    return rows


def _report(found: FacilityBase) -> dict[str, object]:
    """Return the borrowing base a draw rests on, as it is kept with it."""
    base = found.base
    return {
        "gross_minor": base.gross_minor,
        "excluded": dict(base.excluded),
        "eligible_minor": base.eligible_minor,
        "reserve_minor": base.reserve_minor,
        "advance_minor": base.advance_minor,
        "drawn_minor": base.drawn_minor,
    }


def _locked(actor: Actor, draw: FinancingDraw) -> FinancingDraw:
    own(actor, draw, "draw")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = FinancingDraw.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("terms", "facility", "company").get(pk=draw.pk)


def _assigned(draw: FinancingDraw) -> list[FinancingItem]:
    rows = FinancingItem.objects.filter(draw=draw, status=FinancingItem.Status.ASSIGNED)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def _end(
    actor: Actor,
    draw: FinancingDraw,
    row: FinancingItem,
    status: FinancingItem.Status,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """End one item: its advance goes back to the lender, with interest since it was paid out."""
    days = (as_of - (draw.disbursed_on or as_of)).days
    interest = part(row.advance_minor * days, draw.terms.rate_ppm, MILLION * YEAR)
    FinancingItem.objects.filter(pk=row.pk).update(status=status, ended_on=as_of)
    kind = FinancingMove.Kind(status)
    _book(actor, draw, row, kind, -row.advance_minor, interest, as_of=as_of, at=at)


def _book(
    actor: Actor,
    draw: FinancingDraw,
    row: FinancingItem | None,
    kind: FinancingMove.Kind,
    advance_minor: int,
    cost_minor: int,
    *,
    as_of: date,
    at: datetime,
) -> None:
    move = FinancingMove.objects.create(
        draw=draw,
        item=row,
        kind=kind,
        on=as_of,
        advance_minor=advance_minor,
        cost_minor=cost_minor,
        cash_minor=advance_minor - cost_minor,
        by=actor.name,
        recorded_at=at,
    )
    account = EntryLine.Account
    post_amounts(
        company=draw.company,
        source=EntryLine.Source.FINANCING,
        source_id=move.pk,
        currency=draw.facility.currency,
        amounts={
            account.LOAN: -advance_minor,
            account.BANK: move.cash_minor,
            account.FINANCE: cost_minor,
        },
        on=as_of,
        as_of=as_of,
    )


def _close(draw: FinancingDraw, *, as_of: date) -> None:
    left = FinancingItem.objects.filter(draw=draw, status=FinancingItem.Status.ASSIGNED)
    if not left.exists():
        _save(draw, status=Status.SETTLED, ended_on=as_of)


def _save(draw: FinancingDraw, **fields: str | date) -> None:
    for name, value in fields.items():
        setattr(draw, name, value)
    draw.save(update_fields=[*fields])


def _tell(actor: Actor, verb: str, draw: FinancingDraw, *, at: datetime, **told: Any) -> None:
    record_event(actor, verb, draw, at=at, number=draw.number, facility=draw.facility.name, **told)
