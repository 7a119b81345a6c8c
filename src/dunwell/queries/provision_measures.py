"""The allowance of a day as it comes out: lines, items, and what moved since the run before."""

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Q, Sum

from dunwell.engine.loss_rates import EVERYONE, RateRow, scalar_on, shown_ppm
from dunwell.engine.money import part
from dunwell.engine.provisions import (
    Line,
    Move,
    Moved,
    Pool,
    PoolRate,
    line,
    loss_of,
    present_value,
    roll_forward,
    shares,
)
from dunwell.engine.provisions_policy import ProvisionsPolicy
from dunwell.models import Adjustment, Company, LossAssessment, ProvisionRun
from dunwell.queries.provision_book import RETAINED, BookPart, book_frames, provision_book
from dunwell.queries.provision_classes import RatedClasses
from dunwell.queries.provision_history import merged, own_rates
from dunwell.queries.provision_policies import provisions_policy

PPM = 1_000_000
MATRIX, RATED, INDIVIDUAL = "matrix", "rated", "individual"
CONTENT = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "segment": pl.String,
    "place": pl.Int32,
    "currency": pl.String,
    "days_past_due": pl.Int32,
    "gross_minor": pl.Int64,
    "covered_minor": pl.Int64,
    "allowance_minor": pl.Int64,
    "home_allowance_minor": pl.Int64,
}
"""Columns of a run's content: one row per open part of an item."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredLine:
    """A line with its amounts in its own currency and at home."""

    line: Line
    customer_id: int | None
    home_gross_minor: int
    home_covered_minor: int
    home_allowance_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What a run keeps; `digest` is the same whenever the same comes out again."""

    as_of: date
    standard: str
    policy: str
    policy_version: int | None
    currency: str
    lines: tuple[MeasuredLine, ...]
    moves: Mapping[str, Move]
    items: int
    content: bytes
    content_sha256: str
    tables: Mapping[str, Any]
    digest: str
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Group:
    """Parts that share a line, in the order of the book."""

    pool: Pool
    rate: PoolRate
    customer_id: int | None
    parts: tuple[BookPart, ...]
    allowance_minor: int | None = None


def measured(company: Company, *, as_of: date, previous: ProvisionRun | None) -> Measured:
    """Return the allowance of a day under the policy in force, rolled on from the run before.

    Some 14 queries. `missing` names currencies without a rate: then nothing may be kept.
    """
    in_force = provisions_policy(company, as_of=as_of)
    policy = in_force.policy
    frames = book_frames(company, policy=policy, as_of=as_of)
    book = provision_book(company, frames, policy=policy, as_of=as_of)
    table: Mapping[str, RateRow] = policy.table
    if policy.source == "own":
        own = own_rates(
            policy,
            items=frames.items,
            allocations=frames.allocations,
            pools=frames.pools,
            rates=frames.rates,
            as_of=as_of,
        )
        table = merged(policy.table, own)
    groups = _groups(company, book.parts, policy, table, as_of=as_of)
    lines, rows = _lines(groups, frames.rates)
    out = io.BytesIO()
    content = pl.DataFrame(rows, schema=CONTENT, orient="row")
    content.write_parquet(out, compression="zstd", statistics=False)
    tables = _tables(policy, table, frames.rates, book.credit_minor, as_of=as_of)
    pools = dict(frames.pools.select("customer_id", "pool").iter_rows())
    used = _used(company, previous, pools, as_of=as_of) if previous is not None else {}
    moves = _moves(content, frames.rates, previous, used)
    told = [
        [asdict(one.line.pool), str(one.line.rate.rate), one.line.allowance_minor, one.customer_id]
        for one in lines
    ]
    kept = {"lines": told, "tables": tables, "moves": {k: asdict(m) for k, m in moves.items()}}
    return Measured(
        as_of=as_of,
        standard=policy.standard,
        policy=policy.name,
        policy_version=in_force.version_id,
        currency=company.currency,
        lines=tuple(lines),
        moves=moves,
        items=content["item_id"].n_unique(),
        content=out.getvalue(),
        content_sha256=hashlib.sha256(out.getvalue()).hexdigest(),
        tables=tables,
        digest=hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
        missing=book.missing,
    )


def read_content(content: bytes | memoryview) -> pl.DataFrame:
    """Return a run's items in columns CONTENT."""
    return pl.read_parquet(io.BytesIO(bytes(content)))


