"""Claims under covers: drawn up with their items, filed with the evidence, answered, paid."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.covers import locked_cover, tell
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import fitting, needed
from dunwell.actions.uploads import keep_bytes
from dunwell.engine.cover_clock import PPM
from dunwell.formats.cover_claim_pack import cover_claim_pack
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Cover, CoverClaim, CoverNotice, Item, OpenItem
from dunwell.queries.cover_evidence import claim_evidence

Status = CoverClaim.Status
MOST_ITEMS = 500


@transaction.atomic
def draw_claim(
    *, actor: Actor, cover: Cover, items: Sequence[Item], reason: str, as_of: date, at: datetime
) -> CoverClaim:
    """Draw up a claim for items of the cover's customer: its share of what is open on them.

    At most the cover's amount counts. Raises Refused without items or a reason, for a cover that
    was not granted, items of another customer or currency, not past due, paid, or not delivered
    while the cover ran, and while another claim under the cover is open.
    """
    actor.require("cover.report")
    told = needed(
        text=reason,
        most=300,
        what="reason",
        missing="Say why the provider should pay, such as insolvency or default.",
    )
    locked = locked_cover(actor, cover)
    if locked.status != Cover.Status.GRANTED:
        raise Refused("Nothing can be claimed under a cover that is not granted.")
    if (standing := _open_claim(locked)) is not None:
        label = Status(standing.status).label.lower()
        raise Refused(f"A claim under this cover is marked: {label}; finish that one first.")
    lines = _lines(locked, items, as_of=as_of)
    open_minor = sum(minor for _, minor in lines)
    amount = min(open_minor, locked.amount_minor) * locked.share_ppm // PPM
    if amount <= 0:
        raise Refused("The cover's share of these items is nothing.")
    claim = CoverClaim.objects.create(
        company=actor.company,
        cover=locked,
        currency=locked.currency,
        items=[
            {"item": item.pk, "number": item.number, "open_minor": minor} for item, minor in lines
        ],
        open_minor=open_minor,
        amount_minor=amount,
        reason=told,
        drawn_on=as_of,
        by=actor.name,
        recorded_at=at,
    )
    tell(actor, "cover.claim_drawn", locked, at=at, claim=claim.pk, amount_minor=amount)
    return claim


@transaction.atomic
def file_claim(
    *, actor: Actor, claim: CoverClaim, reference: str = "", as_of: date, at: datetime
) -> CoverClaim:
    """File a claim: its evidence is packed and kept, the deadlines it meets are done.

    Raises Refused for a claim that is not a draft, and where the evidence cannot be written.
    """
    actor.require("cover.report")
    cover, locked = _locked(actor, claim)
    check_status(CoverClaim.MOVES, Status(locked.status), Status.FILED, "This claim")
    locked.reference = fitting(text=reference, most=80, what="reference")
    try:
        pack = cover_claim_pack(*claim_evidence(locked, as_of=as_of))
    except TypesettingError as error:
        raise Refused(f"The evidence of this claim cannot be written: {error}") from error
    locked.pack_sha256 = keep_bytes(pack)
    locked.status, locked.filed_on, locked.filed_by = Status.FILED, as_of, actor.name
    _save(locked)
    keys = [int(line["item"]) for line in locked.items]
    for notice in CoverNotice.objects.filter(
        cover=cover,
        item__in=keys,
        kind__in=(CoverNotice.Kind.CLAIM, CoverNotice.Kind.REPORT),
        status__in=(CoverNotice.Status.OPEN, CoverNotice.Status.MISSED),
    ).order_by("id"):
        notice.status, notice.done_on, notice.by = CoverNotice.Status.DONE, as_of, actor.name
        notice.is_late = as_of > notice.due_on
        notice.save(update_fields=["status", "done_on", "by", "is_late"])
    tell(
        actor,
        "cover.claim_filed",
        cover,
        at=at,
        claim=locked.pk,
        amount_minor=locked.amount_minor,
        pack_sha256=locked.pack_sha256,
    )
    return locked


@transaction.atomic
def answer_claim(
    *,
    actor: Actor,
    claim: CoverClaim,
    is_accepted: bool,
    answer: str = "",
    amount_minor: int | None = None,
    as_of: date,
    at: datetime,
) -> CoverClaim:
    """Enter what the provider answered; an accepted claim may be for less than was claimed.

    Raises Refused for a claim that is not filed, a refusal without its reason, and an amount of
    nothing or beyond what was claimed.
    """
    actor.require("cover.report")
    told = fitting(text=answer, most=300, what="answer")
    if not is_accepted and not told:
        raise Refused("Say why the provider refused.")
    cover, locked = _locked(actor, claim)
    status = Status.ACCEPTED if is_accepted else Status.REFUSED
    check_status(CoverClaim.MOVES, Status(locked.status), status, "This claim")
    if is_accepted and amount_minor is not None:
        if not 0 < amount_minor <= locked.amount_minor:
            raise Refused("Accepted is more than 0 and at most what was claimed.")
        locked.amount_minor = amount_minor
    locked.status, locked.answered_on, locked.answer = status, as_of, told
    _save(locked)
    verb = "cover.claim_accepted" if is_accepted else "cover.claim_refused"
    tell(
        actor,
        verb,
        cover,
        at=at,
        claim=locked.pk,
        amount_minor=locked.amount_minor,
        reason=told,
    )
    return locked


@transaction.atomic
def pay_claim(
    *,
    actor: Actor,
    claim: CoverClaim,
    paid_minor: int,
    paid_on: date | None = None,
    as_of: date,
    at: datetime,
) -> CoverClaim:
    """Enter what the provider paid on an accepted claim; the money itself comes by the bank.

    Raises Refused for a claim that is not accepted, a day to come, and an amount of nothing or
    beyond what was accepted.
    """
    actor.require("cover.report")
    on = as_of if paid_on is None else paid_on
    cover, locked = _locked(actor, claim)
    check_status(CoverClaim.MOVES, Status(locked.status), Status.PAID, "This claim")
    if on > as_of or (locked.filed_on is not None and on < locked.filed_on):
        raise Refused("The day of payment lies between the day of filing and today.")
    if not 0 < paid_minor <= locked.amount_minor:
        raise Refused("Paid is more than 0 and at most what was accepted.")
    locked.status, locked.paid_on, locked.paid_minor = Status.PAID, on, paid_minor
    _save(locked)
    tell(actor, "cover.claim_paid", cover, at=at, claim=locked.pk, amount_minor=paid_minor)
    return locked


@transaction.atomic
def drop_claim(
    *, actor: Actor, claim: CoverClaim, reason: str, as_of: date, at: datetime
) -> CoverClaim:
    """Drop a claim that was not filed; raise Refused without a reason."""
    actor.require("cover.report")
    told = needed(text=reason, most=300, what="reason", missing="Say why nothing is claimed.")
    cover, locked = _locked(actor, claim)
    check_status(CoverClaim.MOVES, Status(locked.status), Status.DROPPED, "This claim")
    locked.status, locked.answered_on, locked.answer = Status.DROPPED, as_of, told
    _save(locked)
    tell(actor, "cover.claim_dropped", cover, at=at, claim=locked.pk, reason=told)
    return locked


def _lines(cover: Cover, items: Sequence[Item], *, as_of: date) -> list[tuple[Item, int]]:
    """Return the items with what is open on them, the oldest first; refuse what cannot be."""
    chosen = sorted({item.pk: item for item in items}.values(), key=lambda one: one.due_on)
    if not chosen:
        raise Refused("Choose at least one item to claim for.")
    if len(chosen) > MOST_ITEMS:
        raise Refused(f"A claim is for at most {MOST_ITEMS} items; make it out in parts.")
    still = dict(OpenItem.objects.filter(item__in=chosen).values_list("item", "open_minor"))
    for item in chosen:
        if item.customer_id != cover.customer_id:
            raise Refused(f"{item.number} is not an item of the customer this cover is for.")
        if item.currency != cover.currency:
            raise Refused(
                f"{item.number} is in {item.currency}, the cover in {cover.currency}; "
                "claim such items outside of this cover."
            )
        if still.get(item.pk, 0) <= 0:
            raise Refused(f"Nothing is open on {item.number}.")
        if item.due_on >= as_of:
            raise Refused(f"{item.number} is not past due.")
        if not _was_covered(cover, item):
            raise Refused(f"{item.number} was not issued while the cover ran.")
    return [(item, still[item.pk]) for item in chosen]


def _was_covered(cover: Cover, item: Item) -> bool:
    begun = cover.from_on is not None and item.issued_on >= cover.from_on
    return begun and (cover.until_on is None or item.issued_on <= cover.until_on)


def _open_claim(cover: Cover) -> CoverClaim | None:
    standing = (Status.DRAFT, Status.FILED, Status.ACCEPTED)
    return CoverClaim.objects.filter(cover=cover, status__in=standing).order_by("id").first()


def _locked(actor: Actor, claim: CoverClaim) -> tuple[Cover, CoverClaim]:
    own(actor, claim, "claim")
    cover = locked_cover(actor, claim.cover)
    locked = CoverClaim.objects.select_for_update(no_key=True).get(pk=claim.pk)
    locked.cover, locked.company = cover, cover.company
    return cover, locked


def _save(claim: CoverClaim) -> None:
    claim.version += 1
    claim.save()
