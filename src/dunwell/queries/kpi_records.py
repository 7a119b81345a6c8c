"""The rows behind the figures that a ledger does not hold: calls, answers, matches, forecasts."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_resolution import CHOICES
from dunwell.engine.satisfaction import DETRACTOR, PROMOTER, SATISFIED
from dunwell.models import (
    Company,
    Conversation,
    Invoice,
    Note,
    Survey,
)
from dunwell.queries.contact_resolution import judged_threads
from dunwell.queries.delivery_figures import delivered
from dunwell.queries.frames import day, read_rows
from dunwell.queries.invoices import invoice_wait_days
from dunwell.queries.my_day import REACHED

RECORDS: Mapping[str, type[pl.DataType]] = {
    "input": pl.String,
    "key": pl.Int32,
    "currency": pl.String,
    "customer_id": pl.Int64,
    "collector_id": pl.Int64,
    "subject": pl.String,
    "subject_id": pl.Int64,
    "amount": pl.Int64,
}
"""One row per subject and input it adds to. `key`: the first day of a week of the forecast, or
the days an invoice took; `collector_id`: of a cost that is a person's own."""

NO_CURRENCY = ""
WEEK_DAYS = 7
Row = tuple[str, int | None, str, int | None, int | None, str, int, int]


def record_rows(
    company: Company, *, as_of: date, window_days: int, known_at: date | None = None
) -> pl.DataFrame:
    """Return the rows of every input of `kpi_desk_tables.DESK_INPUTS`, in columns RECORDS.

    The window is the `window_days` days that end with `as_of`; a fixed number of queries.
    `known_at`: only what had happened by then; these records are written when they happen.
    """
    first_on = as_of - timedelta(days=window_days - 1)
    last_on = min(as_of, known_at or as_of)
    rows: list[Row] = [
        *_calls(company, first_on, last_on),
        *_threads(company, first_on, last_on),
        *_answers(company, first_on, last_on),
        *_invoiced(company, first_on, last_on),
        *_delivered(company, first_on, last_on),
    ]
    parts = [
        pl.DataFrame(rows, schema=RECORDS, orient="row"),
        _costs(company, first_on, last_on),
        _matched(company, first_on, last_on),
        _judged(company, first_on, last_on),
        _weeks(company, as_of, window_days, known_at),
    ]
    return pl.concat(parts)


def _moment(company: Company, on: date) -> datetime:
    """Return the moment a day begins where the company is."""
    return datetime.combine(on, time(), ZoneInfo(company.zone))


def _count(
    names: Iterable[str], customer_id: int | None, subject: str, subject_id: int
) -> list[Row]:
    return [(name, None, NO_CURRENCY, customer_id, None, subject, subject_id, 1) for name in names]


def _calls(company: Company, first_on: date, last_on: date) -> Iterable[Row]:
    """Yield the calls made, those taken back left out, and those that reached somebody."""
    taken_back = company.events.filter(subject="note", verb="note.taken_back").values("subject_id")
    calls = (
        Note.objects.filter(
            company=company, kind=Note.Kind.CALL, on__gte=first_on, on__lte=last_on
        )
        .exclude(pk__in=taken_back)
        .values_list("pk", "customer_id", "result")
    )
    for key, customer_id, result in calls:
        names = ("calls", "calls_reached") if result in REACHED else ("calls",)
        yield from _count(names, customer_id, "note", key)


def _threads(company: Company, first_on: date, last_on: date) -> Iterable[Row]:
    """Yield the conversations that can be judged, and those done at the first contact."""
    at = _moment(company, last_on + timedelta(days=1))
    found = judged_threads(company, first_on=first_on, last_on=last_on, at=at)
    keys = [one.thread.conversation_id for one in found]
    customers = dict(Conversation.objects.filter(pk__in=keys).values_list("pk", "customer_id"))
    for one in found:
        key = one.thread.conversation_id
        names = [
            name
            for name, choice in (("contacts_judged", "resolved"), ("contacts_resolved", "first"))
            if CHOICES[choice](one)
        ]
        yield from _count(names, customers[key], "conversation", key)