def _groups(
    company: Company,
    parts: Sequence[BookPart],
    policy: ProvisionsPolicy,
    table: Mapping[str, RateRow],
    *,
    as_of: date,
) -> list[_Group]:
    """Return the lines to be: one by one first, then by rating, then the matrix."""
    named: dict[tuple[int, str], list[BookPart]] = defaultdict(list)
    pooled: dict[tuple[str, str, str, str], list[BookPart]] = defaultdict(list)
    assessed = _assessed(company, as_of=as_of)
    classes = RatedClasses(company, as_of=as_of) if policy.rated else None
    for one in parts:
        found = assessed.get(("item", one.item_id)) or assessed.get(("customer", one.customer_id))
        if found is not None:
            named[found.pk, one.currency].append(one)
        elif classes is not None and one.pool in policy.rated:
            late = one.days_past_due > policy.default_days
            pooled[
                RATED, one.pool, classes.bucket(one.customer_id, is_default=late), one.currency
            ].append(one)
        else:
            pooled[MATRIX, one.pool, one.bucket, one.currency].append(one)
    by_key = {found.pk: found for found in assessed.values()}
    groups = [
        _individual(by_key[key], currency, found, as_of=as_of)
        for (key, currency), found in sorted(named.items())
    ]
    order = {name: place for place, name in enumerate((*policy.buckets, RETAINED))}
    for key in sorted(pooled, key=lambda key: (key[0], key[1], order.get(key[2], -1), *key[2:])):
        method, segment, bucket, currency = key
        if method == RATED and classes is not None:
            rate = PoolRate(
                rate=classes.rate(bucket),
                overlay=scalar_on(policy.overlays, segment, as_of=as_of),
                basis=classes.basis(bucket),
            )
        else:
            at = policy.buckets[0] if bucket == RETAINED else bucket
            rate = policy.rate(table, segment, at, as_of=as_of)
        pool = _pool(method, segment, bucket, currency, pooled[key])
        groups.append(_Group(pool=pool, rate=rate, customer_id=None, parts=tuple(pooled[key])))
    return groups


def _pool(
    method: str, segment: str, bucket: str, currency: str, parts: Sequence[BookPart]
) -> Pool:
    return Pool(
        method=method,
        segment=segment,
        bucket=bucket,
        currency=currency,
        items=len({one.item_id for one in parts}),
        gross_minor=sum(one.gross_minor for one in parts),
        covered_minor=sum(one.covered_minor for one in parts),
        base_minor=sum(one.base_minor for one in parts),
    )


def _individual(
    found: LossAssessment, currency: str, parts: Sequence[BookPart], *, as_of: date
) -> _Group:
    """Return the line of an assessed customer or item: a share of it, or what is not expected."""
    pool = _pool(INDIVIDUAL, parts[0].pool, "assessed", currency, parts)
    net = pool.gross_minor - pool.covered_minor
    expected = None
    if found.loss_ppm is None:
        flows = [(date.fromisoformat(day), minor) for day, minor in found.flows]
        expected = (
            present_value(flows, rate_ppm=found.discount_ppm, as_of=as_of)
            if currency == found.currency
            else 0
        )
    loss, rate = loss_of(net_minor=net, loss_ppm=found.loss_ppm, expected_minor=expected)
    basis = f"{found.reason} ({found.evidence})"[:300]
    return _Group(
        pool=pool,
        rate=PoolRate(rate=rate, basis=basis),
        customer_id=found.customer_id,
        parts=tuple(parts),
        allowance_minor=loss,
    )


def _lines(
    groups: Sequence[_Group], rates: Mapping[str, int]
) -> tuple[list[MeasuredLine], list[tuple[Any, ...]]]:
    """Return the lines and the rows of their items; of each line they sum to it."""
    lines, rows = [], []
    for place, group in enumerate(groups, 1):
        pool, ppm = group.pool, rates.get(group.pool.currency, 0)
        if group.allowance_minor is None:
            found = line(pool, group.rate)
        else:
            found = Line(pool=pool, rate=group.rate, allowance_minor=group.allowance_minor)
        home = part(found.allowance_minor, ppm, PPM)
        weights = [max(one.base_minor, 0) for one in group.parts]
        own, at_home = shares(found.allowance_minor, weights), shares(home, weights)
        lines.append(
            MeasuredLine(
                line=found,
                customer_id=group.customer_id,
                home_gross_minor=part(pool.gross_minor, ppm, PPM),
                home_covered_minor=part(pool.covered_minor, ppm, PPM),
                home_allowance_minor=home,
            )
        )
        rows += [
            (
                *(one.item_id, one.customer_id, one.pool, place, one.currency),
                *(one.days_past_due, one.gross_minor, one.covered_minor, minor, home_minor),
            )
            for one, minor, home_minor in zip(group.parts, own, at_home, strict=True)
        ]
    return lines, rows


