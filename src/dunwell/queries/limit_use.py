"""Limits and how much of them is used: customer by customer, and group by group."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Count, Q, QuerySet

from dunwell.engine.exposure import PPM, Exposure
from dunwell.engine.limits import GroupLimit, LimitInForce, granted, group_limit
from dunwell.models import Company, CreditGroup, CreditGroupMember, Customer
from dunwell.queries.exposure_frames import exposed_frame
from dunwell.queries.exposures import MOST_NAMED, exposures
from dunwell.queries.frames import read_rows
from dunwell.queries.kept_sums import of_large
from dunwell.queries.limit_frames import limit_frame
from dunwell.queries.limits import limits_in_force, scoped_rows
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of, read_cursor

_CUSTOMERS: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    "number": pl.String,
    "segment": pl.String,
    "stated_minor": pl.Int64,
}
ALL, OVER, NONE, SUSPENDED = "", "over", "none", "suspended"
SCOPES = (ALL, OVER, NONE, SUSPENDED)
"""Every customer; those above their limit, without one, and suspended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitUseRow:
    """One customer's limit in force and its use, in minor units of `currency`.

    `exposure_minor` and what follows from it are None where a rate is missing. `free_minor` may
    be below 0. `used_ppm` is None without a limit above 0. `is_over`: more is used than may be.
    """

    customer_id: int
    number: str
    name: str
    segment: str
    currency: str
    limit: LimitInForce
    exposure: Exposure
    limit_minor: int | None
    exposure_minor: int | None
    free_minor: int | None
    used_ppm: int | None
    is_over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class UseFilter:
    """Which customers are asked for; `search` finds them by number or name."""

    scope: str = ALL
    segment: str = ""
    group_id: int | None = None
    search: str = ""


EVERYBODY = UseFilter()


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditGroupRow:
    """A group, its limit, and what its members use of it together."""

    id: int
    name: str
    note: str
    ended_on: date | None
    members: int
    currency: str
    limit: GroupLimit
    limit_minor: int | None
    exposure_minor: int | None
    free_minor: int | None
    used_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupMemberRow:
    """A member of a group with its own exposure and its days there."""

    id: int
    customer_id: int
    number: str
    name: str
    from_on: date
    until_on: date | None
    by: str
    ended_by: str
    is_in: bool
    exposure_minor: int | None