def _answers(company: Company, first_on: date, last_on: date) -> Iterable[Row]:
    """Yield the answers to questions about satisfaction, and how they count."""
    answered = Survey.objects.filter(
        company=company,
        score__isnull=False,
        answered_at__gte=_moment(company, first_on),
        answered_at__lt=_moment(company, last_on + timedelta(days=1)),
    ).values_list("pk", "customer_id", "kind", "score")
    for key, customer_id, kind, told in answered:
        score = int(told or 0)
        names = [f"{kind}_answers"]
        if kind == Survey.Kind.CSAT and score >= SATISFIED:
            names.append("csat_satisfied")
        elif kind == Survey.Kind.NPS and score >= PROMOTER:
            names.append("nps_promoters")
        elif kind == Survey.Kind.NPS and score <= DETRACTOR:
            names.append("nps_detractors")
        yield from _count(names, customer_id, "survey", key)
        if kind == Survey.Kind.EFFORT:
            yield ("effort_sum", None, NO_CURRENCY, customer_id, None, "survey", key, score)


def _invoiced(company: Company, first_on: date, last_on: date) -> Iterable[Row]:
    """Yield the invoices written here whose delivery is known, and the days until their issue."""
    issued = Invoice.objects.filter(
        company=company,
        status=Invoice.Status.ISSUED,
        kind=Invoice.Kind.INVOICE,
        issued_on__gte=first_on,
        issued_on__lte=last_on,
    ).select_related("order")
    for one in issued:
        days = invoice_wait_days(one)
        if days is not None:
            yield from _count(("invoices_dated",), one.customer_id, "invoice", one.pk)
            yield (
                "invoice_days", None, NO_CURRENCY, one.customer_id, None, "invoice", one.pk, days
            )  # fmt: skip


def _delivered(company: Company, first_on: date, last_on: date) -> Iterable[Row]:
    """Yield the invoices judged on their arrival, those in time, and the days it took."""
    told = delivered(company, from_on=first_on, as_of=last_on)
    for row in told.iter_rows(named=True):
        key, customer_id = row["item_id"], row["customer_id"]
        names = [
            name
            for name, holds in (
                ("invoices_judged", row["is_judged"]),
                ("invoices_in_time", row["is_in_time"]),
            )
            if holds
        ]
        yield from _count(names, customer_id, "item", key)
        if row["days"] is not None:
            days = int(row["days"])
            yield (
                "invoices_received", days, NO_CURRENCY, customer_id, None, "item", key, 1
            )  # fmt: skip
            yield "receipt_days", None, NO_CURRENCY, customer_id, None, "item", key, days


def _costs(company: Company, first_on: date, last_on: date) -> pl.DataFrame:
    """Return the costs of collecting that are booked in the window and stand."""
    return read_rows(
        "SELECT 'cost_minor', NULL, c.currency, c.customer_id, c.collector_id, "
        "'collection_cost', c.id, c.amount_minor FROM dunwell_collectioncost c "
        'WHERE c.company_id = %s AND c."on" BETWEEN %s AND %s '
        "AND c.recorded_on <= %s AND (c.withdrawn_on IS NULL OR c.withdrawn_on > %s)",
        [company.pk, first_on, last_on, last_on, last_on],
        RECORDS,
    )


def _matched(company: Company, first_on: date, last_on: date) -> pl.DataFrame:
    """Return the payments matched first in the window, and those posted by itself."""
    found = read_rows(
        "SELECT p.id, p.customer_id, p.currency, p.amount_minor, m.status = 'posted' "
        "FROM dunwell_matchcase m JOIN dunwell_payment p ON p.id = m.payment_id "
        "WHERE m.company_id = %s AND m.opened_on BETWEEN %s AND %s",
        [company.pk, first_on, last_on],
        {
            "subject_id": pl.Int64,
            "customer_id": pl.Int64,
            "currency": pl.String,
            "amount_minor": pl.Int64,
            "is_auto": pl.Boolean,
        },
    )
    auto = found.filter(pl.col("is_auto"))
    none, one = pl.lit(NO_CURRENCY), pl.lit(1, pl.Int64)
    return pl.concat(
        [
            _added(rows, name, currency, amount)
            for rows, names in (
                (found, ("lines", "lines_minor")),
                (auto, ("auto_lines", "auto_lines_minor")),
            )
            for name, currency, amount in (
                (names[0], none, one),
                (names[1], pl.col("currency"), pl.col("amount_minor")),
            )
        ]
    )


