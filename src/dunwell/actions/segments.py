"""Putting customers into segments: by the rules each day, and by hand with a reason and an end."""

import json
from datetime import date, datetime

import narwhals.stable.v2 as nw
import polars as pl
from django.db import transaction

from dunwell.actions.bulk import insert_rows
from dunwell.actions.differences import write_differences
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, open_customer
from dunwell.actions.pools import keep_members
from dunwell.actions.texts import fitting
from dunwell.engine.segments import losing_claims, memberships
from dunwell.engine.segments_policy import SegmentsPolicy
from dunwell.models import Company, Customer, SegmentByHand, SegmentMembership, SegmentMove
from dunwell.queries.reminders import native
from dunwell.queries.segments import segment_choices
from dunwell.queries.segments_due import SegmentsDue, by_hand_frame, segments_in_force, standing

LONGEST_REASON = 300
BY_RULES = "rules"
CHUNK = 5_000
"""Customers named in one statement."""


@transaction.atomic
def assign_segments(*, actor: Actor, due: SegmentsDue | None, as_of: date, at: datetime) -> int:
    """Put customers into their segments and pools of the day; return how many changed.

    The first segment of the policy with a rule that holds wins, one set by hand over all.
    Differences alone are written: the membership with what else claimed the customer, the move,
    and the segment strategies go by. Without a policy of its own nobody is moved: where there was
    one, customers keep the segment they are in. A segment by hand whose last day has passed
    ends. A second run writes nothing.
    """
    actor.require("cycle.run")
    if due is None:
        return 0
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    pools = sum(keep_members(company, found) for found in due.pools)
    if due.policy is None:
        changed, moved = _let_go(company, as_of=as_of), 0
    else:
        changed, moved = _assign(company, due, due.policy, as_of=as_of, at=at)
    if changed or pools:
        record_event(
            actor,
            "segments.assigned",
            company,
            at=at,
            as_of=as_of.isoformat(),
            customers=due.facts.height,
            moved=moved,
            changed=changed,
            pool_members=pools,
        )
    return changed + pools


@transaction.atomic
def set_segment(
    *,
    actor: Actor,
    customer: Customer,
    segment: str,
    reason: str,
    as_of: date,
    at: datetime,
    until_on: date | None = None,
    seen: str | None = None,
) -> SegmentByHand:
    """Put a customer into a segment by hand, until a day or until it is ended; it wins over rules.

    `seen`: the segment the person saw; another one now is Stale. The same again returns what
    stands, another one replaces it. Raises Refused without a reason, for an unknown segment, a
    day that has passed, and where the company has no segments policy of its own.
    """
    actor.require("segment.edit")
    policy = _policy(actor, customer, as_of=as_of)
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say why the customer belongs into this segment.")
    choices = segment_choices(actor.company, as_of=as_of)
    if segment not in choices:
        raise Refused(f"There is no segment {segment}; use one of {', '.join(choices)}.")
    if until_on is not None and until_on < as_of:
        raise Refused("The last day of the segment has already passed.")
    locked = _locked(actor, customer, seen=seen)
    standing = SegmentByHand.objects.filter(customer=locked, ended_on=None).first()
    if standing is not None:
        if (standing.segment, standing.reason, standing.until_on) == (segment, told, until_on):
            return standing
        _ended(standing, as_of=as_of)
    choice = SegmentByHand.objects.create(
        company=actor.company,
        customer=locked,
        segment=segment,
        reason=told,
        from_on=as_of,
        until_on=until_on,
        by=actor.name,
        recorded_at=at,
    )
    before = _membership(locked, policy, as_of=as_of)
    also = before.also
    if not before.is_by_hand and before.rule:
        also = [{"segment": before.segment, "rule": before.rule}, *also]
    _put(
        actor, locked, before, segment=segment, rule="", also=also, is_by_hand=True, as_of=as_of,
        at=at,
    )  # fmt: skip
    record_event(
        actor,
        "segment.set",
        choice,
        at=at,
        customer_id=locked.pk,
        segment=segment,
        reason=told,
        until_on=until_on.isoformat() if until_on else "",
    )
    return choice


@transaction.atomic
def clear_segment(
    *,
    actor: Actor,
    customer: Customer,
    reason: str,
    as_of: date,
    at: datetime,
    seen: str | None = None,
) -> str:
    """End a segment set by hand; return the segment the rules gave it in the last cycle.

    Raises Refused without a reason and where none is set by hand, Stale where it is another one
    than `seen`.
    """
    actor.require("segment.edit")
    policy = _policy(actor, customer, as_of=as_of)
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say why the rules decide again.")
    locked = _locked(actor, customer, seen=seen)
    standing = SegmentByHand.objects.filter(customer=locked, ended_on=None).first()
    if standing is None:
        raise Refused("The segment of this customer is not set by hand; load the page again.")
    _ended(standing, as_of=as_of)
    before = _membership(locked, policy, as_of=as_of)
    first, *rest = before.also or [{"segment": policy.otherwise, "rule": ""}]
    segment = str(first["segment"])
    _put(
        actor, locked, before, segment=segment, rule=first["rule"], also=rest, is_by_hand=False,
        as_of=as_of, at=at,
    )  # fmt: skip
    record_event(
        actor,
        "segment.cleared",
        standing,
        at=at,
        customer_id=locked.pk,
        segment=segment,
        reason=told,
    )
    return segment


