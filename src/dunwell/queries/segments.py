"""Segments as pages and the API show them: who is in them and why, overlaps, one customer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Q

from dunwell.engine.segments_policy import SegmentsPolicy
from dunwell.engine.strategy import strategy_in_force
from dunwell.models import Company, Customer, SegmentByHand, SegmentMembership, SegmentMove
from dunwell.queries.customers import customers_searched
from dunwell.queries.frames import read_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.segments_due import segments_in_force
from dunwell.queries.segments_facts import NOTHING, HomeOwed, owed_frame, owed_now, owed_totals

SHOWN_MOVES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentRow:
    """One segment, amounts in home minor units.

    `place`: its position in the policy, None for `otherwise` and for segments no policy names.
    `strategy`: the one that chases it, empty where none does. `without_rate` customers owe in a
    currency without a rate and are not in the sums.
    """

    segment: str
    place: int | None
    rules: tuple[str, ...]
    strategy: str
    strategy_id: int | None
    customers: int
    by_hand: int
    owed_minor: int
    overdue_minor: int
    without_rate: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlapRow:
    """Customers in `segment` that `also` claims: it comes later, or a hand decided."""

    segment: str
    also: str
    customers: int
    by_hand: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A segment that claimed a customer and did not win, with its first rule that holds."""

    segment: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRow:
    """A customer of a segment with the rule that won and the claims that lost."""

    customer_id: int
    customer_number: str
    customer_name: str
    segment: str
    rule: str
    is_by_hand: bool
    since_on: date | None
    also: tuple[Claim, ...]
    owed_minor: int | None
    overdue_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentMoveRow:
    """One move of a customer from a segment to another; `by` is `rules` or a person."""

    id: int
    customer_id: int
    customer_name: str
    before: str
    after: str
    rule: str
    is_by_hand: bool
    by: str
    moved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ByHand:
    """A segment set by hand that stands."""

    id: int
    segment: str
    reason: str
    from_on: date
    until_on: date | None
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerSegment:
    """One customer's segment from all sides; `rule` is empty by hand and where no rule holds.

    `facts` are those of the day `decided_on`; None of both before the first cycle with a policy.
    """

    customer_id: int
    customer_name: str
    segment: str
    is_assigned: bool
    rule: str
    since_on: date | None
    decided_on: date | None
    facts: Mapping[str, Any]
    also: tuple[Claim, ...]
    by_hand: ByHand | None
    moves: tuple[SegmentMoveRow, ...]


def segment_choices(company: Company, *, as_of: date) -> tuple[str, ...]:
    """Return the segments a customer can be put into: the policy's, then those of strategies."""
    policy = segments_in_force(company, as_of=as_of)
    named = list(policy.names) if policy else []
    for found in strategies_in_force(company, as_of=as_of):
        named += found.strategy.segments
    return tuple(dict.fromkeys(named))


def segment_rows(company: Company, *, as_of: date) -> tuple[SegmentRow, ...]:
    """Return the segments in the order of the policy, then every other one with a customer."""
    policy = segments_in_force(company, as_of=as_of)
    sums = {row["segment"]: row for row in _sums(company, as_of=as_of).iter_rows(named=True)}
    names = [*(policy.names if policy else ()), *sorted(sums)]
    places = {found.name: n for n, found in enumerate(policy.segments, 1)} if policy else {}
    strategies = strategies_in_force(company, as_of=as_of)
    return tuple(
        _segment_row(
            name,
            policy,
            places.get(name),
            _strategy(strategies, name, as_of),
            sums.get(name, {}),
        )
        for name in dict.fromkeys(names)
    )


def overlap_rows(company: Company) -> tuple[OverlapRow, ...]:
    """Return which segments claim customers of others, the most customers first."""
    counts: Counter[tuple[str, str]] = Counter()
    hands: Counter[tuple[str, str]] = Counter()
    for segment, also, is_by_hand in _overlapping(company).values_list(
        "segment", "also", "is_by_hand"
    ):
        for name in {claim["segment"] for claim in also} - {segment}:
            counts[segment, name] += 1
            hands[segment, name] += is_by_hand
    return tuple(
        OverlapRow(segment=segment, also=also, customers=n, by_hand=hands[segment, also])
        for (segment, also), n in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    )


