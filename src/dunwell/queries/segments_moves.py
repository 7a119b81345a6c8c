"""Movement between segments: over a period, and as a draft of the policy would have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.segments import MOVES, memberships, movement, movement_matrix
from dunwell.engine.segments_policy import SegmentsPolicy, read_segments_policy
from dunwell.formats.policies import read_policy
from dunwell.models import Company, Customer, PolicyVersion
from dunwell.queries.frames import day, read_frame
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import native
from dunwell.queries.segments_due import by_hand_frame, claimed, now_frame, segments_in_force
from dunwell.queries.segments_facts import NOTHING, facts_now, owed_frame, owed_now


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixCell:
    """Customers that were in `before` (empty: not known yet) and are in `after`.

    Amounts are what they owe now, home minor units, without the `without_rate` customers.
    """

    before: str
    after: str
    customers: int
    owed_minor: int
    overdue_minor: int
    without_rate: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedCustomer:
    """One customer of a cell; amounts None for want of a rate."""

    customer_id: int
    customer_number: str
    customer_name: str
    before: str
    after: str
    owed_minor: int | None
    overdue_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """Where every customer was and is, and what they owe: cells sum to all customers."""

    company: Company
    as_of: date
    rows: pl.DataFrame

    @property
    def cells(self) -> tuple[MatrixCell, ...]:
        """Return the cells with a customer, by segment before and after."""
        matrix = movement_matrix(
            nw.from_native(self.rows.lazy()),
            nw.from_native(owed_frame(self.company, as_of=self.as_of).lazy()),
        )
        found = native(matrix).sort("before", "after")
        return tuple(MatrixCell(**row) for row in found.iter_rows(named=True))

    def customers(
        self,
        *,
        before: str | None = None,
        after: str | None = None,
        only_moved: bool = False,
        cursor: str = "",
        limit: int = PAGE_SIZE,
    ) -> Page[MovedCustomer]:
        """Return one page of the customers of a cell, row (`before` alone) or column, by key."""
        found = self.rows.sort("customer_id")
        if before is not None:
            found = found.filter(pl.col("before") == before)
        if after is not None:
            found = found.filter(pl.col("after") == after)
        if only_moved:
            found = found.filter(pl.col("before") != pl.col("after"))
        limit = page_limit(limit)
        if cursor:
            found = found.filter(pl.col("customer_id") > read_cursor(cursor, (int,))[0])
        shown = found.head(limit + 1)
        keys = shown["customer_id"].to_list()
        names = Customer.objects.in_bulk(keys)
        owed = owed_now(self.company, as_of=self.as_of, customers=keys)
        return page_of(
            [
                MovedCustomer(
                    customer_id=key,
                    customer_number=names[key].number,
                    customer_name=names[key].name,
                    before=was,
                    after=now,
                    owed_minor=owed.get(key, NOTHING).owed_minor,
                    overdue_minor=owed.get(key, NOTHING).overdue_minor,
                )
                for key, was, now in shown.select("customer_id", "before", "after").iter_rows()
            ],
            limit=limit,
            key=lambda row: (row.customer_id,),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a version of the policy would do today.

    `unchased`: segments with customers that no strategy in force covers.
    """

    version: PolicyVersion
    policy: SegmentsPolicy
    movement: Movement
    unchased: tuple[str, ...]


def movement_of(company: Company, *, from_on: date, until_on: date, as_of: date) -> Movement:
    """Return where every customer known by `until_on` was before `from_on`, and is at its end.

    Both days are within the period. Raises ValueError for a period upside down.
    """
    if until_on < from_on:
        raise ValueError("The last day lies before the first one.")
    moves = read_frame(
        f"SELECT v.id, v.customer_id, v.before, {day('v.moved_on')} "  # noqa: S608  our own SQL
        "FROM dunwell_segmentmove v WHERE v.company_id = %s AND v.moved_on >= %s",
        [company.pk, from_on],
        MOVES,
    )
    found = movement(now_frame(company), moves, from_on=from_on, until_on=until_on)
    return Movement(company=company, as_of=as_of, rows=native(found))


def preview_of(company: Company, version_id: int, *, as_of: date) -> Preview | None:
    """Return who would move today under a version of the policy, None for no such version.

    Segments set by hand stay. Against the segment each customer is recorded in.
    """
    version = PolicyVersion.objects.filter(
        company=company, pk=version_id, kind=PolicyVersion.Kind.SEGMENTS
    ).first()
    if version is None:
        return None
    policy = read_segments_policy(read_policy(version.text).document)
    facts = facts_now(company, as_of=as_of)
    recorded = facts.select("customer_id", before=nw.col("segment"))
    if policy.segments:
        members = memberships(
            facts,
            nw.from_native(claimed(facts, policy).lazy()),
            by_hand_frame(company, as_of=as_of),
            otherwise=policy.otherwise,
        )
        rows = recorded.join(
            members.select("customer_id", after=nw.col("segment")), on="customer_id", how="inner"
        )
    else:
        rows = recorded.with_columns(after=nw.col("before"))
    moved = Movement(company=company, as_of=as_of, rows=native(rows))
    chased = {
        segment
        for found in strategies_in_force(company, as_of=as_of)
        for segment in found.strategy.segments
    }
    filled = moved.rows["after"].unique().sort().to_list()
    return Preview(
        version=version,
        policy=policy,
        movement=moved,
        unchased=tuple(name for name in filled if name not in chased),
    )


def ordered_segments(
    company: Company, cells: Sequence[MatrixCell], *, as_of: date
) -> tuple[str, ...]:
    """Return the segments of a matrix in the order of the policy, others after them by name."""
    policy = segments_in_force(company, as_of=as_of)
    named = list(policy.names) if policy else []
    met = {name for cell in cells for name in (cell.before, cell.after)} - {""}
    return tuple(name for name in dict.fromkeys([*named, *sorted(met)]) if name in met)
