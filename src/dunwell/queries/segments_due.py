"""What a day's cycle says of segments and pools: claims of the rules, customers of each pool."""

# what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.segments import BY_HAND, CLAIMS, NOW, claims
from dunwell.engine.segments_policy import SegmentsPolicy, read_segments_policy
from dunwell.engine.segments_rules import POOL_FACTS, holds, read_conditions
from dunwell.models import Company, PolicyVersion, Pool, SegmentMembership
from dunwell.queries.frames import day, read_frame, read_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.policy_documents import document_in_force
from dunwell.queries.reminders import native
from dunwell.queries.segments_facts import facts_frame


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolFound:
    """The customers a pool's rule holds for, and the version of the pool it was read from."""

    pool_id: int
    version: int
    customers: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentsDue:
    """The claims of the policy in force (None: no segments) on every customer, and the pools."""

    policy: SegmentsPolicy | None
    facts: pl.DataFrame
    claims: pl.DataFrame
    pools: tuple[PoolFound, ...]


def segments_in_force(company: Company, *, as_of: date) -> SegmentsPolicy | None:
    """Return the company's own segments policy of a day, None without one or without segments."""
    found = document_in_force(company, PolicyVersion.Kind.SEGMENTS, as_of=as_of)
    if found.version_id is None:
        return None
    policy = read_segments_policy(found.document)
    return policy if policy.segments else None


def segments_due(books: Books, *, as_of: date) -> SegmentsDue | None:
    """Return what the rules say of every customer on a day, None where nobody asks for it.

    Without a policy, but with customers a former one has put into segments, there is something
    to do as well: they are let go.
    """
    company = books.company
    policy = segments_in_force(company, as_of=as_of)
    pools = list(Pool.objects.filter(company=company).order_by("id"))
    is_wanted = policy is not None or bool(pools)
    if not is_wanted and not SegmentMembership.objects.filter(company=company).exists():
        return None
    facts = facts_frame(books, as_of=as_of)
    return SegmentsDue(
        policy=policy,
        facts=native(facts),
        claims=claimed(facts, policy),
        pools=tuple(
            PoolFound(pool_id=pool.pk, version=pool.version, customers=chosen(facts, pool.rule))
            for pool in pools
        ),
    )


def claimed(facts: nw.LazyFrame, policy: SegmentsPolicy | None) -> pl.DataFrame:
    """Return the claims of a policy, in columns CLAIMS; none without one."""
    if policy is None or not policy.segments:
        return pl.DataFrame(
            schema={"customer_id": pl.Int64, "place": pl.Int32, "segment": pl.String,
                    "rule": pl.String}
        )  # fmt: skip
    return native(claims(facts, policy)).select(*CLAIMS)


def chosen(facts: nw.LazyFrame, rule: dict[str, object]) -> list[int]:
    """Return the customers a pool's rule holds for, by key; raise DocumentError for no rule."""
    conditions = read_conditions(rule, "pool", facts=POOL_FACTS)
    found = native(facts.filter(holds(conditions)).select("customer_id"))
    return found["customer_id"].sort().to_list()


def by_hand_frame(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return the segments set by hand that hold on a day, in columns BY_HAND."""
    return read_frame(
        "SELECT b.customer_id, b.segment FROM dunwell_segmentbyhand b WHERE b.company_id = %s "
        "AND b.ended_on IS NULL AND b.from_on <= %s "
        "AND (b.until_on IS NULL OR b.until_on >= %s)",
        [company.pk, as_of, as_of],
        BY_HAND,
    )


def now_frame(company: Company) -> nw.LazyFrame:
    """Return every customer's segment now, in columns NOW.

    A customer is known from its first item on, or from the day it was recorded.
    """
    found = kept_frame(
        company,
        "segments_now",
        lambda: native(_now(company)),
        is_worth=lambda rows: rows.height >= MANY_CUSTOMERS,
    )
    return nw.from_native(found.lazy())


def _now(company: Company) -> nw.LazyFrame:
    known = day("COALESCE(i.first_on, DATE(c.recorded_at))")
    return read_frame(
        f"SELECT c.id, c.segment, {known} FROM dunwell_customer c "
        "LEFT JOIN (SELECT customer_id, MIN(issued_on) AS first_on FROM dunwell_item "
        "WHERE company_id = %s GROUP BY customer_id) i ON i.customer_id = c.id "
        "WHERE c.company_id = %s",
        [company.pk, company.pk],
        NOW,
    )


def standing(company: Company) -> pl.DataFrame:
    """Return each customer's segment as recorded, and its membership's segment and day."""
    return read_rows(
        "SELECT c.id, c.segment, m.segment, m.since_on FROM dunwell_customer c "
        "LEFT JOIN dunwell_segmentmembership m ON m.customer_id = c.id WHERE c.company_id = %s",
        [company.pk],
        {"customer_id": pl.Int64, "recorded": pl.String, "was": pl.String, "since_on": pl.Date},
    )