def member_rows(
    company: Company,
    *,
    as_of: date,
    segment: str = "",
    also: str = "",
    only_by_hand: bool = False,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[MemberRow]:
    """Return one page of the customers of a segment, or of all, by name.

    `also`: only customers that this segment claims too. Rule and claims are those of the last
    cycle with a policy, empty before it.
    """
    found = Customer.objects.filter(company=company)
    if segment:
        found = found.filter(segment=segment)
    if also:
        found = found.filter(segment_membership__in=_claimed_by(company, segment, also))
    if only_by_hand:
        found = found.filter(segment_membership__is_by_hand=True)
    limit = page_limit(limit)
    order = ("name", "id")
    rows = list(
        found.filter(customers_searched(company, search))
        .filter(after(cursor, order, (str, int)))
        .select_related("segment_membership")
        .order_by(*order)[: limit + 1]
    )
    owed = owed_now(company, as_of=as_of, customers=[row.pk for row in rows])
    return page_of(
        [_member(row, owed.get(row.pk, NOTHING)) for row in rows],
        limit=limit,
        key=lambda row: (row.customer_name, row.customer_id),
    )


def move_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SegmentMoveRow]:
    """Return one page of moves, the newest first."""
    found = SegmentMove.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if from_on is not None:
        found = found.filter(moved_on__gte=from_on)
    if until_on is not None:
        found = found.filter(moved_on__lte=until_on)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_move(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def customer_segment(company: Company, customer_id: int, *, as_of: date) -> CustomerSegment | None:
    """Return one customer's segment with its reasons and history; three queries."""
    customer = (
        Customer.objects.filter(company=company, pk=customer_id)
        .select_related("segment_membership")
        .first()
    )
    if customer is None:
        return None
    member: SegmentMembership | None = getattr(customer, "segment_membership", None)
    moves = move_rows(company, customer_id=customer_id, limit=SHOWN_MOVES)
    hand = (
        SegmentByHand.objects.filter(customer=customer, ended_on=None)
        .filter(Q(until_on=None) | Q(until_on__gte=as_of))
        .first()
    )
    return CustomerSegment(
        customer_id=customer.pk,
        customer_name=customer.name,
        segment=customer.segment,
        is_assigned=member is not None,
        rule=member.rule if member else "",
        since_on=member.since_on if member else None,
        decided_on=member.as_of if member else None,
        facts=member.facts if member else {},
        also=_also(member) if member else (),
        by_hand=_by_hand(hand) if hand else None,
        moves=moves.rows,
    )


def _by_hand(hand: SegmentByHand) -> ByHand:
    return ByHand(
        id=hand.pk,
        segment=hand.segment,
        reason=hand.reason,
        from_on=hand.from_on,
        until_on=hand.until_on,
        by=hand.by,
        recorded_at=hand.recorded_at,
    )


def _strategy(strategies: Sequence[Any], segment: str, as_of: date) -> tuple[str, int | None]:
    """Return name and version of the strategy of a segment; nothing where none covers it."""
    found = strategy_in_force([one.strategy for one in strategies], segment, as_of)
    if found is None:
        return "", None
    return found.name, next(one.version_id for one in strategies if one.strategy is found)


def _segment_row(
    name: str,
    policy: SegmentsPolicy | None,
    place: int | None,
    strategy: tuple[str, int | None],
    sums: Mapping[str, int],
) -> SegmentRow:
    rules = policy.segments[place - 1].rules if policy and place else ()
    return SegmentRow(
        segment=name,
        place=place,
        rules=tuple(rule.name for rule in rules),
        strategy=strategy[0],
        strategy_id=strategy[1],
        customers=sums.get("customers", 0),
        by_hand=sums.get("by_hand", 0),
        owed_minor=sums.get("owed_minor", 0),
        overdue_minor=sums.get("overdue_minor", 0),
        without_rate=sums.get("without_rate", 0),
    )


def _sums(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return customers, those put there by hand and what they owe by `segment`."""
    members = read_rows(
        "SELECT c.id, c.segment, CASE WHEN m.is_by_hand THEN 1 ELSE 0 END "
        "FROM dunwell_customer c "
        "LEFT JOIN dunwell_segmentmembership m ON m.customer_id = c.id WHERE c.company_id = %s",
        [company.pk],
        {"customer_id": pl.Int64, "segment": pl.String, "by_hand": pl.Int64},
    )
    return owed_totals(members, owed_frame(company, as_of=as_of), "segment").join(
        members.group_by("segment").agg(pl.col("by_hand").sum()), on="segment"
    )


def _overlapping(company: Company) -> Any:
    return SegmentMembership.objects.filter(company=company).exclude(also=[]).order_by("id")


def _claimed_by(company: Company, segment: str, also: str) -> list[int]:
    """Return the memberships that a segment claims too and does not have."""
    found = _overlapping(company)
    if segment:
        found = found.filter(segment=segment)
    return [
        key
        for key, own, claims in found.values_list("pk", "segment", "also")
        if own != also and any(claim["segment"] == also for claim in claims)
    ]


def _also(member: SegmentMembership) -> tuple[Claim, ...]:
    return tuple(Claim(segment=one["segment"], rule=one["rule"]) for one in member.also)


def _member(customer: Customer, owed: HomeOwed) -> MemberRow:
    found: SegmentMembership | None = getattr(customer, "segment_membership", None)
    return MemberRow(
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        segment=customer.segment,
        rule=found.rule if found else "",
        is_by_hand=found is not None and found.is_by_hand,
        since_on=found.since_on if found else None,
        also=_also(found) if found else (),
        owed_minor=owed.owed_minor,
        overdue_minor=owed.overdue_minor,
    )


def _move(row: SegmentMove) -> SegmentMoveRow:
    return SegmentMoveRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_name=row.customer.name,
        before=row.before,
        after=row.after,
        rule=row.rule,
        is_by_hand=row.is_by_hand,
        by=row.by,
        moved_on=row.moved_on,
    )
