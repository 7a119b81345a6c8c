"""Replays of a credit policy: the past they rest on, how they stand, and what they found."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import polars as pl
from django.db.models import Sum

from dunwell.engine.credit_replay import KINDS, Change, PastCheck, PastItem
from dunwell.engine.fx import PPM
from dunwell.engine.money import part
from dunwell.engine.order_facts import CreditFacts, OrderAsk
from dunwell.models import (
    Adjustment,
    Company,
    CreditCheck,
    Customer,
    Item,
    OpenItem,
    PolicyVersion,
    Replay,
)
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of
from dunwell.queries.replays import newest_replays

MONTHS = 12
LATE_DAYS = 90
"""Open for longer past due than this counts as lost."""

ROWS = 200
"""Changes listed on a page; counts are always of all, the export has every row."""

SCHEMA: Mapping[str, type[pl.DataType]] = {
    "on": pl.Date,
    "kind": pl.String,
    "customer_id": pl.Int64,
    "before": pl.String,
    "after": pl.String,
    "amount_minor": pl.Int64,
    "reference": pl.String,
}
"""Columns of the rows a replay keeps: those of a Change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditReplayRow:
    """One replay as lists show it; `done_ppm` says how much of it is done."""

    id: int
    version_id: int
    name: str
    version: int
    from_on: date
    to_on: date
    status: str
    status_label: str
    done_ppm: int
    error: str
    by: str
    recorded_at: datetime
    changes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditChangeRow:
    """A change with its customer."""

    on: date
    kind: str
    customer_id: int
    number: str
    name: str
    before: str
    after: str
    amount_minor: int
    currency: str
    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KindCount:
    """So many changes of a kind, of so many customers, adding up to an amount."""

    kind: str
    changes: int
    customers: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthCount:
    """Changes of each kind on one month's last day, in the order of KINDS."""

    on: date
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditReplayAnswer:
    """What a replay found; `changes` are the first ROWS of a kind (all kinds where empty).

    `all_changes` counts them. `sides`: figures of the last day under the policy of the day and
    under the one in question. `avoided_minor` are lost debts the new one would not have granted,
    `let_in_minor` those only the old one declines; `sales_minor` what it would have refused.
    """

    kinds: tuple[KindCount, ...]
    months: tuple[MonthCount, ...]
    changes: tuple[CreditChangeRow, ...]
    all_changes: int
    sides: Mapping[str, tuple[int, int]]
    avoided_minor: int
    let_in_minor: int
    refused_sales_minor: int
    won_sales_minor: int
    currency: str


def month_ends(as_of: date, *, months: int = MONTHS) -> tuple[date, ...]:
    """Return the last days of the months before a day, the earliest first."""
    found, day = [], as_of.replace(day=1)
    for _ in range(months):
        last = day - timedelta(days=1)
        found.append(last)
        day = last.replace(day=1)
    return tuple(reversed(found))


