"""Provision runs: drawn at a month end, reviewed and posted by somebody else, taken back."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.entries import post_amounts
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.periods import first_open_day, share_books
from dunwell.engine.money import amount_words
from dunwell.engine.provisions import Move, postings, total_of
from dunwell.models import (
    Company,
    EntryLine,
    ProvisionLine,
    ProvisionMove,
    ProvisionRun,
)
from dunwell.queries.provision_measures import Measured, measured

Status = ProvisionRun.Status
LIVE = (Status.DRAFT, Status.REVIEWED, Status.POSTED)
LONGEST_REASON = 300


@transaction.atomic
def draw_provision(*, actor: Actor, on: date, as_of: date, at: datetime) -> ProvisionRun:
    """Measure the allowance at a month end and keep it as a draft with frozen lines.

    The same day again with the same outcome returns the run there is; a draft that would come
    out otherwise is dropped for the new one. Raises Refused for a day that is no month end or
    is to come, before the last posted run, and when an exchange rate is missing.
    """
    actor.require("provision.prepare")
    if on.day != monthrange(on.year, on.month)[1]:
        raise Refused(f"{on} is no month end; a provision is measured at the end of a month.")
    if on > as_of:
        raise Refused(f"{on} is still to come; a provision is measured on what has happened.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    last = newest_posted(company)
    live = ProvisionRun.objects.filter(company=company, as_of=on, status__in=LIVE).first()
    if last is not None and live is None and on < last.as_of:
        raise Refused(
            f"The provision at {last.as_of} is posted; an earlier day cannot come after it. "
            "Take that one back first."
        )
    previous = live.previous if live is not None and live.status == Status.POSTED else last
    found = measured(company, as_of=on, previous=previous)
    if found.missing:
        raise Refused(
            f"There is no exchange rate for {', '.join(found.missing)} on or before {on}; enter "
            "it under Rates. Nothing is guessed."
        )
    if live is not None:
        if live.digest == found.digest:
            return live
        if live.status == Status.POSTED:
            posted = amount_words(live.allowance_minor, live.currency)
            raise Refused(
                f"The provision at {on} is posted as {posted} and "
                "would come out otherwise now; what changed since counts in the next one."
            )
        _move(live, Status.DROPPED, ended_by=actor.name, ended_at=at, reason="Drawn anew")
    run = _kept(company, found, previous, actor=actor, at=at)
    record_event(
        actor,
        "provision.drawn",
        run,
        at=at,
        as_of=on.isoformat(),
        allowance_minor=run.allowance_minor,
        currency=run.currency,
        policy_version=run.policy_version,
        digest=run.digest,
    )
    return run


@transaction.atomic
def review_provision(*, actor: Actor, run: ProvisionRun, at: datetime) -> ProvisionRun:
    """Mark a draft as reviewed; whoever drew it may not, where a second person works here."""
    actor.require("provision.post")
    locked = _locked(actor, run)
    check_status(ProvisionRun.MOVES, Status(locked.status), Status.REVIEWED, "This provision")
    override = _second(actor, locked, "reviewed")
    _move(locked, Status.REVIEWED, reviewed_by=actor.name, reviewed_at=at)
    record_event(
        actor,
        "provision.reviewed",
        locked,
        at=at,
        as_of=locked.as_of.isoformat(),
        allowance_minor=locked.allowance_minor,
        override=override,
    )
    return locked


@transaction.atomic
def post_provision(*, actor: Actor, run: ProvisionRun, as_of: date, at: datetime) -> ProvisionRun:
    """Book a reviewed provision: allowance, charge, use by write-offs, recoveries, exchange.

    Booked on its day, or on the first open day after a closed period. Raises Refused for one
    that is not reviewed, that whoever drew it posts, and when another was posted meanwhile.
    """
    actor.require("provision.post")
    locked = _locked(actor, run)
    check_status(ProvisionRun.MOVES, Status(locked.status), Status.POSTED, "This provision")
    override = _second(actor, locked, "posted")
    last = newest_posted(locked.company)
    if (last.pk if last else None) != locked.previous_id:
        raise Refused(
            "Another provision was posted or taken back since this one was drawn; draw it again."
        )
    share_books(locked.company)
    posted_on = first_open_day(locked.company, locked.as_of)
    _move(locked, Status.POSTED, posted_by=actor.name, posted_at=at, posted_on=posted_on)
    post_amounts(
        company=locked.company,
        source=EntryLine.Source.PROVISION,
        source_id=locked.pk,
        currency=locked.currency,
        amounts=postings(_total(locked)),
        on=locked.as_of,
        as_of=as_of,
    )
    record_event(
        actor,
        "provision.posted",
        locked,
        at=at,
        as_of=locked.as_of.isoformat(),
        allowance_minor=locked.allowance_minor,
        posted_on=posted_on.isoformat(),
        override=override,
    )
    return locked


@transaction.atomic
def drop_provision(*, actor: Actor, run: ProvisionRun, reason: str, at: datetime) -> ProvisionRun:
    """Drop a provision that is not posted; raise Refused without a reason or for a posted one."""
    actor.require("provision.prepare")
    told = _told(reason)
    locked = _locked(actor, run)
    check_status(ProvisionRun.MOVES, Status(locked.status), Status.DROPPED, "This provision")
    _move(locked, Status.DROPPED, ended_by=actor.name, ended_at=at, reason=told)
    record_event(
        actor, "provision.dropped", locked, at=at, as_of=locked.as_of.isoformat(), reason=told
    )
    return locked


@transaction.atomic
def reverse_provision(
    *, actor: Actor, run: ProvisionRun, reason: str, as_of: date, at: datetime
) -> ProvisionRun:
    """Take the newest posted provision back by the same lines with the other sign.

    Booked on its day, or on the first open day. Raises Refused without a reason and for any but
    the newest: what rolls on from it would hang in the air.
    """
    actor.require("provision.post")
    told = _told(reason)
    locked = _locked(actor, run)
    check_status(ProvisionRun.MOVES, Status(locked.status), Status.REVERSED, "This provision")
    last = newest_posted(locked.company)
    if last is None or last.pk != locked.pk:
        raise Refused("A later provision rolls on from this one; take that back first.")
    override = own_approval(
        actor,
        author=locked.posted_by,
        refusal="You posted this provision; somebody else has to take it back.",
    )
    _move(locked, Status.REVERSED, ended_by=actor.name, ended_at=at, reason=told)
    lines = EntryLine.objects.filter(source=EntryLine.Source.PROVISION, source_id=locked.pk)
    back = {account: -minor for account, minor in lines.values_list("account", "amount_minor")}
    post_amounts(
        company=locked.company,
        source=EntryLine.Source.REVERSAL,
        source_id=locked.pk,
        currency=locked.currency,
        amounts=back,
        on=locked.as_of,
        as_of=as_of,
    )
    record_event(
        actor,
        "provision.reversed",
        locked,
        at=at,
        as_of=locked.as_of.isoformat(),
        reason=told,
        override=override,
    )
    return locked


def newest_posted(company: Company) -> ProvisionRun | None:
    """Return the posted run with the latest day; the next one rolls on from it."""
    posted = ProvisionRun.objects.filter(company=company, status=Status.POSTED)
    return posted.order_by("-as_of", "-pk").first()


def _kept(
    company: Company,
    found: Measured,
    previous: ProvisionRun | None,
    *,
    actor: Actor,
    at: datetime,
) -> ProvisionRun:
    """Keep a measured provision with its lines and moves."""
    total = total_of(found.moves)
    run = ProvisionRun.objects.create(
        company=company,
        as_of=found.as_of,
        standard=found.standard,
        policy=found.policy,
        policy_version=found.policy_version,
        previous=previous,
        currency=found.currency,
        items=found.items,
        gross_minor=sum(one.home_gross_minor for one in found.lines),
        covered_minor=sum(one.home_covered_minor for one in found.lines),
        allowance_minor=sum(one.home_allowance_minor for one in found.lines),
        opening_minor=total.opening_minor,
        charge_minor=total.charge_minor,
        release_minor=total.release_minor,
        write_off_minor=total.write_off_minor,
        recovery_minor=total.recovery_minor,
        fx_minor=total.fx_minor,
        tables=found.tables,
        content=found.content,
        content_sha256=found.content_sha256,
        digest=found.digest,
        drawn_by=actor.name,
        drawn_at=at,
    )
    ProvisionLine.objects.bulk_create(_lines(run, found), batch_size=500)
    ProvisionMove.objects.bulk_create(
        [
            ProvisionMove(
                run=run, segment=segment, closing_minor=move.closing_minor, **_parts(move)
            )
            for segment, move in sorted(found.moves.items())
        ]
    )
    return run


def _lines(run: ProvisionRun, found: Measured) -> list[ProvisionLine]:
    rows = []
    for place, one in enumerate(found.lines, 1):
        pool, rate = one.line.pool, one.line.rate
        rows.append(
            ProvisionLine(
                run=run,
                place=place,
                method=pool.method,
                segment=pool.segment,
                bucket=pool.bucket,
                customer_id=one.customer_id,
                currency=pool.currency,
                items=pool.items,
                gross_minor=pool.gross_minor,
                covered_minor=pool.covered_minor,
                net_minor=pool.gross_minor - pool.covered_minor,
                rate_ppm=round(rate.rate * 1_000_000),
                overlay_ppm=round(rate.overlay * 1_000_000),
                allowance_minor=one.line.allowance_minor,
                home_gross_minor=one.home_gross_minor,
                home_covered_minor=one.home_covered_minor,
                home_allowance_minor=one.home_allowance_minor,
                basis=rate.basis[:300],
            )
        )
    return rows


_PARTS = ("opening", "charge", "release", "write_off", "recovery", "fx", "transfer")


def _parts(move: Move) -> Mapping[str, int]:
    return {f"{name}_minor": getattr(move, f"{name}_minor") for name in _PARTS}


def _total(run: ProvisionRun) -> Move:
    return Move(**{f"{name}_minor": getattr(run, f"{name}_minor") for name in _PARTS[:-1]})


def _locked(actor: Actor, run: ProvisionRun) -> ProvisionRun:
    """Return the run as it is now, locked after its company, or raise Refused."""
    own(actor, run, "provision")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = ProvisionRun.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("company").get(pk=run.pk)


def _move(run: ProvisionRun, status: Status, **fields: Any) -> None:
    before = run.status
    moved = ProvisionRun.objects.filter(pk=run.pk, status=before).update(status=status, **fields)
    if moved != 1:
        raise Refused("Somebody else has just decided on this provision; load the page again.")
    run.status = status
    for name, value in fields.items():
        setattr(run, name, value)


def _second(actor: Actor, run: ProvisionRun, what: str) -> str:
    return own_approval(
        actor,
        author=run.drawn_by,
        refusal=f"You drew this provision; it has to be {what} by somebody else.",
    )


def _told(reason: str) -> str:
    told = reason.strip()[:LONGEST_REASON]
    if not told:
        raise Refused("Say why.")
    return told
