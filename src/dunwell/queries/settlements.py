"""Settlements as pages and the API show them: what is offered, agreed, paid and given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from dunwell.models import Company, Settlement
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Settlement.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementRow:
    """One settlement; amounts in minor units of `currency`, open = pay + concession."""

    id: int
    number: str
    status: str
    status_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int
    pay_minor: int
    concession_minor: int
    pay_by_on: date
    expires_on: date
    proposed_by: str
    proposed_on: date
    accepted_on: date | None
    ended_on: date | None
    items: int

    @property
    def concession_ppm(self) -> int:
        """Return the share of the debt that is given up."""
        return self.concession_minor * 1_000_000 // self.open_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementLine:
    """An item of a settlement: open when it was offered, given up of it, open now."""

    item_id: int
    number: str
    due_on: date
    open_minor: int
    concession_minor: int
    open_now_minor: int
    is_given_up: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementDetail:
    """One settlement with its items, what it was worth, and on whose authority it stands."""

    row: SettlementRow
    lines: tuple[SettlementLine, ...]
    reason: str
    source: str
    approved_by: str
    worth: Mapping[str, Any]
    authority: Mapping[str, Any]
    acceptance: Mapping[str, Any]

    @property
    def given_minor(self) -> int:
        """Return what its lines give up: as agreed, or as it came out once it is paid."""
        return sum(line.concession_minor for line in self.lines)

    @property
    def open_now_minor(self) -> int:
        """Return what is open on its items now."""
        return sum(line.open_now_minor for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementTotal:
    """What settlements of one status sum to in one currency."""

    status: str
    currency: str
    settlements: int
    open_minor: int
    pay_minor: int
    concession_minor: int


def settlement_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SettlementRow]:
    """Return one page of settlements, the newest first; an empty `status` shows all."""
    found = Settlement.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .annotate(n_items=Count("lines"))
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [_row(one, one.n_items) for one in rows], limit=limit, key=lambda row: (row.id,)
    )


def settlement_detail(company: Company, settlement_id: int) -> SettlementDetail | None:
    """Return one settlement of the company with its items, or None; two queries."""
    settlement = (
        Settlement.objects.filter(company=company, pk=settlement_id)
        .select_related("customer")
        .first()
    )
    if settlement is None:
        return None
    lines = tuple(
        SettlementLine(
            item_id=line.item_id,
            number=line.item.number,
            due_on=line.item.due_on,
            open_minor=line.open_minor,
            concession_minor=line.concession_minor,
            open_now_minor=line.item.open_now.open_minor if hasattr(line.item, "open_now") else 0,
            is_given_up=line.adjustment_id is not None,
        )
        for line in settlement.lines.select_related("item__open_now").order_by(
            "item__due_on", "item"
        )
    )
    return SettlementDetail(
        row=_row(settlement, len(lines)),
        lines=lines,
        reason=settlement.reason,
        source=settlement.source,
        approved_by=settlement.approved_by,
        worth=settlement.worth,
        authority=settlement.authority,
        acceptance=settlement.acceptance,
    )


def settlement_totals(company: Company) -> tuple[SettlementTotal, ...]:
    """Return how many settlements there are of each status, and their sums per currency."""
    found = (
        Settlement.objects.filter(company=company)
        .order_by("status", "currency")
        .values("status", "currency")
        .annotate(
            n=Count("id"),
            open_sum=Sum("open_minor"),
            pay_sum=Sum("pay_minor"),
            concession_sum=Sum("concession_minor"),
        )
    )
    return tuple(
        SettlementTotal(
            status=row["status"],
            currency=row["currency"],
            settlements=row["n"],
            open_minor=row["open_sum"],
            pay_minor=row["pay_sum"],
            concession_minor=row["concession_sum"],
        )
        for row in found
    )


def _row(settlement: Settlement, items: int) -> SettlementRow:
    customer = settlement.customer
    return SettlementRow(
        id=settlement.pk,
        number=settlement.number,
        status=settlement.status,
        status_label=str(Status(settlement.status).label),
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        currency=settlement.currency,
        open_minor=settlement.open_minor,
        pay_minor=settlement.pay_minor,
        concession_minor=settlement.concession_minor,
        pay_by_on=settlement.pay_by_on,
        expires_on=settlement.expires_on,
        proposed_by=settlement.proposed_by,
        proposed_on=settlement.proposed_on,
        accepted_on=settlement.accepted_on,
        ended_on=settlement.ended_on,
        items=items,
    )
