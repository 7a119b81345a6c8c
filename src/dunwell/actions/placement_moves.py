"""What the moves of a placement are made of: locks, statuses, holds on its items, its pack.

Rows are locked customer first, then the placement, then its items by key, as everywhere. Nothing
here is an action of its own: the caller holds the transaction and has checked the right.
"""

import hashlib
from datetime import date, datetime

from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.formats.evidence_pack import evidence_pack
from dunwell.formats.evidence_pack_pdf import evidence_pdf
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import (
    AgencySeat,
    Company,
    Customer,
    EvidencePack,
    Hold,
    Placement,
)
from dunwell.queries.agreements import disputed_items
from dunwell.queries.placement_evidence import evidence_of

Status = Placement.Status
ENDED = (
    *(Status.REFUSED, Status.PAID, Status.SETTLED, Status.RETURNED),
    *(Status.RECALLED, Status.CLOSED, Status.CANCELLED),
)
"""Statuses in which nothing is held any more."""

LONGEST_REASON = 300


def work_right(actor: Actor) -> str:
    """Return the right by which the actor reports on placements: for us, or for the agency."""
    return "placement.report" if "placement.report" in actor.rights else "placement.work"


def locked_placement(actor: Actor, placement: Placement) -> Placement:
    """Lock the customer and the placement; return it as it is now.

    Raises Refused for another company's, and for one that is not the partner's own agency's.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=placement.customer_id)
    found = (
        Placement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company", "agency")
        .filter(company=actor.company, pk=placement.pk)
        .first()
    )
    if found is None or not is_theirs(actor, found):
        raise Refused(f"There is no such placement for {actor.name}.")
    return found


def is_theirs(actor: Actor, placement: Placement) -> bool:
    """Return whether a partner's own agency holds the placement; of our own people, always."""
    return (
        not actor.is_partner
        or AgencySeat.objects.filter(
            company=actor.company, user=actor.user_id, agency=placement.agency_id
        ).exists()
    )


def check_move(placement: Placement, status: str) -> None:
    """Raise Refused when the placement cannot take the status from where it is."""
    before = Status(placement.status)
    if status not in Placement.MOVES[before]:
        raise Refused(
            f"{placement.number} is marked: {before.label.lower()}; load the page again."
        )


def move(placement: Placement, status: str, **fields: object) -> None:
    """Move a placement on, with fields that change with it; refuse when somebody just did."""
    check_move(placement, status)
    changes: dict[str, object] = {"status": status, "version": placement.version + 1, **fields}
    change(placement, **changes)


def change(placement: Placement, **changes: object) -> None:
    """Change fields of a locked placement; refuse when somebody else just changed it."""
    rows = Placement.objects.filter(
        pk=placement.pk, status=placement.status, version=placement.version
    )
    if rows.update(**changes) != 1:
        raise Refused(f"Somebody else has just changed {placement.number}; load the page again.")
    for name, value in changes.items():
        setattr(placement, name, value)


def finish(placement: Placement, status: str, *, why: str, as_of: date) -> None:
    """End a placement: its items are free, and from the day on they may be chased again."""
    move(placement, status, ended_on=as_of, ended_as=status, ending=why)
    release(placement, as_of=as_of)


def release(placement: Placement, *, as_of: date) -> None:
    """Let go of the items and end the holds on them."""
    placement.lines.update(is_live=False)
    Hold.objects.filter(
        company=placement.company_id,
        customer=placement.customer_id,
        reason=Hold.Reason.LEGAL,
        note=placement.number,
        released_on=None,
    ).update(released_on=as_of)


def hold(placement: Placement, *, as_of: date, at: datetime) -> None:
    """Stop our own chasing of the items while the agency has them."""
    Hold.objects.bulk_create(
        Hold(
            company_id=placement.company_id,
            customer_id=placement.customer_id,
            item_id=key,
            reason=Hold.Reason.LEGAL,
            note=placement.number,
            from_on=as_of,
            recorded_at=at,
        )
        for key in placement.lines.order_by("item").values_list("item", flat=True)
    )


def make_pack(placement: Placement, *, as_of: date) -> None:
    """Make the evidence as of the day and keep its bytes; an older pack is replaced.

    Raises Refused when the PDF cannot be set.
    """
    evidence = evidence_of(placement, as_of=as_of)
    try:
        content = evidence_pack(evidence, pdf=evidence_pdf(evidence))
    except TypesettingError as error:
        raise Refused(f"The evidence of {placement.number} cannot be written: {error}") from error
    sha256 = hashlib.sha256(content).hexdigest()
    EvidencePack.objects.update_or_create(
        placement=placement,
        defaults={"sha256": sha256, "content": content, "made_on": as_of},
    )
    change(placement, pack_sha256=sha256)


def bring_up_to_date(placement: Placement, *, as_of: date) -> bool:
    """Lower what is placed to what is still open; return whether anything changed.

    Before hand-over only; the pack is made anew then. Raises Refused when an item is disputed
    now, when more is open on one than was approved, and when nothing is open any more.
    """
    lines = list(placement.lines.select_related("item").order_by("item"))
    locked = locked_items(company=placement.company, items=[line.item for line in lines])
    if disputed_items([line.item_id for line in lines]):
        raise Refused(f"An item of {placement.number} is disputed now; cancel the placement.")
    is_changed = False
    for line in lines:
        still = locked[line.item_id].open_minor
        if still > line.amount_minor:
            raise Refused(
                f"{money_text(still, placement.currency)} is open on {line.item.number} now, more "
                f"than the {money_text(line.amount_minor, placement.currency)} that were "
                f"approved; cancel {placement.number} and propose it anew."
            )
        if still < line.amount_minor:
            is_changed = True
            line.amount_minor = max(still, 0)
            line.save(update_fields=["amount_minor"])
    if is_changed:
        total = sum(line.amount_minor for line in lines)
        if not total:
            raise Refused(f"Nothing is open on {placement.number} any more; cancel it.")
        change(placement, placed_minor=total)
        make_pack(placement, as_of=as_of)
    return is_changed


def tell(actor: Actor, verb: str, placement: Placement, *, at: datetime, **data: object) -> None:
    """Write the event of a placement, with its number and amount."""
    record_event(
        actor,
        f"placement.{verb}",
        placement,
        at=at,
        customer_id=placement.customer_id,
        number=placement.number,
        agency=placement.agency.name,
        currency=placement.currency,
        placed_minor=placement.placed_minor,
        **data,
    )


def reason_of(text: str, sentence: str) -> str:
    """Return a reason that fits; raise Refused with the sentence when there is none."""
    told = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused(sentence)
    return told


def next_number(company: Company) -> str:
    """Return the next number of a placement; the caller holds the company's row."""
    return f"PL-{Placement.objects.filter(company=company).count() + 1}"
