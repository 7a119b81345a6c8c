"""Which segment each customer is in, who else claimed it, and how customers moved between.

Of all segments with a rule that holds, the first in the order of the policy wins; a segment
set by hand wins over all; whoever nobody claims is in `otherwise`. So each customer is in
exactly one segment, whatever the order of the rows.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.schema import Column, Frame
from dunwell.engine.segments_facts import owed_totals
from dunwell.engine.segments_policy import Segment, SegmentsPolicy
from dunwell.engine.segments_rules import holds

BY_HAND: Frame = {
    "customer_id": Column(nw.Int64, "whose segment was set by hand"),
    "hand_segment": Column(nw.String, "the segment"),
}
CLAIMS: Frame = {
    "customer_id": Column(nw.Int64, "who is claimed"),
    "place": Column(nw.Int32, "position of the segment in the policy, 1 = first"),
    "segment": Column(nw.String, "segment that claims"),
    "rule": Column(nw.String, "its first rule that holds"),
}
MEMBERSHIPS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "segment": Column(nw.String, "the segment"),
    "rule": Column(nw.String, "rule that won; empty by hand and for `otherwise`"),
    "is_by_hand": Column(nw.Boolean, "set by hand"),
}
MOVES: Frame = {
    "move_id": Column(nw.Int64, "key; of two moves of a day the greater is the later"),
    "customer_id": Column(nw.Int64, "who moved"),
    "before": Column(nw.String, "segment before"),
    "moved_day": Column(nw.Int32, "day of the move"),
}
NOW: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "segment": Column(nw.String, "segment now"),
    "known_day": Column(nw.Int32, "first day the customer is known"),
}
MOVEMENT: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "before": Column(nw.String, "segment before the period, empty: not known yet"),
    "after": Column(nw.String, "segment at its end"),
}
MATRIX: Frame = {
    "before": Column(nw.String, "segment before the period, empty: not known yet"),
    "after": Column(nw.String, "segment at its end"),
    "customers": Column(nw.Int64, "number of customers"),
    "owed_minor": Column(nw.Int64, "what they owe, home minor units"),
    "overdue_minor": Column(nw.Int64, "of that, what is past due"),
    "without_rate": Column(nw.Int64, "customers whose amount is unknown for want of a rate"),
}


def claims(facts: nw.LazyFrame, policy: SegmentsPolicy) -> nw.LazyFrame:
    """Return every claim of a segment on a customer, in columns CLAIMS.

    `facts` has columns CUSTOMER_FACTS. The policy has at least one segment.
    """
    return nw.concat(
        [_claims(facts, place, segment) for place, segment in enumerate(policy.segments, 1)],
        how="vertical",
    )


def memberships(
    customers: nw.LazyFrame, claims: nw.LazyFrame, by_hand: nw.LazyFrame, *, otherwise: str
) -> nw.LazyFrame:
    """Return exactly one row per customer, in columns MEMBERSHIPS.

    `customers` has a column customer_id, `claims` columns CLAIMS, `by_hand` BY_HAND.
    """
    first = claims.group_by("customer_id").agg(place=nw.col("place").min())
    won = claims.join(first, on=["customer_id", "place"], how="inner")
    is_by_hand = ~nw.col("hand_segment").is_null()
    return (
        customers.select("customer_id")
        .join(won, on="customer_id", how="left")
        .join(by_hand, on="customer_id", how="left")
        .with_columns(
            is_by_hand=is_by_hand,
            rule=nw.when(~is_by_hand).then(nw.col("rule")).otherwise(nw.lit("")).fill_null(""),
            segment=nw.when(is_by_hand)
            .then(nw.col("hand_segment"))
            .otherwise(nw.col("segment"))
            .fill_null(otherwise),
        )
        .select(*MEMBERSHIPS)
    )


def losing_claims(claims: nw.LazyFrame, memberships: nw.LazyFrame) -> nw.LazyFrame:
    """Return the claims that did not win, in columns CLAIMS: all of them where a hand decided."""
    first = claims.group_by("customer_id").agg(first_place=nw.col("place").min())
    return (
        claims.join(first, on="customer_id", how="inner")
        .join(memberships.select("customer_id", "is_by_hand"), on="customer_id", how="inner")
        .filter(nw.col("is_by_hand") | (nw.col("place") > nw.col("first_place")))
        .select(*CLAIMS)
    )


def movement(
    now: nw.LazyFrame, moves: nw.LazyFrame, *, from_on: date, until_on: date
) -> nw.LazyFrame:
    """Return where each customer known by `until_on` was before `from_on` and at the end of it.

    `now` has columns NOW, `moves` MOVES. Every customer has one row, in columns MOVEMENT: the
    segment on a day is the `before` of the first move after it, else the one of now.
    """
    known = now.filter(nw.col("known_day") <= day_number(until_on))
    first = day_number(from_on)
    began = _segment_on(known, moves, day=first - 1).rename({"found": "before"})
    ended = _segment_on(known, moves, day=day_number(until_on)).rename({"found": "after"})
    is_new = nw.col("known_day") >= first
    return (
        known.join(began, on="customer_id", how="inner")
        .join(ended, on="customer_id", how="inner")
        .with_columns(before=nw.when(is_new).then(nw.lit("")).otherwise(nw.col("before")))
        .select(*MOVEMENT)
    )


def movement_matrix(movement: nw.LazyFrame, owed: nw.LazyFrame) -> nw.LazyFrame:
    """Return customers and money by (before, after), in columns MATRIX.

    `owed`: customer_id, owed_minor and overdue_minor at home, empty where a rate is missing.
    Rows of one `before` sum to all who were there, those of one `after` to all who are.
    """
    return owed_totals(movement, owed, "before", "after").select(*MATRIX)


def _claims(facts: nw.LazyFrame, place: int, segment: Segment) -> nw.LazyFrame:
    name = nw.lit(None, nw.String)
    for rule in reversed(segment.rules):
        name = nw.when(holds(rule.conditions)).then(nw.lit(rule.name)).otherwise(name)
    return (
        facts.with_columns(
            place=nw.lit(place, nw.Int32), claimed_by=nw.lit(segment.name), rule=name
        )
        .filter(~nw.col("rule").is_null())
        .select("customer_id", "place", segment=nw.col("claimed_by"), rule=nw.col("rule"))
    )


def _segment_on(now: nw.LazyFrame, moves: nw.LazyFrame, *, day: int) -> nw.LazyFrame:
    """Return customer_id and `found`, its segment on a day."""
    later = moves.filter(nw.col("moved_day") > day)
    soonest = later.group_by("customer_id").agg(moved_day=nw.col("moved_day").min())
    that_day = later.join(soonest, on=["customer_id", "moved_day"], how="inner")
    first = that_day.group_by("customer_id").agg(move_id=nw.col("move_id").min())
    before = that_day.join(first, on=["customer_id", "move_id"], how="inner")
    return (
        now.join(before.select("customer_id", "before"), on="customer_id", how="left")
        .with_columns(found=nw.col("before").fill_null(nw.col("segment")))
        .select("customer_id", "found")
    )