def _added(rows: pl.DataFrame, name: str, currency: pl.Expr, amount: pl.Expr) -> pl.DataFrame:
    return rows.select(
        input=pl.lit(name),
        key=pl.lit(None, pl.Int32),
        currency=currency,
        customer_id="customer_id",
        collector_id=pl.lit(None, pl.Int64),
        subject=pl.lit("payment"),
        subject_id="subject_id",
        amount=amount,
    )


def _judged(company: Company, first_on: date, last_on: date) -> pl.DataFrame:
    """Return what was posted by itself and judged, and what of that was right."""
    one = (
        "SELECT '{name}', NULL, '', p.customer_id, NULL, 'payment', p.id, 1 "
        "FROM dunwell_matchoutcome o JOIN dunwell_matchcase m ON m.id = o.case_id "
        "JOIN dunwell_payment p ON p.id = m.payment_id "
        "WHERE o.company_id = %s AND o.is_current AND o.was_auto {which} "
        "AND m.opened_on BETWEEN %s AND %s"
    )
    both = [one.format(name="auto_judged", which="")]
    both.append(one.format(name="auto_right", which="AND o.is_right"))
    return read_rows(" UNION ALL ".join(both), [company.pk, first_on, last_on] * 2, RECORDS)


def _weeks(company: Company, as_of: date, window_days: int, known_at: date | None) -> pl.DataFrame:
    """Return the weeks that ended by the day, one after the other: forecast before, and actual.

    Weeks are counted back from `as_of`; one that was not forecast on the day before it is left
    out. Actual is the money booked with a value day in it on items that were on the book then.
    """
    starts = [
        as_of - timedelta(days=WEEK_DAYS * number - 1)
        for number in range(1, window_days // WEEK_DAYS + 1)
    ]
    forecast = _forecast(company, starts)
    if forecast.is_empty():
        return pl.DataFrame(schema=RECORDS)
    return pl.concat([forecast, _actual(company, as_of, forecast, known_at)])


def _forecast(company: Company, starts: Sequence[date]) -> pl.DataFrame:
    if not starts:
        return pl.DataFrame(schema=RECORDS)
    marks = ", ".join(["%s"] * len(starts))
    return read_rows(
        f"SELECT 'forecast_minor', {day('f.starts_on')}, f.currency, NULL, NULL, "
        "'cash_forecast', f.id, f.expected_minor FROM dunwell_cashforecast f "
        f"WHERE f.company_id = %s AND f.week = 1 AND f.starts_on IN ({marks})",
        [company.pk, *starts],
        RECORDS,
    )


def _actual(
    company: Company, as_of: date, forecast: pl.DataFrame, known_at: date | None
) -> pl.DataFrame:
    """Return the money of the forecast weeks, an allocation a row."""
    known = forecast.select("currency", start="key").unique()
    first, last = int(str(known["start"].min())), day_number(as_of)
    value, issued = day("a.value_on"), day("i.issued_on")
    found = read_rows(
        f"SELECT i.id, i.customer_id, i.currency, a.amount_minor, {value}, {issued} "
        "FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id "
        "WHERE a.company_id = %s AND a.source = 'payment' AND i.kind <> 'refund' "
        "AND a.value_on BETWEEN %s AND %s AND a.applied_on <= %s "
        "AND a.recorded_on <= %s",
        [company.pk, as_of - timedelta(days=last - first), as_of, as_of, known_at or date.max],
        {
            "subject_id": pl.Int64,
            "customer_id": pl.Int64,
            "currency": pl.String,
            "amount": pl.Int64,
            "day": pl.Int32,
            "issued": pl.Int32,
        },
    )
    start = pl.col("day") - (pl.col("day") - first) % WEEK_DAYS
    return (
        found.with_columns(start=start.cast(pl.Int32))
        .join(known, on=["currency", "start"], how="semi")
        .filter(pl.col("issued") < pl.col("start"))
        .select(
            input=pl.lit("actual_minor"),
            key="start",
            currency="currency",
            customer_id="customer_id",
            collector_id=pl.lit(None, pl.Int64),
            subject=pl.lit("item"),
            subject_id="subject_id",
            amount="amount",
        )
    )
