"""Customers' own lists beside our books: what to compare with, and the comparisons kept."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.money import from_minor
from dunwell.engine.statement_matching import OurEntry
from dunwell.models import (
    Allocation,
    Company,
    Customer,
    Item,
    Payment,
    SupplierStatement,
    SupplierStatementLine,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SETTLED_DAYS = 400
"""So far back settled items and used payments are looked at: an old list may still name them."""

Outcome = SupplierStatementLine.Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierStatementRow:
    """One comparison: our balance less the differences is theirs, in minor units."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    name: str
    sha256: str
    media_type: str
    currency: str
    as_of: date
    our_minor: int
    their_minor: int
    difference_minor: int
    stated_minor: int | None
    counts: tuple[tuple[str, str, int], ...]
    unread: tuple[tuple[int, str], ...]
    by: str
    recorded_at: datetime

    @property
    def different(self) -> int:
        """Return how many lines somebody has to look at."""
        return sum(
            n for outcome, _, n in self.counts if outcome in SupplierStatementLine.DIFFERENT
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierLineRow:
    """One line of a comparison."""

    place: int
    outcome: str
    outcome_label: str
    item_id: int | None
    number: str
    dated_on: date | None
    due_on: date | None
    our_minor: int | None
    their_minor: int | None
    difference_minor: int
    note: str


def our_entries(customer: Customer, currency: str, *, as_of: date) -> list[OurEntry]:
    """Return the account in one currency, document by document, as it is now; four queries.

    Open items and unapplied money, and what was settled within SETTLED_DAYS, linked with what it
    was settled with. The sum of what is open is the balance.
    """
    since = as_of - timedelta(days=SETTLED_DAYS)
    items = list(
        Item.objects.filter(customer=customer, currency=currency)
        .filter(Q(open_now__isnull=False) | Q(issued_on__gte=since))
        .select_related("open_now")
        .order_by("id")
    )
    payments = list(
        Payment.objects.filter(customer=customer, currency=currency)
        .annotate(
            used=Coalesce(Sum(Coalesce("allocations__paid_minor", "allocations__amount_minor")), 0)
        )
        .order_by("id")
    )
    payments = [one for one in payments if one.amount_minor != one.used or one.value_on >= since]
    links = _links(customer)
    found = [
        OurEntry(
            key=f"item:{item.pk}",
            number=item.number,
            amount_minor=item.amount_minor,
            open_minor=item.open_now.open_minor if hasattr(item, "open_now") else 0,
            issued_on=item.issued_on,
            due_on=item.due_on,
            reference=item.reference,
            linked=frozenset(links[f"item:{item.pk}"]),
        )
        for item in items
    ]
    found += [
        OurEntry(
            key=f"payment:{one.pk}",
            number=one.number,
            amount_minor=-one.amount_minor,
            open_minor=one.used - one.amount_minor,
            issued_on=one.value_on,
            due_on=one.value_on,
            reference=one.reference[:80],
            linked=frozenset(links[f"payment:{one.pk}"]),
        )
        for one in payments
    ]
    return found


def _links(customer: Customer) -> Mapping[str, set[str]]:
    """Return what was put on what, by the keys of both."""
    links: dict[str, set[str]] = defaultdict(set)
    rows = Allocation.objects.filter(item__customer=customer).values_list(
        "item_id", "payment_id", "counter_item_id"
    )
    for item, payment, counter in rows:
        other = f"payment:{payment}" if payment else f"item:{counter}" if counter else ""
        if other:
            links[f"item:{item}"].add(other)
            links[other].add(f"item:{item}")
    return links


def currencies_of(customer: Customer) -> tuple[str, ...]:
    """Return the currencies in which the customer's account has rows; its own first."""
    codes = set(
        Item.objects.filter(customer=customer)
        .order_by()
        .values_list("currency", flat=True)
        .distinct()
    ) | set(
        Payment.objects.filter(customer=customer)
        .order_by()
        .values_list("currency", flat=True)
        .distinct()
    )
    home = customer.currency or customer.company.currency
    return tuple(sorted(codes or {home}, key=lambda code: (code != home, code)))


def supplier_statement_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SupplierStatementRow]:
    """Return one page of comparisons, the newest first; one query. Raises CursorError."""
    found = SupplierStatement.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).select_related("customer")
    return page_of(
        [_row(row) for row in rows.order_by("-id")[: limit + 1]],
        limit=limit,
        key=lambda row: (row.id,),
    )


def supplier_statement(
    company: Company, key: int, *, customer_id: int | None = None
) -> SupplierStatementRow | None:
    """Return one comparison of the company, and of the customer where one is named, or None."""
    found = SupplierStatement.objects.filter(company=company, pk=key).select_related("customer")
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    row = found.first()
    return _row(row) if row else None


def supplier_lines(
    statement_id: int, *, outcome: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[SupplierLineRow]:
    """Return one page of a comparison's lines in order, of one outcome or of all; one query."""
    found = SupplierStatementLine.objects.filter(statement=statement_id)
    if outcome:
        found = found.filter(outcome=outcome)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("place",), (int,))).order_by("place")[: limit + 1]
    return page_of(
        [
            SupplierLineRow(
                place=row.place,
                outcome=row.outcome,
                outcome_label=str(Outcome(row.outcome).label),
                item_id=row.item_id,
                number=row.number,
                dated_on=row.dated_on,
                due_on=row.due_on,
                our_minor=row.our_minor,
                their_minor=row.their_minor,
                difference_minor=row.difference_minor,
                note=row.note,
            )
            for row in rows
        ],
        limit=limit,
        key=lambda row: (row.place,),
    )


def line_cells(row: SupplierLineRow, currency: str) -> list[str | date | Decimal | None]:
    """Return a line as cells of a file, amounts in whole units of the currency."""

    def amount(minor: int | None) -> Decimal | None:
        return None if minor is None else from_minor(minor, currency)

    told = [row.number, row.outcome_label, row.dated_on, row.due_on, currency]
    amounts = [amount(row.our_minor), amount(row.their_minor), amount(row.difference_minor)]
    return [*told, *amounts, row.note]


def _row(row: SupplierStatement) -> SupplierStatementRow:
    return SupplierStatementRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        name=row.name,
        sha256=row.sha256,
        media_type=row.media_type,
        currency=row.currency,
        as_of=row.as_of,
        our_minor=row.our_minor,
        their_minor=row.their_minor,
        difference_minor=row.difference_minor,
        stated_minor=row.stated_minor,
        counts=tuple(
            (one.value, str(one.label), int(row.counts[one.value]))
            for one in Outcome
            if row.counts.get(one.value)
        ),
        unread=tuple((int(line), str(why)) for line, why in row.unread),
        by=row.by,
        recorded_at=row.recorded_at,
    )