def _assessed(company: Company, *, as_of: date) -> dict[tuple[str, int], LossAssessment]:
    """Return the assessments in force on a day, by item or customer."""
    status = LossAssessment.Status
    found = LossAssessment.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=as_of),
        company=company,
        status__in=(status.IN_FORCE, status.ENDED),
        from_on__lte=as_of,
    )
    return {
        ("item", one.item_id) if one.item_id is not None else ("customer", one.customer_id): one
        for one in found.order_by("from_on", "pk")
    }


def _tables(
    policy: ProvisionsPolicy,
    table: Mapping[str, RateRow],
    rates: Mapping[str, int],
    credit: Mapping[str, int],
    *,
    as_of: date,
) -> dict[str, Any]:
    """Return what a run was measured by, exact and readable."""
    segments = sorted(table)
    return {
        "buckets": list(policy.buckets),
        "rates": [
            {
                "segment": name,
                "source": table[name].source,
                "left": list(table[name].left),
                "lost": table[name].lost,
                "exact": [f"{one.numerator}/{one.denominator}" for one in table[name].rates],
                "ppm": [shown_ppm(one) for one in table[name].rates],
            }
            for name in segments
        ],
        "overlays": [
            {
                "from_on": one.from_on.isoformat(),
                "segments": list(one.segments),
                "reason": one.reason,
                "source": one.source,
                "scalar_ppm": shown_ppm(one.scalar),
                "scenarios": [asdict(scenario) for scenario in one.scenarios],
            }
            for one in policy.overlays
            if one.from_on <= as_of
        ],
        "fx": dict(sorted(rates.items())),
        "credit": dict(sorted(credit.items())),
        "pool_by": policy.pool_by,
        "everyone": EVERYONE in table,
        "discount_ppm": policy.discount_ppm,
    }


def _moves(
    content: pl.DataFrame,
    rates: Mapping[str, int],
    previous: ProvisionRun | None,
    used: Mapping[int, tuple[str, str, int, int]],
) -> dict[str, Move]:
    """Return the roll-forward since the run before; without one everything is charged."""
    opening = _by_item(read_content(previous.content)) if previous is not None else {}
    return roll_forward(_moved(opening, _by_item(content), used, rates))


def _moved(
    opening: Mapping[int, tuple[str, str, int, int]],
    closing: Mapping[int, tuple[str, str, int, int]],
    used: Mapping[int, tuple[str, str, int, int]],
    rates: Mapping[str, int],
) -> Iterable[Moved]:
    for key in sorted({*opening, *closing, *used}):
        before, after, spent = opening.get(key), closing.get(key), used.get(key)
        known = after or before or used[key]
        ppm = rates.get(known[1], 0)
        now = part(before[2], ppm, PPM) if before is not None else 0
        yield Moved(
            before=before[0] if before is not None else "",
            after=after[0] if after is not None else (known[0] if before is None else ""),
            opening_minor=before[3] if before is not None else 0,
            closing_minor=after[3] if after is not None else 0,
            write_off_minor=part(spent[2], ppm, PPM) if spent is not None else 0,
            recovery_minor=part(spent[3], ppm, PPM) if spent is not None else 0,
            fx_minor=now - before[3] if before is not None else 0,
        )


def _by_item(content: pl.DataFrame) -> dict[int, tuple[str, str, int, int]]:
    """Return segment, currency, allowance and its home value by item."""
    rows = content.group_by("item_id").agg(
        pl.col("segment").first(),
        pl.col("currency").first(),
        pl.col("allowance_minor").sum(),
        pl.col("home_allowance_minor").sum(),
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows.iter_rows()}


def _used(
    company: Company, previous: ProvisionRun, pools: Mapping[int, str], *, as_of: date
) -> dict[int, tuple[str, str, int, int]]:
    """Return what was written off and recovered per item and not counted by the run before."""
    kinds = Adjustment.Kind
    drawn_at: datetime = previous.drawn_at
    rows = (
        Adjustment.objects.filter(
            Q(effective_on__gt=previous.as_of) | Q(recorded_at__gt=drawn_at),
            company=company,
            kind__in=(kinds.WRITE_OFF, kinds.RECOVERY),
            effective_on__lte=as_of,
        )
        .order_by("item")
        .values_list("item", "item__customer", "item__currency")
        .annotate(
            lost=Sum("amount_minor", filter=Q(kind=kinds.WRITE_OFF), default=0),
            back=Sum("amount_minor", filter=Q(kind=kinds.RECOVERY), default=0),
        )
    )
    return {key: (pools[who], code, lost, -back) for key, who, code, lost, back in rows}