def use_rows(
    company: Company,
    *,
    as_of: date,
    known_on: date | None = None,
    only: UseFilter = EVERYBODY,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[LimitUseRow]:
    """Return one page of customers by number with the limit in force on a day and its use.

    Exposure is of now, at the rates of the day. A scope that rests on the figures reads those of
    all customers first; the number of queries of a scope is fixed.
    """
    if only.scope not in SCOPES:
        raise ValueError(f"There is no list of {only.scope}; use {', '.join(SCOPES)}.")
    limit = page_limit(limit)
    if only.scope == ALL:
        found = _customers(company, only, as_of=as_of)
        chosen = found.filter(after(cursor, ("number", "id"), (str, int)))[: limit + 1]
        rows = _uses(company, chosen, as_of=as_of, known_on=known_on)
        return page_of(rows, limit=limit, key=lambda row: (row.number, row.customer_id))
    last = read_cursor(cursor, (str, int)) if cursor else None
    return _scope_page(company, only, last, limit, as_of=as_of, known_on=known_on)


@of_large
def _scope_page(
    company: Company,
    only: UseFilter,
    last: tuple[Key, ...] | None,
    limit: int,
    *,
    as_of: date,
    known_on: date | None,
) -> Page[LimitUseRow]:
    """Return the page after a customer of a scope that rests on the figures."""
    found = _customers(company, only, as_of=as_of)
    keys = _keys_in(company, found, only.scope, as_of=as_of, known_on=known_on)
    if last is not None:
        keys = [key for key in keys if key > last]
    chosen = found.filter(pk__in=[key for _, key in keys[: limit + 1]])
    rows = _uses(company, chosen, as_of=as_of, known_on=known_on)
    rows.sort(key=lambda row: (row.number, row.customer_id))
    return page_of(rows, limit=limit, key=lambda row: (row.number, row.customer_id))


def group_rows(
    company: Company, *, as_of: date, with_ended: bool = False
) -> tuple[CreditGroupRow, ...]:
    """Return the groups by name with limit and use; the number of queries is fixed."""
    found = CreditGroup.objects.filter(company=company)
    return _group_rows(company, found if with_ended else found.filter(ended_on=None), as_of=as_of)


def _group_rows(
    company: Company, found: QuerySet[CreditGroup], *, as_of: date
) -> tuple[CreditGroupRow, ...]:
    groups = list(found.order_by("name", "id"))
    members = _members(as_of).filter(group__in=[group.pk for group in groups])
    inside: dict[int, list[int]] = {group.pk: [] for group in groups}
    for group_id, customer_id in members.order_by("pk").values_list("group_id", "customer_id"):
        inside[group_id].append(customer_id)
    used = exposures(
        company, as_of=as_of, customer_ids={key for some in inside.values() for key in some}
    )
    rows = scoped_rows(company, group_ids=set(inside))
    return tuple(
        _group(
            company,
            group,
            group_limit(
                group.pk, group.name, granted(rows.get(("group", group.pk), ()), on=as_of)
            ),
            [used[key] for key in inside[group.pk]],
        )
        for group in groups
    )


def _group(
    company: Company, group: CreditGroup, limit: GroupLimit, used: list[Exposure]
) -> CreditGroupRow:
    together = _together(used)
    free, share = _free(limit.limit_minor, together)
    return CreditGroupRow(
        id=group.pk,
        name=group.name,
        note=group.note,
        ended_on=group.ended_on,
        members=len(used),
        currency=company.currency,
        limit=limit,
        limit_minor=limit.limit_minor,
        exposure_minor=together,
        free_minor=free,
        used_ppm=share,
    )


def group_row(company: Company, group_id: int, *, as_of: date) -> CreditGroupRow | None:
    """Return one group with limit and use, None where the company has none of this key."""
    found = CreditGroup.objects.filter(company=company, pk=group_id)
    return next(iter(_group_rows(company, found, as_of=as_of)), None)


def member_rows(company: Company, group_id: int, *, as_of: date) -> tuple[GroupMemberRow, ...]:
    """Return everybody who is, was or will be in a group; those who are in it sum to its use."""
    found = list(
        CreditGroupMember.objects.filter(group=group_id, group__company=company)
        .select_related("customer")
        .order_by("customer__number", "from_on", "id")
    )
    used = exposures(company, as_of=as_of, customer_ids={row.customer_id for row in found})
    return tuple(
        GroupMemberRow(
            id=row.pk,
            customer_id=row.customer_id,
            number=row.customer.number,
            name=row.customer.name,
            from_on=row.from_on,
            until_on=row.until_on,
            by=row.by,
            ended_by=row.ended_by,
            is_in=row.from_on <= as_of and (row.until_on is None or as_of <= row.until_on),
            exposure_minor=used[row.customer_id].exposure_minor,
        )
        for row in found
    )


def segment_sizes(company: Company) -> list[tuple[str, int]]:
    """Return the segments customers are in, with how many there are in each."""
    found = Customer.objects.filter(company=company).exclude(segment="").order_by("segment")
    return list(found.values_list("segment").annotate(n=Count("pk")))


def customers_in(company: Company, *, segment: str = "") -> list[int]:
    """Return the customers of a segment, of all when empty, whatever their limit, by number."""
    found = Customer.objects.filter(company=company)
    if segment:
        found = found.filter(segment=segment)
    return list(found.order_by("number", "id").values_list("pk", flat=True))


def _customers(company: Company, only: UseFilter, *, as_of: date) -> QuerySet[Customer]:
    found = Customer.objects.filter(company=company)
    if only.segment:
        found = found.filter(segment=only.segment)
    if only.group_id is not None:
        inside = _members(as_of).filter(group=only.group_id).values("customer")
        found = found.filter(pk__in=inside)
    if text := only.search.strip().replace("\0", ""):
        found = found.filter(Q(number=text) | Q(name__icontains=text))
    return found.order_by("number", "id")


def _members(as_of: date) -> QuerySet[CreditGroupMember]:
    return CreditGroupMember.objects.filter(from_on__lte=as_of).filter(
        Q(until_on=None) | Q(until_on__gte=as_of)
    )


def _uses(
    company: Company, customers: QuerySet[Customer], *, as_of: date, known_on: date | None
) -> list[LimitUseRow]:
    told = list(customers.values_list("pk", "number", "name", "segment"))
    keys: Collection[int] = [key for key, _, _, _ in told]
    limits = limits_in_force(company, as_of=as_of, known_on=known_on, customer_ids=keys)
    used = exposures(company, as_of=as_of, customer_ids=keys)
    return [
        _use(company, key, number, name, segment, limits[key], used[key])
        for key, number, name, segment in told
    ]


def _use(
    company: Company,
    key: int,
    number: str,
    name: str,
    segment: str,
    limit: LimitInForce,
    used: Exposure,
) -> LimitUseRow:
    free, share = _free(limit.limit_minor, used.exposure_minor)
    return LimitUseRow(
        customer_id=key,
        number=number,
        name=name,
        segment=segment,
        currency=company.currency,
        limit=limit,
        exposure=used,
        limit_minor=limit.limit_minor,
        exposure_minor=used.exposure_minor,
        free_minor=free,
        used_ppm=share,
        is_over=free is not None and free < 0,
    )


def _free(limit_minor: int | None, used_minor: int | None) -> tuple[int | None, int | None]:
    """Return what is left of a limit and the share that is used, rounded down."""
    if limit_minor is None or used_minor is None:
        return None, None
    return limit_minor - used_minor, used_minor * PPM // limit_minor if limit_minor else None


def _keys_in(
    company: Company,
    customers: QuerySet[Customer],
    scope: str,
    *,
    as_of: date,
    known_on: date | None,
) -> list[tuple[str, int]]:
    """Return number and key of the customers in a scope that rests on the figures, in order.

    Sorted here: databases order texts by rules of their own, and a cursor is compared here.
    """
    statement, values = (
        customers.order_by()
        .values_list("pk", "number", "segment", "credit_limit_minor")
        .query.sql_with_params()
    )
    rows = read_rows(statement, values, _CUSTOMERS).sort("number", "customer_id")
    if len(rows) > MOST_NAMED:
        return _keys_of_many(company, rows, scope, as_of=as_of, known_on=known_on)
    told = list(rows.select("number", "customer_id").iter_rows())
    keys = [key for _, key in told]
    limits = limits_in_force(company, as_of=as_of, known_on=known_on, customer_ids=keys)
    if scope == NONE:
        return [one for one in told if limits[one[1]].limit_minor is None]
    if scope == SUSPENDED:
        return [one for one in told if limits[one[1]].is_suspended]
    used = exposures(company, as_of=as_of, customer_ids=keys)
    return [one for one in told if _is_over(limits[one[1]], used[one[1]])]


def _keys_of_many(
    company: Company, rows: pl.DataFrame, scope: str, *, as_of: date, known_on: date | None
) -> list[tuple[str, int]]:
    """Return the same of more customers than are looked at one by one, in columns."""
    limits = limit_frame(company, rows, as_of=as_of, known_on=known_on)
    found = rows.join(limits, on="customer_id", how="left", maintain_order="left")
    if scope == OVER:
        # who is not among the exposed owes nothing
        used = exposed_frame(company, as_of=as_of).rows
        found = found.join(used, on="customer_id", how="inner", maintain_order="left")
    tests = {
        NONE: pl.col("limit_minor").is_null(),
        SUSPENDED: pl.col("is_suspended"),
        OVER: pl.col("exposure_minor") > pl.col("limit_minor"),
    }
    return list(found.filter(tests[scope]).select("number", "customer_id").iter_rows())


def _is_over(limit: LimitInForce, used: Exposure) -> bool:
    free, _ = _free(limit.limit_minor, used.exposure_minor)
    return free is not None and free < 0


def _together(found: Iterable[Exposure]) -> int | None:
    """Return the sum of exposures, None where one of them is not known."""
    total = 0
    for one in found:
        if one.exposure_minor is None:
            return None
        total += one.exposure_minor
    return total
