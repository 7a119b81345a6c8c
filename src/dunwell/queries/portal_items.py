"""A customer's items as the customer sees them: found, sorted, paged, with sums that tie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.engine.aging import BUCKETS
from dunwell.engine.money import LARGEST_MINOR, MINOR_DIGITS
from dunwell.formats.extracts.amounts import number_of
from dunwell.models import Company, Customer, Dispute, Item, PlanItem
from dunwell.queries.items import bucket_condition, disputed_of
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared
from dunwell.queries.promised_amounts import promised_now

OPEN, DUE, OVERDUE, UPCOMING, PAID, DISPUTED, ALL = (
    *("open", "due", "overdue", "upcoming", "paid", "disputed", "all"),
)
STATES = (OPEN, DUE, OVERDUE, UPCOMING, DISPUTED, PAID, ALL)
"""What is open; due today or before; due before today; due later; queried; settled; all."""

SORTS: Mapping[str, tuple[str, type[Key]]] = {
    "due_on": ("due_on", date),
    "issued_on": ("issued_on", date),
    "amount": ("amount_minor", int),
    "number": ("number", str),
}
"""What the list may be sorted by, and the column; a leading "-" turns the order round."""

LONGEST_SEARCH = 80
USUAL_DIGITS = 2
_CODES: Mapping[int, list[str]] = {
    USUAL_DIGITS: [],
    **{
        digits: [code for code, places in MINOR_DIGITS.items() if places == digits]
        for digits in sorted({*MINOR_DIGITS.values()} - {USUAL_DIGITS})
    },
}
"""Currencies by their decimals (ISO 4217); the usual two are those of all others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalItemFilter:
    """Which items; empty fields do not restrict. `search` is a number or an amount."""

    state: str = OPEN
    bucket: str = ""
    currency: str = ""
    due_on: date | None = None
    search: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalItemRow:
    """One item of the customer, amounts in minor units; `state` says where it stands.

    States: paid, credit, disputed, planned, promised, overdue, due, upcoming.
    """

    id: int
    number: str
    kind: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    days_past_due: int
    reference: str
    disputed_minor: int
    promised_minor: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalItemTotal:
    """Sum of the items of one currency under a filter; `disputed_minor` is in query of them."""

    currency: str
    items: int
    amount_minor: int
    open_minor: int
    disputed_minor: int


def portal_item_rows(
    company: Company,
    customer: Customer,
    *,
    as_of: date,
    only: PortalItemFilter,
    sort: str = "due_on",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PortalItemRow]:
    """Return one page of a customer's items; a fixed number of queries.

    Raises ValueError for an unknown state, bucket or sort, CursorError for a cursor of another
    list.
    """
    column, kind = SORTS.get(sort.removeprefix("-"), ("", str))
    if not column:
        raise ValueError(f"This list cannot be sorted by {sort}; use one of {', '.join(SORTS)}.")
    way = "-" if sort.startswith("-") else ""
    order = (f"{way}{column}", f"{way}id")
    limit = page_limit(limit)
    asked = _condition(customer, only, as_of) & after(cursor, order, (kind, int))
    found = _page(asked, order=order, limit=limit)
    return page_of(
        _rows(company, customer, found, as_of),
        limit=limit,
        key=lambda row: (getattr(row, column), row.id),
    )


@prepared
def _page(condition: Q, *, order: tuple[str, ...], limit: int) -> QuerySet[Item]:
    found = Item.objects.filter(condition).select_related("open_now")
    return found.order_by(*order)[: limit + 1]


def portal_item_totals(
    customer: Customer, *, as_of: date, only: PortalItemFilter
) -> tuple[PortalItemTotal, ...]:
    """Return the sums of all items under the same filter, one per currency; two queries."""
    asked = _condition(customer, only, as_of)
    disputed = dict(_disputed_sums(customer.pk, asked))
    return tuple(
        PortalItemTotal(
            currency=code,
            items=n,
            amount_minor=int(total),
            open_minor=int(left or 0),
            disputed_minor=int(disputed.get(code, 0)),
        )
        for code, n, total, left in _sums(asked)
    )


@prepared
def _disputed_sums(customer_id: int, condition: Q) -> QuerySet[Any, tuple[str, int]]:
    found = Dispute.objects.filter(
        customer=customer_id, closed_on=None, item__in=Item.objects.filter(condition)
    )
    sums = found.order_by("item__currency").values_list("item__currency")
    return sums.annotate(minor=Sum("amount_minor"))


@prepared
def _sums(condition: Q) -> QuerySet[Any, tuple[str, int, int, int | None]]:
    sums = Item.objects.filter(condition).order_by("currency").values_list("currency")
    return sums.annotate(
        n=Count("id"), total=Sum("amount_minor"), left=Sum("open_now__open_minor")
    )