def credit_replay_rows(
    company: Company, *, version_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CreditReplayRow]:
    """Return one page of replays of credit policies, the newest first."""
    found = newest_replays(
        company, PolicyVersion.Kind.CREDIT, version_id=version_id, cursor=cursor
    )
    limit = page_limit(limit)
    rows = [credit_replay_row(row) for row in found[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def credit_replay_row(found: Replay) -> CreditReplayRow:
    """Return a replay as lists show it."""
    return CreditReplayRow(
        id=found.pk,
        version_id=found.version_id,
        name=found.version.name,
        version=found.version.version,
        from_on=found.from_on,
        to_on=found.to_on,
        status=found.status,
        status_label=str(Replay.Status(found.status).label),
        done_ppm=found.done_days * 1_000_000 // max(found.all_days, 1),
        error=found.error,
        by=found.by,
        recorded_at=found.recorded_at,
        changes=found.summary.get("changes"),
    )


def lost_items(company: Company, *, from_on: date, to_on: date) -> tuple[PastItem, ...]:
    """Return the items of which something was lost: written off since, or late for over 90 days.

    Only what was issued after `from_on` counts. In the company's currency at the rates of
    `to_on`; an amount without a rate is left out. Three queries.
    """
    lost: Counter[int] = Counter()
    written = (
        Adjustment.objects.filter(
            company=company,
            kind=Adjustment.Kind.WRITE_OFF,
            item__issued_on__gt=from_on,
            effective_on__lte=to_on,
        )
        .order_by()
        .values_list("item_id")
        .annotate(total=Sum("amount_minor"))
    )
    for item_id, total in written:
        lost[item_id] += total
    late = OpenItem.objects.filter(
        company=company,
        due_on__lt=to_on - timedelta(days=LATE_DAYS),
        open_minor__gt=0,
        item__issued_on__gt=from_on,
    )
    for item_id, left in late.values_list("item_id", "open_minor"):
        lost[item_id] += left
    return _at_home(company, {key: value for key, value in lost.items() if value > 0}, to_on)


def billed_items(company: Company, *, from_on: date, to_on: date) -> tuple[PastItem, ...]:
    """Return the invoices of a stretch of days: issued after `from_on`, up to `to_on`."""
    found = Item.objects.filter(
        company=company,
        kind=Item.Kind.INVOICE,
        issued_on__gt=from_on,
        issued_on__lte=to_on,
        amount_minor__gt=0,
    )
    return _at_home(company, dict(found.values_list("pk", "amount_minor")), to_on)


def past_checks(company: Company, *, from_on: date, to_on: date) -> list[tuple[PastCheck, int]]:
    """Return the checks of orders of a stretch of days, with the home amount of each order.

    The risk class of the customer is left for the replay to say. Three queries.
    """
    checks = list(
        CreditCheck.objects.filter(company=company, as_of__gt=from_on, as_of__lte=to_on)
        .select_related("customer")
        .order_by("id")
    )
    rates = rates_on(company, {check.currency for check in checks}, as_of=to_on)
    found = []
    for check in checks:
        rate = rates.get(check.currency)
        home = check.amount_minor
        if check.currency != company.currency:
            home = 0 if rate is None else part(home, rate.rate_ppm, PPM)
        found.append((_past_check(company, check), home))
    return found


def credit_replay_answer(
    company: Company, found: Replay, data: bytes, *, kind: str = "", on: date | None = None
) -> CreditReplayAnswer:
    """Return what a replay found, its rows narrowed to a kind and a month's last day."""
    rows = pl.read_parquet(BytesIO(data))
    summary = found.summary
    shown = rows if not kind else rows.filter(pl.col("kind") == kind)
    if on is not None:
        month = pl.col("on").dt.month_end() == on
        shown = shown.filter(month)
    ordered = shown.sort(pl.col("amount_minor").abs(), descending=True, maintain_order=True)
    return CreditReplayAnswer(
        kinds=_kinds(rows, company.currency),
        months=_months(rows),
        changes=_named(company, ordered.head(ROWS)),
        all_changes=shown.height,
        sides={name: (two[0], two[1]) for name, two in summary.get("sides", {}).items()},
        avoided_minor=_sum(rows, "loss", after="decline"),
        let_in_minor=_sum(rows, "loss", before="decline"),
        refused_sales_minor=_sum(rows, "sales", after="decline"),
        won_sales_minor=_sum(rows, "sales", before="decline"),
        currency=company.currency,
    )


def every_credit_change(company: Company, data: bytes) -> tuple[CreditChangeRow, ...]:
    """Return every change a replay kept, by day."""
    return _named(company, pl.read_parquet(BytesIO(data)))


def changes_frame(changes: Collection[Change]) -> pl.DataFrame:
    """Return changes as the rows a replay keeps."""
    return pl.DataFrame([asdict(one) for one in changes], schema=SCHEMA)


def _past_check(company: Company, check: CreditCheck) -> PastCheck:
    request, customer = check.request, check.customer
    ask = OrderAsk(
        number=str(request.get("number", "")),
        currency=check.currency,
        amount_minor=check.amount_minor,
        prepaid_minor=request.get("prepaid_minor", 0),
        delivered_minor=request.get("delivered_minor", 0),
        billed_minor=request.get("billed_minor", 0),
        terms=request.get("terms", ""),
        kind=request.get("kind", ""),
        ordered_on=check.as_of,
        checkpoint=request.get("checkpoint", "order"),
    )
    return PastCheck(
        on=check.as_of,
        decision=check.decision,
        ask=ask,
        customer=CreditFacts(
            customer_id=check.customer_id,
            number=customer.number,
            name=customer.name,
            currency=company.currency,
            accounts=(),
            segment=customer.segment,
            party=customer.party,
            country=customer.country,
        ),
        outcomes=tuple(check.outcomes),
    )


def _at_home(company: Company, amounts: Mapping[int, int], as_of: date) -> tuple[PastItem, ...]:
    found = []
    listed = sorted(amounts)
    items: dict[int, tuple[int, str, date, str]] = {}
    for start in range(0, len(listed), 5_000):
        chunk = Item.objects.filter(company=company, pk__in=listed[start : start + 5_000])
        told = chunk.values_list("pk", "customer_id", "number", "issued_on", "currency")
        items |= {row[0]: row[1:] for row in told}
    rates = rates_on(company, {row[3] for row in items.values()}, as_of=as_of)
    for key in listed:
        customer_id, number, issued_on, currency = items[key]
        amount = amounts[key]
        if currency != company.currency:
            rate = rates.get(currency)
            if rate is None:
                continue
            amount = part(amount, rate.rate_ppm, PPM)
        found.append(
            PastItem(
                customer_id=customer_id, number=number, issued_on=issued_on, amount_minor=amount
            )
        )
    return tuple(found)


def _kinds(rows: pl.DataFrame, currency: str) -> tuple[KindCount, ...]:
    counted = rows.group_by("kind").agg(
        changes=pl.len(),
        customers=pl.col("customer_id").n_unique(),
        amount_minor=pl.col("amount_minor").sum(),
    )
    found = {row["kind"]: row for row in counted.iter_rows(named=True)}
    return tuple(
        KindCount(**found[kind], currency=currency)
        if kind in found
        else KindCount(kind=kind, changes=0, customers=0, amount_minor=0, currency=currency)
        for kind in KINDS
    )


def _months(rows: pl.DataFrame) -> tuple[MonthCount, ...]:
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    counted = rows.group_by(pl.col("on").dt.month_end(), "kind").agg(n=pl.len())
    for on, kind, n in counted.iter_rows():
        counts[on][kind] = n
    return tuple(
        MonthCount(on=on, counts=tuple(counts[on][kind] for kind in KINDS))
        for on in sorted(counts)
    )


def _sum(rows: pl.DataFrame, kind: str, *, before: str = "", after: str = "") -> int:
    found = rows.filter(pl.col("kind") == kind)
    found = found.filter(pl.col("before") == before) if before else found
    found = found.filter(pl.col("after") == after) if after else found
    return int(found["amount_minor"].sum())


def _named(company: Company, rows: pl.DataFrame) -> tuple[CreditChangeRow, ...]:
    keys = rows["customer_id"].unique().to_list()
    names: dict[int, tuple[str, str]] = {}
    for start in range(0, len(keys), 5_000):
        found = Customer.objects.filter(company=company, pk__in=keys[start : start + 5_000])
        names |= {
            key: (number, name) for key, number, name in found.values_list("pk", "number", "name")
        }
    told: list[CreditChangeRow] = []
    for row in rows.iter_rows(named=True):
        number, name = names.get(row["customer_id"], ("", ""))
        fields: dict[str, Any] = {**row, "currency": company.currency}
        told.append(CreditChangeRow(**fields, number=number, name=name))
    return tuple(told)
