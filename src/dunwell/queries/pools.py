"""Pools as pages and the API show them: how many customers, what they owe, its ageing, people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Count

from dunwell.models import Company, OpenItem, Pool, PoolMember
from dunwell.queries.customers import CustomerRow, owed_by
from dunwell.queries.home import BucketFigure, bucket_figures, bucket_sums
from dunwell.queries.items import bucket_days
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.segments_facts import owed_frame, owed_totals


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolRow:
    """One pool, amounts in home minor units; `rule` as stored, `people` by name.

    `without_rate` customers owe in a currency without a rate and are not in the sums.
    """

    id: int
    name: str
    note: str
    rule: Mapping[str, Any]
    version: int
    people: tuple[str, ...]
    customers: int
    owed_minor: int
    overdue_minor: int
    without_rate: int
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolAging:
    """The ageing of a pool in one currency."""

    currency: str
    open_minor: int
    overdue_minor: int
    buckets: tuple[BucketFigure, ...]


def pool_rows(
    company: Company, *, as_of: date, pool_id: int | None = None, user_id: int | None = None
) -> tuple[PoolRow, ...]:
    """Return the company's pools by name, or one of them; `user_id`: those of a person."""
    pools = Pool.objects.filter(company=company)
    if pool_id is not None:
        pools = pools.filter(pk=pool_id)
    if user_id is not None:
        pools = pools.filter(users=user_id)
    found = list(
        pools.annotate(customers=Count("members", distinct=True))
        .prefetch_related("users")
        .order_by("name")
    )
    members = PoolMember.objects.filter(pool__in=found).values_list("pool", "customer")
    sums = {
        row["pool_id"]: row
        for row in owed_totals(
            pl.DataFrame(
                list(members),
                schema={"pool_id": pl.Int64, "customer_id": pl.Int64},
                orient="row",
            ),
            owed_frame(company, as_of=as_of),
            "pool_id",
        ).iter_rows(named=True)
    }
    return tuple(
        PoolRow(
            id=pool.pk,
            name=pool.name,
            note=pool.note,
            rule=pool.rule,
            version=pool.version,
            people=tuple(sorted(user.username for user in pool.users.all())),
            customers=pool.customers,
            owed_minor=sums[pool.pk]["owed_minor"] if pool.pk in sums else 0,
            overdue_minor=sums[pool.pk]["overdue_minor"] if pool.pk in sums else 0,
            without_rate=sums[pool.pk]["without_rate"] if pool.pk in sums else 0,
            by=pool.by,
            recorded_at=pool.recorded_at,
        )
        for pool in found
    )


def pool_aging(company: Company, pool_id: int, *, as_of: date) -> tuple[PoolAging, ...]:
    """Return the ageing of a pool's customers per currency; one query."""
    items = OpenItem.objects.filter(company=company, customer__pools__pool=pool_id)
    found = []
    days = bucket_days(as_of)
    for row in items.order_by("currency").values("currency").annotate(**bucket_sums(days)):
        buckets = bucket_figures(row)
        found.append(
            PoolAging(
                currency=row["currency"],
                open_minor=sum(bucket.open_minor for bucket in buckets),
                overdue_minor=sum(bucket.open_minor for bucket in buckets[1:]),
                buckets=buckets,
            )
        )
    return tuple(found)


def pool_customers(
    company: Company, pool_id: int, *, as_of: date, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CustomerRow]:
    """Return one page of a pool's customers by name, with what each owes per currency."""
    limit = page_limit(limit)
    order = ("customer__name", "customer")
    members = list(
        PoolMember.objects.filter(pool=pool_id, pool__company=company)
        .filter(after(cursor, order, (str, int)))
        .select_related("customer__collector")
        .order_by(*order)[: limit + 1]
    )
    owed = owed_by([member.customer_id for member in members], as_of=as_of)
    return page_of(
        [
            CustomerRow(
                id=member.customer_id,
                number=member.customer.number,
                name=member.customer.name,
                segment=member.customer.segment,
                country=member.customer.country,
                collector_id=member.customer.collector_id,
                collector=member.customer.collector.username if member.customer.collector else "",
                credit_limit_minor=member.customer.credit_limit_minor,
                is_opted_out=member.customer.is_opted_out,
                owed=owed.get(member.customer_id, ()),
            )
            for member in members
        ],
        limit=limit,
        key=lambda row: (row.name, row.id),
    )


def pool_named(company: Company, pool_id: int | None) -> Pool | None:
    """Return a pool of the company, None where there is no such one; no query without a key."""
    if pool_id is None:
        return None
    return Pool.objects.filter(company=company, pk=pool_id).first()