def portal_item(
    company: Company, customer: Customer, item_id: int, *, as_of: date
) -> PortalItemRow | None:
    """Return one item of the customer, or None for anybody else's."""
    found = _page(Q(customer=customer, pk=item_id), order=("id",), limit=1)
    return _rows(company, customer, found, as_of)[0] if found else None


def _condition(customer: Customer, only: PortalItemFilter, as_of: date) -> Q:
    if only.state not in STATES:
        raise ValueError(f"There is no list of {only.state} items; use {', '.join(STATES)}.")
    if only.bucket and only.bucket not in BUCKETS:
        raise ValueError(f"There is no bucket {only.bucket}; use {', '.join(BUCKETS)}.")
    disputed = Dispute.objects.filter(customer=customer, closed_on=None)
    states = {
        OPEN: Q(open_now__isnull=False),
        DUE: Q(open_now__isnull=False, due_on__lte=as_of),
        OVERDUE: Q(open_now__isnull=False, due_on__lt=as_of),
        UPCOMING: Q(open_now__isnull=False, due_on__gt=as_of),
        DISPUTED: Q(open_now__isnull=False, pk__in=disputed.values("item_id")),
        PAID: Q(open_now=None),
        ALL: Q(),
    }
    condition = Q(customer=customer) & states[only.state]
    if only.bucket:
        condition &= Q(open_now__isnull=False) & bucket_condition(only.bucket, as_of=as_of)
    if only.currency:
        condition &= Q(currency=only.currency)
    if only.due_on is not None:
        condition &= Q(due_on=only.due_on)
    return condition & _searched(only.search)


def _searched(search: str) -> Q:
    """Return the items whose number or order number holds the text, or whose amount it is."""
    text = search.strip().replace("\0", "")[:LONGEST_SEARCH]
    if not text:
        return Q()
    condition = Q(number__icontains=text) | Q(reference__icontains=text)
    for digits, codes in _CODES.items():
        if minor := _amount(text, digits):
            is_so = Q(amount_minor__in=[minor, -minor]) | Q(open_now__open_minor=minor)
            others = [code for code, places in MINOR_DIGITS.items() if places != USUAL_DIGITS]
            known = Q(currency__in=codes) if codes else ~Q(currency__in=others)
            condition |= is_so & known
    return condition


def _amount(text: str, digits: int) -> int | None:
    """Return the amount a text writes in units of so many decimals; None for any other text."""
    core = "".join(sign for sign in text if sign.isdigit() or sign in ".,")
    if not any(sign.isdigit() for sign in core) or any(sign.isalpha() for sign in text):
        return None
    try:
        number = number_of(core, digits=digits)
    except ArithmeticError:
        return None
    scaled = None if number is None else number.scaleb(digits)
    is_whole = scaled is not None and scaled == scaled.to_integral_value()
    return int(scaled) if is_whole and scaled is not None and scaled <= LARGEST_MINOR else None


@prepared
def _planned(keys: Sequence[int]) -> QuerySet[Any, int]:
    found = PlanItem.objects.filter(item__pk__in=keys, is_live=True)
    return found.values_list("item_id", flat=True)


def _rows(
    company: Company, customer: Customer, found: Sequence[Item], as_of: date
) -> list[PortalItemRow]:
    keys = [item.pk for item in found]
    disputed = dict(disputed_of(keys))
    promised = promised_now(company, [customer.pk], keys, as_of=as_of)
    planned = set(_planned(keys))
    return [
        _row(
            item,
            disputed_minor=disputed.get(item.pk, 0),
            promised_minor=promised.get(item.pk, 0),
            is_planned=item.pk in planned,
            as_of=as_of,
        )
        for item in found
    ]


def _row(
    item: Item, *, disputed_minor: int, promised_minor: int, is_planned: bool, as_of: date
) -> PortalItemRow:
    left = item.open_now.open_minor if hasattr(item, "open_now") else 0
    most = max(left, 0)
    disputed, promised = min(disputed_minor, most), min(promised_minor, most)
    days = (as_of - item.due_on).days
    cases = (
        (not left, "paid"),
        (left < 0, "credit"),
        (bool(disputed), "disputed"),
        (is_planned, "planned"),
        (bool(promised), "promised"),
        (days > 0, "overdue"),
        (days == 0, "due"),
    )
    return PortalItemRow(
        id=item.pk,
        number=item.number,
        kind=item.kind,
        currency=item.currency,
        amount_minor=item.amount_minor,
        open_minor=left,
        issued_on=item.issued_on,
        due_on=item.due_on,
        days_past_due=days,
        reference=item.reference,
        disputed_minor=disputed,
        promised_minor=promised,
        state=next((name for is_so, name in cases if is_so), "upcoming"),
    )
