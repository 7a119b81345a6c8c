"""One customer's exposure down to the rows it is made of: every figure is the sum of its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import Coalesce

from dunwell.engine.exposure import Exposure, ExposureRate, Part, exchanged, order_parts
from dunwell.engine.limits import LimitInForce
from dunwell.models import Company, Cover, OpenItem, Order, Payment
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.exposures import exposure_parts, exposures
from dunwell.queries.limits import limits_in_force

MOST_ROWS = 300
"""Rows of a kind that are shown; beyond, their sum and number are still of all of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyLine:
    """The sums of one currency; those of `home` are converted, None where its rate is missing.

    `ahead_minor` is money on account that belongs to orders paid in advance.
    """

    currency: str
    part: Part
    unapplied_minor: int
    ahead_minor: int
    rate: ExposureRate | None
    home_open_minor: int | None
    home_unbilled_minor: int | None
    home_orders_minor: int | None
    home_unapplied_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposedItem:
    """An open item."""

    id: int
    number: str
    kind_label: str
    issued_on: date
    due_on: date
    currency: str
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposedOrder:
    """An order that counts, and what it adds to each part."""

    number: str
    status_label: str
    ordered_on: date
    currency: str
    amount_minor: int
    prepaid_minor: int
    delivered_minor: int
    billed_minor: int
    adds_unbilled_minor: int
    adds_orders_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnappliedPayment:
    """A payment of which something is on account."""

    id: int
    number: str
    value_on: date
    currency: str
    unapplied_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverTaken:
    """A cover and what it takes off, in the company's currency."""

    id: int
    kind_label: str
    provider: str
    number: str
    currency: str
    amount_minor: int
    share_ppm: int
    until_on: date | None
    taken_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposureDetail:
    """Everything one customer's exposure rests on; `more_items` were left out of the list."""

    exposure: Exposure
    limit: LimitInForce
    lines: tuple[CurrencyLine, ...]
    items: tuple[ExposedItem, ...]
    more_items: int
    orders: tuple[ExposedOrder, ...]
    payments: tuple[UnappliedPayment, ...]
    covers: tuple[CoverTaken, ...]


def exposure_detail(
    company: Company, *, customer_id: int, as_of: date, most: int = MOST_ROWS
) -> ExposureDetail:
    """Return one customer's exposure with its rows, at most so many items of them.

    The customer must be the company's.
    """
    keys = [customer_id]
    found = exposures(company, as_of=as_of, customer_ids=keys)[customer_id]
    parts = exposure_parts(company, customer_ids=keys).get(customer_id, ())
    rates = rates_on(company, [part.currency for part in parts], as_of=as_of)
    items, more = _items(customer_id, most)
    return ExposureDetail(
        exposure=found,
        limit=limits_in_force(company, as_of=as_of, customer_ids=keys)[customer_id],
        lines=tuple(_line(part, rates, company.currency) for part in parts),
        items=items,
        more_items=more,
        orders=tuple(_orders(customer_id)),
        payments=tuple(_payments(customer_id)),
        covers=tuple(_covers(dict(found.covers))),
    )


def _line(part: Part, rates: dict[str, ExposureRate], home: str) -> CurrencyLine:
    ahead = min(part.prepaid_minor, max(part.unapplied_minor, 0))
    unapplied = part.unapplied_minor - ahead

    def at_home(amount: int) -> int | None:
        is_known = part.currency == home or part.currency in rates or not amount
        if not is_known:
            return None
        return exchanged(amount, part.currency, rates, to=home) if amount else 0

    return CurrencyLine(
        currency=part.currency,
        part=part,
        unapplied_minor=unapplied,
        ahead_minor=ahead,
        rate=rates.get(part.currency),
        home_open_minor=at_home(part.open_minor),
        home_unbilled_minor=at_home(part.unbilled_minor),
        home_orders_minor=at_home(part.orders_minor),
        home_unapplied_minor=at_home(unapplied),
    )


def _items(customer_id: int, most: int) -> tuple[tuple[ExposedItem, ...], int]:
    found = OpenItem.objects.filter(customer=customer_id)
    rows = list(found.select_related("item").order_by("due_on", "item")[: most + 1])
    more = found.count() - most if len(rows) > most else 0
    return tuple(
        ExposedItem(
            id=row.item_id,
            number=row.item.number,
            kind_label=str(row.item.get_kind_display()),
            issued_on=row.item.issued_on,
            due_on=row.due_on,
            currency=row.currency,
            open_minor=row.open_minor,
        )
        for row in rows[:most]
    ), more


def _orders(customer_id: int) -> Iterable[ExposedOrder]:
    found = Order.objects.filter(customer=customer_id).exclude(status=Order.Status.CLOSED)
    for order in found.order_by("ordered_on", "id"):
        unbilled, to_come, _ahead = order_parts(
            status=order.status,
            amount_minor=order.amount_minor,
            prepaid_minor=order.prepaid_minor,
            delivered_minor=order.delivered_minor,
            billed_minor=order.billed_minor,
        )
        if unbilled or to_come:
            yield ExposedOrder(
                number=order.number,
                status_label=str(order.get_status_display()),
                ordered_on=order.ordered_on,
                currency=order.currency,
                amount_minor=order.amount_minor,
                prepaid_minor=order.prepaid_minor,
                delivered_minor=order.delivered_minor,
                billed_minor=order.billed_minor,
                adds_unbilled_minor=unbilled,
                adds_orders_minor=to_come,
            )


def _payments(customer_id: int) -> Iterable[UnappliedPayment]:
    found = Payment.objects.filter(customer=customer_id).annotate(
        used=Coalesce(Sum(Coalesce("allocations__paid_minor", "allocations__amount_minor")), 0)
    )
    rows = found.order_by("value_on", "id").values_list(
        "pk", "number", "value_on", "currency", "amount_minor", "used"
    )
    for key, number, value_on, currency, amount, used in rows:
        if amount != used:
            yield UnappliedPayment(
                id=key,
                number=number,
                value_on=value_on,
                currency=currency,
                unapplied_minor=int(amount - used),
            )


def _covers(taken: dict[int, int]) -> Iterable[CoverTaken]:
    for cover in Cover.objects.filter(pk__in=taken).order_by("id"):
        yield CoverTaken(
            id=cover.pk,
            kind_label=str(cover.get_kind_display()),
            provider=cover.provider,
            number=cover.number,
            currency=cover.currency,
            amount_minor=cover.amount_minor,
            share_ppm=cover.share_ppm,
            until_on=cover.until_on,
            taken_minor=taken[cover.pk],
        )
