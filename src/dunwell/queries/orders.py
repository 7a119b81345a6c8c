"""Orders as pages and the API show them: the list with its sums, one order with its amounts."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from dunwell.models import Company, Order
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Order.Status
RUNNING = (Status.HELD, Status.APPROVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """One order, amounts in minor units of its currency.

    `on_credit_minor` is neither delivered nor prepaid: all that a check can hold.
    """

    id: int
    number: str
    kind: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    currency: str
    amount_minor: int
    prepaid_minor: int
    delivered_minor: int
    billed_minor: int
    on_credit_minor: int
    terms: str
    ordered_on: date
    deliver_on: date | None
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderTotal:
    """Sums of the orders of one currency under a filter, in minor units."""

    currency: str
    orders: int
    amount_minor: int
    on_credit_minor: int


def order_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[OrderRow]:
    """Return one page of orders, the newest first; an empty `status` shows all."""
    limit = page_limit(limit)
    found = (
        _found(company, status, customer_id, search)
        .select_related("customer")
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(order) for order in found], limit=limit, key=lambda row: (row.id,))


def order_totals(
    company: Company, *, status: str = "", customer_id: int | None = None, search: str = ""
) -> tuple[OrderTotal, ...]:
    """Return the sums of all orders under the same filter, one per currency."""
    sums = (
        _found(company, status, customer_id, search)
        .order_by("currency")
        .values_list("currency")
        .annotate(
            n=Count("id"),
            amount=Sum("amount_minor"),
            on_credit=Sum(F("amount_minor") - Greatest("prepaid_minor", "delivered_minor")),
        )
    )
    return tuple(
        OrderTotal(
            currency=code, orders=n, amount_minor=int(amount), on_credit_minor=int(on_credit)
        )
        for code, n, amount, on_credit in sums
    )


def order_counts(company: Company) -> dict[str, int]:
    """Return how many orders have each status."""
    found = Order.objects.filter(company=company).order_by("status").values_list("status")
    return dict(found.annotate(count=Count("id")))


def order_detail(company: Company, order_id: int) -> OrderRow | None:
    """Return one order of the company, or None."""
    found = Order.objects.filter(company=company, pk=order_id).select_related("customer").first()
    return None if found is None else _row(found)


def _found(company: Company, status: str, customer_id: int | None, search: str) -> QuerySet[Order]:
    found = Order.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if search:
        found = found.filter(
            Q(number__icontains=search)
            | Q(customer__name__icontains=search)
            | Q(customer__number__iexact=search)
        )
    return found


def _row(order: Order) -> OrderRow:
    return OrderRow(
        id=order.pk,
        number=order.number,
        kind=order.kind,
        customer_id=order.customer_id,
        customer_number=order.customer.number,
        customer_name=order.customer.name,
        status=order.status,
        status_label=order.get_status_display(),
        currency=order.currency,
        amount_minor=order.amount_minor,
        prepaid_minor=order.prepaid_minor,
        delivered_minor=order.delivered_minor,
        billed_minor=order.billed_minor,
        on_credit_minor=order.amount_minor - max(order.prepaid_minor, order.delivered_minor),
        terms=order.terms,
        ordered_on=order.ordered_on,
        deliver_on=order.deliver_on,
        version=order.version,
    )
