"""Covers: asked for by one person, granted by another, refused by the provider, ended.

A cover that reduces what we owe to fear is worth money, so who asked for it does not enter it as
granted. What a cover asks of us afterwards is in `cover_notices` and `cover_claims`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, open_customer, own
from dunwell.actions.texts import fitting, needed
from dunwell.engine.cover_clock import PPM, read_conditions
from dunwell.engine.documents import DocumentError
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Cover, CoverNotice, Customer

Status = Cover.Status
LARGEST = 9_000_000_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverAsk:
    """What is asked of a provider: amounts in minor units of `currency`, the share in ppm.

    `conditions` are days by name (`engine.cover_clock.CONDITIONS`); `from_on` and `until_on` may
    be known before it is granted.
    """

    kind: str
    provider: str
    currency: str
    asked_minor: int
    number: str = ""
    effect: str = Cover.Effect.REDUCES_EXPOSURE
    share_ppm: int = PPM
    conditions: Mapping[str, int] = field(default_factory=dict)
    from_on: date | None = None
    until_on: date | None = None
    note: str = ""


@transaction.atomic
def ask_cover(
    *, actor: Actor, customer: Customer, ask: CoverAsk, as_of: date, at: datetime
) -> Cover:
    """Record that a cover was asked for; it counts for nothing before it is granted.

    Raises Refused for another company's customer, a kind, effect, currency, amount, share, day or
    condition that cannot be, and while the same request waits.
    """
    actor.require("cover.edit")
    open_customer(actor, customer)
    cover = asked(actor, customer, ask, as_of=as_of, at=at)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    waiting = Cover.objects.filter(
        customer=customer, provider=cover.provider, number=cover.number, status=Status.REQUESTED
    ).first()
    if waiting is not None:
        raise Refused(
            f"{waiting.by} asked {waiting.provider} for this cover on "
            f"{waiting.requested_on.isoformat()}; enter the answer to that request first."
        )
    cover.save()
    tell(actor, "cover.requested", cover, at=at, asked_minor=cover.asked_minor)
    return cover


@transaction.atomic
def grant_cover(
    *,
    actor: Actor,
    cover: Cover,
    amount_minor: int,
    from_on: date,
    until_on: date | None = None,
    number: str = "",
    share_ppm: int | None = None,
    conditions: Mapping[str, int] | None = None,
    as_of: date,
    at: datetime,
) -> Cover:
    """Enter what the provider granted; from `from_on` on the cover counts.

    Another person than the one who asked does it. What is left out stays as it was asked for.
    Raises Refused for a cover that does not wait, an amount of nothing, days in the wrong order,
    and where a granted cover of the same number begins on the same day.
    """
    actor.require("cover.edit")
    locked = locked_cover(actor, cover)
    why = own_approval(
        actor,
        author=locked.by,
        refusal="You asked for this cover; somebody else enters that it was granted.",
    )
    check_status(Cover.MOVES, Status(locked.status), Status.GRANTED, "This cover")
    if not 0 < amount_minor <= LARGEST:
        raise Refused("The amount granted must be more than 0.")
    if until_on is not None and until_on < from_on:
        raise Refused("The last day lies before the first one.")
    locked.number = fitting(text=number, most=80, what="number") or locked.number
    if not locked.number:
        raise Refused("Enter the number under which the provider keeps the cover.")
    twin = Cover.objects.filter(
        customer=locked.customer_id,
        provider=locked.provider,
        number=locked.number,
        from_on=from_on,
        status=Status.GRANTED,
    )
    if twin.exists():
        raise Refused(
            f"Cover {locked.number} of {locked.provider} from {from_on.isoformat()} is entered "
            "already."
        )
    locked.status, locked.approved_by, locked.granted_on = Status.GRANTED, actor.name, as_of
    locked.amount_minor, locked.from_on, locked.until_on = amount_minor, from_on, until_on
    if share_ppm is not None:
        locked.share_ppm = _share(share_ppm)
    if conditions is not None:
        locked.conditions = _conditions(conditions)
    locked.version += 1
    locked.save()
    _answered(locked, as_of=as_of, by=actor.name)
    tell(
        actor,
        "cover.granted",
        locked,
        at=at,
        amount_minor=amount_minor,
        share_ppm=locked.share_ppm,
        from_on=from_on.isoformat(),
        until_on=until_on.isoformat() if until_on else "",
        asked_by=locked.by,
        **({"one_person": why} if why else {}),
    )
    return locked


@transaction.atomic
def refuse_cover(*, actor: Actor, cover: Cover, reason: str, as_of: date, at: datetime) -> Cover:
    """Enter that the provider grants nothing; raise Refused without the reason it gave."""
    actor.require("cover.edit")
    told = needed(text=reason, most=300, what="reason", missing="Say why the provider refused.")
    locked = locked_cover(actor, cover)
    check_status(Cover.MOVES, Status(locked.status), Status.REFUSED, "This cover")
    _end(locked, Status.REFUSED, told, as_of=as_of)
    _answered(locked, as_of=as_of, by=actor.name)
    tell(actor, "cover.refused", locked, at=at, reason=told)
    return locked


@transaction.atomic
def end_cover(*, actor: Actor, cover: Cover, reason: str, as_of: date, at: datetime) -> Cover:
    """End a cover: from now on it counts for nothing, and its open deadlines fall away.

    A cover that is only over by its last day is not ended by this: what was delivered while it
    ran stays covered. Raises Refused without a reason and while a claim under it is open.
    """
    actor.require("cover.edit")
    told = needed(text=reason, most=300, what="reason", missing="Say why the cover ends.")
    locked = locked_cover(actor, cover)
    check_status(Cover.MOVES, Status(locked.status), Status.ENDED, "This cover")
    if locked.claims.filter(status__in=("draft", "filed", "accepted")).exists():
        raise Refused("A claim under this cover is open; finish or drop it first.")
    _end(locked, Status.ENDED, told, as_of=as_of)
    CoverNotice.objects.filter(cover=locked, status=CoverNotice.Status.OPEN).update(
        status=CoverNotice.Status.MOOT, done_on=as_of, by=actor.name
    )
    tell(actor, "cover.ended", locked, at=at, reason=told)
    return locked


def asked(actor: Actor, customer: Customer, ask: CoverAsk, *, as_of: date, at: datetime) -> Cover:
    """Return a request as a record that is not saved yet; raise Refused for what cannot be."""
    if ask.kind not in Cover.Kind.values:
        raise Refused(f"There is no kind {ask.kind!r}; use {', '.join(Cover.Kind.values)}.")
    if ask.effect not in Cover.Effect.values:
        raise Refused(f"There is no effect {ask.effect!r}; use {', '.join(Cover.Effect.values)}.")
    provider = needed(
        text=ask.provider,
        most=120,
        what="provider",
        missing="Say who covers: the insurer, the guarantor or the bank.",
    )
    currency = ask.currency.strip().upper()
    if currency not in ISO_CODES:
        raise Refused(f"{ask.currency!r} is no currency; use its three letters, such as EUR.")
    if not 0 < ask.asked_minor <= LARGEST:
        raise Refused("The amount asked for must be more than 0.")
    if ask.from_on is not None and ask.until_on is not None and ask.until_on < ask.from_on:
        raise Refused("The last day lies before the first one.")
    return Cover(
        company=actor.company,
        customer=customer,
        kind=ask.kind,
        effect=ask.effect,
        provider=provider,
        number=fitting(text=ask.number, most=80, what="number"),
        currency=currency,
        asked_minor=ask.asked_minor,
        share_ppm=_share(ask.share_ppm),
        conditions=_conditions(ask.conditions),
        requested_on=as_of,
        from_on=ask.from_on,
        until_on=ask.until_on,
        note=fitting(text=ask.note, most=300, what="note"),
        by=actor.name,
        recorded_at=at,
    )


def locked_cover(actor: Actor, cover: Cover) -> Cover:
    """Lock the customer and the cover; return it as it is now, refuse another company's."""
    own(actor, cover, "cover")
    Customer.objects.select_for_update(no_key=True).get(pk=cover.customer_id)
    return (
        Cover.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company")
        .get(pk=cover.pk)
    )


