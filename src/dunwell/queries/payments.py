"""Payments as pages and the API show them: received, still unapplied, and where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.allocation_orders import AllocationOrder, Debt, PartOfMoney, allocate, order_of
from dunwell.models import Allocation, Company, Item, OpenItem, Payment
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

SCOPES = ("unapplied", "all", "returned")
"""Lists of payments: with unapplied cash, every one, returns and what they returned."""

NEWEST = ("-value_on", "-id")

MOST_OPEN = 200
"""So many open items are offered for one payment, the oldest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRow:
    """One payment; amounts in minor units of `currency`. A return is below zero.

    Of a return, and of what it gave back, nothing is unapplied: neither can be put on an item.
    """

    id: int
    number: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    payer: str
    currency: str
    amount_minor: int
    unapplied_minor: int
    value_on: date
    recorded_on: date
    method: str
    reference: str
    is_return: bool
    is_returned: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentTotal:
    """Sums of the payments of one currency under a filter, in minor units."""

    currency: str
    payments: int
    amount_minor: int
    unapplied_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """An amount of a payment that was put on an item; `is_live`: not taken back.

    `amount_minor` is in the item's `currency`, `paid_minor` in the payment's.
    """

    id: int
    item_id: int
    item: str
    customer_id: int
    currency: str
    amount_minor: int
    paid_minor: int
    applied_on: date
    is_live: bool
    is_reversal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An open item that money or credit can be put on."""

    id: int
    number: str
    kind: str
    item_kind: str
    issued_on: date
    due_on: date
    days_past_due: int
    amount_minor: int
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentCard:
    """A payment, where its money went, and the open items of its customer in its currency."""

    row: PaymentRow
    reverses_id: int | None
    returned_by_id: int | None
    placed: tuple[Placed, ...]
    targets: tuple[Target, ...]


def payment_rows(
    company: Company,
    *,
    scope: str = "all",
    currency: str = "",
    customer_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PaymentRow]:
    """Return one page of payments, the newest value date first.

    Raises ValueError for an unknown scope, CursorError for a cursor of another list.
    """
    asked = _asked(company, scope, currency, customer_id, search)
    limit = page_limit(limit)
    rows = _page(asked & after(cursor, NEWEST, (date, int)), scope=scope, limit=limit)
    return page_of(
        [_row(payment) for payment in rows],
        limit=limit,
        key=lambda row: (row.value_on, row.id),
    )


@prepared
def _page(condition: Q, *, scope: str, limit: int) -> QuerySet[Payment]:
    # what is shown beside a payment is looked up for those of the page alone
    keys = _of_scope(scope).filter(condition).order_by(*NEWEST).values("pk")
    shown: QuerySet[Payment] = _shown(Payment.objects.filter(pk__in=keys[: limit + 1]))
    return shown.order_by(*NEWEST)


@of_large
def payment_totals(
    company: Company,
    *,
    scope: str = "all",
    currency: str = "",
    customer_id: int | None = None,
    search: str = "",
) -> tuple[PaymentTotal, ...]:
    """Return the sums of all payments under the same filter, one per currency."""
    sums: dict[str, list[int]] = {}
    asked = _asked(company, scope, currency, customer_id, search)
    found: Any = _of_scope(scope).filter(asked).order_by()
    rows = found.annotate(is_returned=_RETURNED).values_list(
        "currency", "amount_minor", "used", "reverses_id", "is_returned"
    )
    for code, amount_minor, used, reverses_id, is_returned in rows:
        total = sums.setdefault(code, [0, 0, 0])
        total[0] += 1
        total[1] += amount_minor
        if reverses_id is None and not is_returned:
            total[2] += amount_minor - int(used)
    return tuple(
        PaymentTotal(currency=code, payments=n, amount_minor=amount, unapplied_minor=left)
        for code, (n, amount, left) in sorted(sums.items())
    )


def payment_card(company: Company, payment_id: int, *, as_of: date) -> PaymentCard | None:
    """Return the card of one payment of the company, or None."""
    payment = _shown(Payment.objects.filter(company=company, pk=payment_id)).first()
    if payment is None:
        return None
    allocations = list(
        Allocation.objects.filter(payment=payment)
        .select_related("item")
        .order_by("applied_on", "id")
    )
    taken_back = {row.reverses_id for row in allocations}
    return PaymentCard(
        row=_row(payment),
        reverses_id=payment.reverses_id,
        returned_by_id=payment.returned_by,
        placed=tuple(
            Placed(
                id=row.pk,
                item_id=row.item_id,
                item=row.item.number,
                customer_id=row.item.customer_id,
                currency=row.item.currency,
                amount_minor=row.amount_minor,
                paid_minor=row.amount_minor if row.paid_minor is None else row.paid_minor,
                applied_on=row.applied_on,
                is_live=row.reverses_id is None and row.pk not in taken_back,
                is_reversal=row.reverses_id is not None,
            )
            for row in allocations
        ),
        targets=targets_of(
            company,
            customer_id=payment.customer_id,
            currency=payment.currency,
            as_of=as_of,
        ),
    )


def targets_of(
    company: Company, *, customer_id: int | None, currency: str, as_of: date
) -> tuple[Target, ...]:
    """Return the open debit items of a customer in a currency, the oldest due first."""
    if customer_id is None:
        return ()
    found = (
        OpenItem.objects.filter(
            company=company, customer=customer_id, currency=currency, open_minor__gt=0
        )
        .filter(item__amount_minor__gt=0)
        .select_related("item")
        .order_by("due_on", "item")[:MOST_OPEN]
    )
    return tuple(
        Target(
            id=row.item_id,
            number=row.item.number,
            kind=str(Item.Kind(row.item.kind).label),
            item_kind=row.item.kind,
            issued_on=row.item.issued_on,
            due_on=row.due_on,
            days_past_due=(as_of - row.due_on).days,
            amount_minor=row.item.amount_minor,
            open_minor=row.open_minor,
        )
        for row in found
    )


def allocation_order(company: Company, *, as_of: date, name: str = "") -> AllocationOrder:
    """Return the order in which the company's cash policy spreads money over items.

    Another one by name, `by_country` for the law of the company's country.
    """
    chosen = name or cash_policy_in_force(company, as_of=as_of).order
    return order_of(chosen, country=company.country)


def shares(
    amount_minor: int,
    targets: Sequence[Target],
    *,
    order: AllocationOrder,
    as_of: date,
    reference: str = "",
) -> tuple[PartOfMoney, ...]:
    """Return what each target gets of the amount and by which rule; nothing is written.

    What the payer's reference names is what the debtor designated, in the order named.
    """
    text = reference.casefold()
    debts = [
        Debt(
            item_id=target.id,
            open_minor=target.open_minor,
            due_on=target.due_on,
            issued_on=target.issued_on,
            kind=target.item_kind,
            designated=place if (place := text.find(target.number.casefold())) >= 0 else None,
        )
        for target in targets
    ]
    return allocate(debts, amount_minor, order=order, as_of=as_of)


def spread(
    amount_minor: int,
    targets: Sequence[Target],
    *,
    order: AllocationOrder,
    as_of: date,
    reference: str = "",
) -> Mapping[int, int]:
    """Return a proposal: the amount put on the targets in an order until it is used up."""
    found = shares(amount_minor, targets, order=order, as_of=as_of, reference=reference)
    return {share.item_id: share.amount_minor for share in found}


def _shown(found: QuerySet[Payment]) -> Any:
    """Return payments with their customer, what is used of them and what returned them."""
    back = Payment.objects.filter(reverses=OuterRef("pk")).values("pk")[:1]
    return _with_used(found).annotate(returned_by=Subquery(back)).select_related("customer")


def _with_used(found: QuerySet[Payment]) -> QuerySet[Payment]:
    """Return payments with `used`: looked up payment by payment, so that a page stops early."""
    part = Coalesce("paid_minor", "amount_minor")
    parts = Allocation.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    return found.annotate(used=Coalesce(Subquery(parts.annotate(n=Sum(part)).values("n")), 0))


def _asked(company: Company, scope: str, currency: str, customer_id: int | None, search: str) -> Q:
    if scope not in SCOPES:
        raise ValueError(f"There is no list of {scope} payments; use {', '.join(SCOPES)}.")
    found = Q(company=company)
    if currency:
        found &= Q(currency=currency)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    if text := search.strip().replace("\0", ""):
        found &= (
            Q(number=text)
            | Q(customer__number=text)
            | Q(customer__name__icontains=text)
            | Q(payer__icontains=text)
        )
    return found


_RETURNED = Exists(Payment.objects.filter(reverses=OuterRef("pk")))


def _of_scope(scope: str) -> QuerySet[Payment]:
    found = Payment.objects.all()
    if scope == "returned":
        found = found.filter(Q(reverses__isnull=False) | _RETURNED)
    if scope == "unapplied":
        # a returned payment and its return cancel each other; neither can be applied
        alive = found.filter(~_RETURNED, reverses=None)
        return _with_used(alive).exclude(amount_minor=F("used"))
    return _with_used(found)


def _row(payment: Any) -> PaymentRow:
    customer, is_return = payment.customer, payment.reverses_id is not None
    is_gone = is_return or payment.returned_by is not None
    return PaymentRow(
        id=payment.pk,
        number=payment.number,
        customer_id=payment.customer_id,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        payer=payment.payer,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        unapplied_minor=0 if is_gone else payment.amount_minor - int(payment.used),
        value_on=payment.value_on,
        recorded_on=payment.recorded_on,
        method=payment.method,
        reference=payment.reference,
        is_return=is_return,
        is_returned=payment.returned_by is not None,
    )
