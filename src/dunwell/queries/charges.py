"""Charges as pages, the API and files show them: accrued, billed and waived, with their parts."""

import json
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import Charge, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

Status = Charge.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargePart:
    """Days with one open amount and one yearly rate (ppm); `until_on` is the last of them."""

    from_on: date
    until_on: date
    days: int
    rate_ppm: int
    base_minor: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeRow:
    """One charge: interest of a month, a compensation, or the fee of a level, in minor units."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    rule: str
    period: str
    currency: str
    base_minor: int
    amount_minor: int
    days: int
    from_on: date
    until_on: date
    bill_id: int | None
    bill: str
    waived_by: str
    waived_reason: str
    as_of: date
    parts: tuple[ChargePart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeTotal:
    """Sums of the charges of one currency under a filter, in minor units."""

    currency: str
    charges: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCharges:
    """What one customer owes, was billed and was forgiven in one currency, in minor units."""

    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    accrued_minor: int
    billed_minor: int
    waived_minor: int
    charges: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemCharges:
    """The charges on one item, in order of time, and their sums by what became of them."""

    rows: tuple[ChargeRow, ...]
    accrued_minor: int
    billed_minor: int
    waived_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeFilter:
    """Which charges; what is empty lets all through. `month` is of the form 2026-03."""

    status: str = ""
    kind: str = ""
    customer_id: int | None = None
    currency: str = ""
    month: str = ""

    def rows(self, company: Company) -> QuerySet[Charge]:
        """Return the charges of a company under the filter, unordered."""
        found = Charge.objects.filter(company=company)
        if self.status:
            found = found.filter(status=self.status)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.customer_id is not None:
            found = found.filter(customer=self.customer_id)
        if self.currency:
            found = found.filter(currency=self.currency)
        if self.month:
            year, _, month = self.month.partition("-")
            found = found.filter(until_on__year=int(year), until_on__month=int(month))
        return found


def charge_rows(
    company: Company, only: ChargeFilter, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ChargeRow]:
    """Return one page of charges, the latest time first."""
    limit = page_limit(limit)
    rows = (
        only.rows(company)
        .filter(after(cursor, ("-until_on", "-id"), (date, int)))
        .select_related("customer", "item", "billed_item")
        .order_by("-until_on", "-id")[: limit + 1]
    )
    return page_of(
        [_row(charge) for charge in rows], limit=limit, key=lambda row: (row.until_on, row.id)
    )


def charge_totals(company: Company, only: ChargeFilter) -> tuple[ChargeTotal, ...]:
    """Return the sums of all charges under the same filter, one per currency."""
    sums = (
        only.rows(company)
        .order_by("currency")
        .values_list("currency")
        .annotate(charges=Count("id"), minor=Sum("amount_minor"))
    )
    return tuple(
        ChargeTotal(currency=code, charges=count, amount_minor=int(minor))
        for code, count, minor in sums
    )


def charge_counts(company: Company) -> dict[str, int]:
    """Return how many charges have each status."""
    found = Charge.objects.filter(company=company).order_by("status").values_list("status")
    return dict(found.annotate(count=Count("id")))


def customer_charges(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CustomerCharges]:
    """Return one page of customers with charges, a row per currency, by name."""
    limit = page_limit(limit)
    rows = (
        Charge.objects.filter(company=company)
        .filter(after(cursor, ("customer__name", "customer_id", "currency"), (str, int, str)))
        .order_by("customer__name", "customer_id", "currency")
        .values("customer_id", "customer__number", "customer__name", "currency")
        .annotate(
            charges=Count("id"),
            accrued=Sum("amount_minor", filter=Q(status=Status.ACCRUED), default=0),
            billed=Sum("amount_minor", filter=Q(status=Status.BILLED), default=0),
            waived=Sum("amount_minor", filter=Q(status=Status.WAIVED), default=0),
        )[: limit + 1]
    )
    found = [
        CustomerCharges(
            customer_id=row["customer_id"],
            customer_number=row["customer__number"],
            customer_name=row["customer__name"],
            currency=row["currency"],
            accrued_minor=int(row["accrued"]),
            billed_minor=int(row["billed"]),
            waived_minor=int(row["waived"]),
            charges=row["charges"],
        )
        for row in rows
    ]
    return page_of(
        found, limit=limit, key=lambda row: (row.customer_name, row.customer_id, row.currency)
    )


def item_charges(company: Company, item_id: int) -> ItemCharges:
    """Return the charges on an item with all their parts; one query."""
    rows = tuple(_row(charge) for charge in _of_item(company.pk, item_id))

    def summed(status: str) -> int:
        return sum(row.amount_minor for row in rows if row.status == status)

    return ItemCharges(
        rows=rows,
        accrued_minor=summed(Status.ACCRUED),
        billed_minor=summed(Status.BILLED),
        waived_minor=summed(Status.WAIVED),
    )


@prepared
def _of_item(company_id: int, item_id: int) -> QuerySet[Charge]:
    found = Charge.objects.filter(company=company_id, item=item_id)
    told = found.select_related("customer", "item", "billed_item")
    return told.order_by("kind", "from_on", "id")


def charge_row(company: Company, charge_id: int) -> ChargeRow | None:
    """Return one charge of the company, or None."""
    found = (
        Charge.objects.filter(company=company, pk=charge_id)
        .select_related("customer", "item", "billed_item")
        .first()
    )
    return None if found is None else _row(found)


def _row(charge: Charge) -> ChargeRow:
    customer, bill = charge.customer, charge.billed_item
    return ChargeRow(
        id=charge.pk,
        customer_id=charge.customer_id,
        customer_number=customer.number,
        customer_name=customer.name,
        item_id=charge.item_id,
        item=charge.item.number,
        kind=charge.kind,
        kind_label=str(Charge.Kind(charge.kind).label),
        status=charge.status,
        status_label=str(Status(charge.status).label),
        rule=charge.rule,
        period=charge.period,
        currency=charge.currency,
        base_minor=charge.base_minor,
        amount_minor=charge.amount_minor,
        days=charge.days,
        from_on=charge.from_on,
        until_on=charge.until_on,
        bill_id=charge.billed_item_id,
        bill=bill.number if bill else "",
        waived_by=charge.waived_by,
        waived_reason=charge.waived_reason,
        as_of=charge.as_of,
        parts=_parts(charge.parts),
    )


def _parts(stored: object) -> tuple[ChargePart, ...]:
    listed = json.loads(stored) if isinstance(stored, str) else stored
    if not isinstance(listed, list):
        return ()
    return tuple(
        ChargePart(
            from_on=date.fromisoformat(part["from_on"]),
            until_on=date.fromisoformat(part["until_on"]),
            days=part["days"],
            rate_ppm=part["rate_ppm"],
            base_minor=part["base_minor"],
            source=part["source"],
        )
        for part in listed
    )
