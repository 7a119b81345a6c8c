"""Invoices to come as claims of the cash outlook: recurring ones, and deliveries not billed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl
from django.db.models import F, Q

from dunwell.engine.calendars import day_number
from dunwell.engine.invoice_periods import due_periods
from dunwell.engine.invoice_totals import TotalsError, line_net, percent_of
from dunwell.ml.cash_claims import CLAIMS, DELIVERED, RECURRING
from dunwell.ml.cash_periods import period_ends
from dunwell.models import Company, Invoice, InvoiceSchedule, Order, TaxRate
from dunwell.queries.frames import day, read_rows
from dunwell.queries.invoice_documents import due_day
from dunwell.queries.invoice_rules import tax_rates_on

PPM = 1_000_000
CHUNK = 10_000

BILLED_AFTER_DAYS = 7
"""What is delivered is billed within a week."""

BILLED_PPM = 980_000
"""Of what is delivered or comes again so much is billed and paid in the end."""

Row = tuple[object, ...]


def invoice_claims(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return the invoices of schedules and of deliveries that are not issued yet, as CLAIMS.

    An invoice that is issued is an item on the book and no claim here. A draft a schedule made
    counts as recurring; a draft of an order is what the order has delivered and not billed.
    """
    rows = [*_recurring(company, as_of), *_delivered(company, as_of)]
    return pl.DataFrame(rows, schema=CLAIMS, orient="row")


def foreseen_items(company: Company) -> pl.DataFrame:
    """Return since when items were foreseen before they were issued: item_id, known_day.

    Items of schedules since the schedule was set up, items of orders since the delivery.
    """
    delivered = f"COALESCE({day('v.delivered_on')}, {day('o.deliver_on')})"
    return read_rows(
        "SELECT v.item_id, CASE WHEN v.schedule_id IS NOT NULL "  # noqa: S608
        f"THEN {day('s.starts_on')} ELSE {delivered} END FROM dunwell_invoice v "
        "LEFT JOIN dunwell_invoiceschedule s ON s.id = v.schedule_id "
        "LEFT JOIN dunwell_order o ON o.id = v.order_id "
        "WHERE v.company_id = %s AND v.item_id IS NOT NULL "
        "AND (v.schedule_id IS NOT NULL OR v.order_id IS NOT NULL)",
        [company.pk],
        {"item_id": pl.Int64, "known_day": pl.Int32},
    ).drop_nulls()


def _recurring(company: Company, as_of: date) -> Iterator[Row]:
    """Yield the periods that schedules will bill within the outlook, drafts of theirs first."""
    until = date(1970, 1, 1) + timedelta(days=period_ends(day_number(as_of))[-1])
    running = (
        InvoiceSchedule.objects.filter(company=company, starts_on__lte=until)
        .filter(Q(ends_on=None) | Q(ends_on__gte=as_of - timedelta(days=400)))
        .select_related("customer")
        .order_by("pk")
    )
    schedules = list(running)
    if not schedules:
        return
    billed: dict[int, dict[date | None, Invoice]] = defaultdict(dict)
    made = Invoice.objects.filter(company=company, schedule__in=schedules)
    for invoice in made.only("schedule_id", "from_on", "status", "gross_minor"):
        billed[invoice.schedule_id or 0][invoice.from_on] = invoice
    rates = tax_rates_on(company, as_of=as_of)
    for schedule in schedules:
        gross = _gross(schedule, rates)
        terms = schedule.terms or schedule.customer.terms
        for period in due_periods(
            every=schedule.every,
            day=schedule.day,
            starts_on=schedule.starts_on,
            ends_on=schedule.ends_on,
            as_of=until,
        ):
            draft = billed[schedule.pk].get(period.from_on)
            is_waiting = draft is not None and draft.status in (
                Invoice.Status.DRAFT,
                Invoice.Status.APPROVED,
            )
            if draft is not None and not is_waiting:
                continue
            amount = draft.gross_minor if draft is not None else gross
            issued = max(period.bill_on, as_of + timedelta(days=1))
            if amount > 0:
                yield _claim(
                    RECURRING,
                    "schedule",
                    schedule.pk,
                    schedule.customer_id,
                    schedule.currency,
                    amount,
                    f"{schedule.name} {period.from_on.isoformat()}",
                    due_day(terms, issued) or issued,
                )


def _gross(schedule: InvoiceSchedule, rates: Mapping[str, TaxRate]) -> int:
    """Return what one period of a schedule comes to with tax; 0 where its lines cannot be read."""
    net: dict[int, int] = defaultdict(int)
    for line in schedule.lines:
        rate = rates.get(line.get("tax_code", ""))
        try:
            net[rate.rate_ppm if rate else 0] += line_net(
                quantity_micros=line["quantity_micros"],
                price_micros=line["price_micros"],
                currency=schedule.currency,
            ) - line.get("discount_minor", 0)
        except (TotalsError, KeyError):
            return 0
    return sum(minor + percent_of(minor, ppm) for ppm, minor in net.items())


def _delivered(company: Company, as_of: date) -> Iterator[Row]:
    """Yield what orders have delivered and not billed, as if billed within the week."""
    orders = (
        Order.objects.filter(company=company, delivered_minor__gt=F("billed_minor"))
        .exclude(status__in=(Order.Status.CANCELLED, Order.Status.CLOSED))
        .select_related("customer")
        .order_by("pk")
    )
    issued = as_of + timedelta(days=BILLED_AFTER_DAYS)
    for order in orders.iterator(CHUNK):
        # what was paid before delivery is money that came already
        left = order.delivered_minor - max(order.billed_minor, order.prepaid_minor)
        if left > 0:
            yield _claim(
                DELIVERED,
                "order",
                order.pk,
                order.customer_id,
                order.currency,
                left,
                order.number,
                due_day(order.terms or order.customer.terms, issued) or issued,
            )


def _claim(
    component: str,
    subject: str,
    subject_id: int,
    customer_id: int,
    currency: str,
    open_minor: int,
    label: str,
    due_on: date,
) -> Row:
    return (
        component,
        subject,
        subject_id,
        None,
        customer_id,
        currency,
        open_minor,
        label,
        day_number(due_on),
        0,
        0,
        0,
        BILLED_PPM,
        0,
    )
