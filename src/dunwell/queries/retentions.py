"""Retentions and parts of schedules: what is held back, until when, and what it is worth today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.retentions import Held, ItemPart, parts_of, worth_today
from dunwell.models import Company, OpenItem, Retention
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.provision_policies import provisions_policy

YEARS = ((0, "due"), (365, "within 1 year"), (730, "1 to 2 years"), (1_825, "2 to 5 years"))
LATER = "later"
"""Classes of how long a part is still held, in days, and the one beyond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionRow:
    """A part of an item with its own day, in minor units of its currency.

    `open_minor` is what is left of it (other parts are paid first), `worth_minor` what that is
    worth today, `days` until it is due, below 0 when it is late.
    """

    id: int
    status: str
    status_label: str
    kind: str
    kind_label: str
    customer_id: int
    customer_name: str
    item_id: int
    number: str
    currency: str
    amount_minor: int
    open_minor: int
    worth_minor: int
    due_on: date
    days: int
    span: str
    event: str
    evidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionTotal:
    """What is held in one currency and one class of time."""

    currency: str
    span: str
    parts: int
    open_minor: int
    worth_minor: int

    @property
    def discount_minor(self) -> int:
        """Return what waiting costs."""
        return self.open_minor - self.worth_minor


def retention_list(
    company: Company, *, as_of: date, status: str = "held", customer_id: int | None = None
) -> tuple[RetentionRow, ...]:
    """Return the parts of a status ("" for all) by their days; three queries."""
    rate = provisions_policy(company, as_of=as_of).policy.discount_ppm
    found = Retention.objects.filter(company=company).select_related("item", "customer")
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    rows = list(found.order_by("due_on", "pk"))
    opened = dict(
        OpenItem.objects.filter(item__in={row.item_id for row in rows}).values_list(
            "item", "open_minor"
        )
    )
    parts = _parts(rows, opened)
    return tuple(_row(row, parts.get(row.pk), rate, as_of=as_of) for row in rows)


def retention_page(
    rows: Sequence[RetentionRow], *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[RetentionRow]:
    """Return one page of `retention_list`, in its order."""
    limit = page_limit(limit)
    if cursor:
        due_on, key = read_cursor(cursor, (date, int))
        rows = [row for row in rows if (row.due_on, row.id) > (due_on, key)]
    return page_of(rows[: limit + 1], limit=limit, key=lambda row: (row.due_on, row.id))


def retention_totals(rows: Sequence[RetentionRow]) -> tuple[RetentionTotal, ...]:
    """Return what is held by currency and class of time; the rows sum to it."""
    order = [name for _, name in YEARS] + [LATER]
    sums: dict[tuple[str, int], list[int]] = {}
    for row in rows:
        if row.status != Retention.Status.HELD:
            continue
        found = sums.setdefault((row.currency, order.index(row.span)), [0, 0, 0])
        found[0] += 1
        found[1] += row.open_minor
        found[2] += row.worth_minor
    return tuple(
        RetentionTotal(
            currency=currency,
            span=order[place],
            parts=found[0],
            open_minor=found[1],
            worth_minor=found[2],
        )
        for (currency, place), found in sorted(sums.items())
    )


def _parts(rows: Sequence[Retention], opened: dict[int, int]) -> dict[int, ItemPart]:
    """Return what is open of each part, by key of the retention."""
    by_item: dict[int, list[Retention]] = {}
    for row in rows:
        if row.status == Retention.Status.HELD:
            by_item.setdefault(row.item_id, []).append(row)
    return {
        part.key: part
        for item_id, found in by_item.items()
        for part in parts_of(
            open_minor=opened.get(item_id, 0),
            due_on=found[0].item.due_on,
            held=[
                Held(key=one.pk, due_on=one.due_on, amount_minor=one.amount_minor) for one in found
            ],
        )
        if part.key is not None
    }


def _row(row: Retention, part: ItemPart | None, rate_ppm: int, *, as_of: date) -> RetentionRow:
    days = (row.due_on - as_of).days
    return RetentionRow(
        id=row.pk,
        status=row.status,
        status_label=str(Retention.Status(row.status).label),
        kind=row.kind,
        kind_label=str(Retention.Kind(row.kind).label),
        customer_id=row.customer_id,
        customer_name=row.customer.name,
        item_id=row.item_id,
        number=row.item.number,
        currency=row.item.currency,
        amount_minor=row.amount_minor,
        open_minor=part.open_minor if part is not None else 0,
        worth_minor=worth_today(part, rate_ppm=rate_ppm, as_of=as_of) if part is not None else 0,
        due_on=row.due_on,
        days=days,
        span=next((name for most, name in YEARS if days <= most), LATER),
        event=row.event,
        evidence=row.evidence,
    )