def tell(actor: Actor, verb: str, cover: Cover, *, at: datetime, **data: Any) -> None:
    """Record an event about a cover, with kind, provider, number and currency."""
    record_event(
        actor,
        verb,
        cover,
        at=at,
        customer_id=cover.customer_id,
        kind=cover.kind,
        provider=cover.provider,
        number=cover.number,
        currency=cover.currency,
        **data,
    )


def _end(cover: Cover, status: Status, reason: str, *, as_of: date) -> None:
    cover.status, cover.ended_on, cover.end_reason = status, as_of, reason
    cover.version += 1
    cover.save(update_fields=["status", "ended_on", "end_reason", "version"])


def _answered(cover: Cover, *, as_of: date, by: str) -> None:
    """Take the deadline for an answer as done: the provider has answered."""
    CoverNotice.objects.filter(
        cover=cover,
        kind=CoverNotice.Kind.ANSWER,
        status__in=(CoverNotice.Status.OPEN, CoverNotice.Status.MISSED),
    ).update(status=CoverNotice.Status.DONE, done_on=as_of, by=by)


def _share(share_ppm: int) -> int:
    if not 0 < share_ppm <= PPM:
        raise Refused("The share covered must lie above 0 % and at most at 100 %.")
    return share_ppm


def _conditions(stated: Mapping[str, int]) -> dict[str, int]:
    try:
        return read_conditions(stated, "conditions")
    except DocumentError as error:
        raise Refused(f"{error}.") from error