def _assign(
    company: Company, due: SegmentsDue, policy: SegmentsPolicy, *, as_of: date, at: datetime
) -> tuple[int, int]:
    """Return how many memberships or segments changed, and how many customers moved."""
    ended = SegmentByHand.objects.filter(
        company=company, ended_on=None, until_on__lt=as_of
    ).update(ended_on=as_of)
    claims = nw.from_native(due.claims.lazy())
    facts = nw.from_native(due.facts.lazy())
    found = native(
        memberships(facts, claims, by_hand_frame(company, as_of=as_of), otherwise=policy.otherwise)
    )
    lost = native(losing_claims(claims, nw.from_native(found.lazy())))
    # a customer recorded since the facts were read waits for the next cycle
    rows = found.join(standing(company), on="customer_id", how="inner").sort("customer_id")
    before = pl.coalesce("was", "recorded")
    moves = rows.filter(before != pl.col("segment"))
    _add_moves(company, moves.with_columns(before=before), as_of=as_of, at=at)
    changed = write_differences(
        table="dunwell_segmentmembership",
        rows=rows.join(_listed(lost), on="customer_id", how="left")
        .join(_facts(due.facts, policy), on="customer_id", how="left")
        .sort("customer_id")
        .select(
            "customer_id",
            "segment",
            "rule",
            pl.col("also").fill_null("[]"),
            "facts",
            "is_by_hand",
            since_on=pl.when(pl.col("was") == pl.col("segment"))
            .then("since_on")
            .otherwise(pl.lit(as_of)),
            company_id=pl.lit(company.pk, pl.Int64),
            as_of=pl.lit(as_of),
        ),
        company_id=company.pk,
        documents=("also", "facts"),
        ignored=("facts", "as_of"),
    )
    repaired = _record_segments(rows.filter(pl.col("recorded") != pl.col("segment")))
    return max(changed, repaired) + ended, moves.height


def _let_go(company: Company, *, as_of: date) -> int:
    """Forget who was put where by a policy that no longer holds; return how many customers."""
    SegmentByHand.objects.filter(company=company, ended_on=None).update(ended_on=as_of)
    gone, _ = SegmentMembership.objects.filter(company=company).delete()
    return gone


def _add_moves(company: Company, moves: pl.DataFrame, *, as_of: date, at: datetime) -> None:
    insert_rows(
        table="dunwell_segmentmove",
        rows=moves.select(
            "customer_id",
            "before",
            "rule",
            "is_by_hand",
            after="segment",
            by=pl.lit(BY_RULES),
            moved_on=pl.lit(as_of),
            recorded_at=pl.lit(at),
            company_id=pl.lit(company.pk, pl.Int64),
        ),
    )


def _record_segments(rows: pl.DataFrame) -> int:
    """Give customers the segment strategies go by; return how many."""
    for (segment,), group in rows.group_by("segment", maintain_order=True):
        keys = group["customer_id"].to_list()
        for start in range(0, len(keys), CHUNK):
            Customer.objects.filter(pk__in=keys[start : start + CHUNK]).update(segment=segment)
    return rows.height


def _listed(lost: pl.DataFrame) -> pl.DataFrame:
    """Return the losing claims of each customer as a JSON text, as Django would write it."""
    listed: dict[int, list[dict[str, str]]] = {}
    for key, _place, segment, rule in lost.sort("customer_id", "place").iter_rows():
        listed.setdefault(key, []).append({"segment": segment, "rule": rule})
    return pl.DataFrame(
        {"customer_id": list(listed), "also": [json.dumps(told) for told in listed.values()]},
        schema={"customer_id": pl.Int64, "also": pl.String},
    )


def _facts(facts: pl.DataFrame, policy: SegmentsPolicy) -> pl.DataFrame:
    return facts.select("customer_id", facts=pl.struct(*policy.facts).struct.json_encode())


def _policy(actor: Actor, customer: Customer, *, as_of: date) -> SegmentsPolicy:
    open_customer(actor, customer)
    policy = segments_in_force(actor.company, as_of=as_of)
    if policy is None:
        raise Refused(
            f"{actor.company.name} has no segments policy in force. Publish one, or change the "
            "segment among what is agreed with the customer."
        )
    return policy


def _locked(actor: Actor, customer: Customer, *, seen: str | None) -> Customer:
    """Return the customer with its company locked, so that cycle and second clerk wait."""
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if seen is not None and locked.segment != seen:
        raise Stale(
            f"{locked.name} is in segment {locked.segment} meanwhile, not {seen}; "
            "load the page again."
        )
    return locked


def _membership(customer: Customer, policy: SegmentsPolicy, *, as_of: date) -> SegmentMembership:
    """Return the customer's membership; before its first cycle one of the recorded segment."""
    found = SegmentMembership.objects.filter(customer=customer).first()
    return found or SegmentMembership(
        customer=customer,
        company_id=customer.company_id,
        segment=customer.segment or policy.otherwise,
        since_on=as_of,
        as_of=as_of,
    )


def _ended(standing: SegmentByHand, *, as_of: date) -> None:
    rows = SegmentByHand.objects.filter(pk=standing.pk, ended_on=None).update(ended_on=as_of)
    if rows != 1:
        raise Stale("Somebody else has just changed this segment; load the page again.")


def _put(
    actor: Actor,
    customer: Customer,
    membership: SegmentMembership,
    *,
    segment: str,
    rule: str,
    also: list[dict[str, str]],
    is_by_hand: bool,
    as_of: date,
    at: datetime,
) -> None:
    before = membership.segment
    membership.segment, membership.rule, membership.also = segment, rule, also
    membership.is_by_hand = is_by_hand
    if before != segment:
        membership.since_on = as_of
        SegmentMove.objects.create(
            company=actor.company,
            customer=customer,
            before=before,
            after=segment,
            rule=rule,
            is_by_hand=is_by_hand,
            by=actor.name,
            moved_on=as_of,
            recorded_at=at,
        )
    membership.save()
    if customer.segment != segment:
        Customer.objects.filter(pk=customer.pk).update(segment=segment)
