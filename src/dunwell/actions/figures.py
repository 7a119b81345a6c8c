"""The figures of a day: every KPI and the ageing per currency, kept so that trends are fast."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Min

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.kept_slices import drop_day_slices, keep_slices
from dunwell.engine.aging import BUCKETS, aging_totals
from dunwell.engine.calendars import day_date
from dunwell.engine.items import open_items
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_tables import KPI_INPUTS, WINDOW_DAYS
from dunwell.engine.ledger import Ledger
from dunwell.engine.trends import month_ends, trend, what_changed
from dunwell.models import Company, Item, KpiValue
from dunwell.queries.home import CHANGED_KPI
from dunwell.queries.kpi_courses import kept_days, latest_kept_day
from dunwell.queries.kpi_inputs import is_big
from dunwell.queries.kpi_parts import DIMENSIONS
from dunwell.queries.kpi_slices import WHOLE, SliceFigures, derived_figures
from dunwell.queries.ledgers import Books

HISTORY_MONTHS = 13
"""Month ends that are filled in before the first day, so that a trend shows at once."""

COURSE_MONTHS = 25
"""How many month ends are kept by part, the running month among them."""

MINOR = "minor"
"""Unit of sums; the other figures carry the units of the catalogue."""

RECEIVABLES, OVERDUE = "receivables", "overdue"
AGING = {bucket: f"aging_{bucket}" for bucket in BUCKETS}
"""Ids of the sums that are kept beside the KPIs, one per bucket."""

TREND_KPIS = {
    "dso_days": "dso",
    "add_days": "average_days_delinquent",
    "cei_percent": "cei_period",
}
"""What the history holds of each month end, by the column of `trends.TREND`."""


@transaction.atomic
def record_figures(*, actor: Actor, books: Books, as_of: date, at: datetime) -> int:
    """Keep the figures of the day, whole and by part; return how many values are new or changed.

    The first time, thirteen month ends before it are filled in as the ledger tells them now;
    then the first run of a day fills in one month end that is not kept yet, the newest first.
    """
    actor.require("cycle.run")
    company, ledger = actor.company, books.whole()
    # cutting a big book into parts costs more than a day's cycle may: it is done at month ends
    is_whole = is_big(company) and not _is_month_end(as_of)
    slices = derived_figures(books, as_of=as_of, dimensions=WHOLE if is_whole else DIMENSIONS)
    values = [
        *_kpis(company, slices, as_of),
        *_sums(company, ledger, as_of),
        *_changes(company, ledger, as_of),
    ]
    if values and not KpiValue.objects.filter(company=company).exists():
        values += _history(company, ledger, as_of)
    missing = None if kept_days(company, [as_of]) else _missing_month_end(company, as_of)
    changed = _write(company, values) + keep_slices(company, slices, as_of=as_of)
    if missing is not None:
        earlier = derived_figures(books, as_of=missing)
        changed += _write(company, _kpis(company, earlier, missing))
        changed += keep_slices(company, earlier, as_of=missing)
    drop_day_slices(company, as_of=as_of)
    if changed:
        record_event(
            actor,
            "figures.recorded",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            changed=changed,
        )
    return changed


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _missing_month_end(company: Company, as_of: date) -> date | None:
    """Return the newest month end whose slices are not kept, back to the first item.

    Of a big book only one that passed since the last cycle.
    """
    if is_big(company):
        last = latest_kept_day(company, until=as_of)
        end = month_ends(as_of=as_of, months=2)[0]
        return end if last is not None and last < end < as_of else None
    first = Item.objects.filter(company=company).aggregate(first=Min("issued_on"))["first"]
    ends = [day for day in month_ends(as_of=as_of, months=COURSE_MONTHS) if day < as_of]
    kept = kept_days(company, ends)
    return next(
        (day for day in reversed(ends) if first is not None and first <= day and day not in kept),
        None,
    )


def _kpis(company: Company, slices: Iterable[SliceFigures], as_of: date) -> list[KpiValue]:
    return [
        KpiValue(
            company=company,
            as_of=as_of,
            currency=one.currency,
            kpi=kpi,
            value=value,
            unit=KPIS[kpi].unit,
            formula=KPIS[kpi].formula_id,
            inputs={name: one.inputs[name] for name in KPI_INPUTS[kpi]},
        )
        for one in slices
        if one.dimension == "company"
        for kpi, value in one.values.items()
    ]


def _sums(company: Company, ledger: Ledger, as_of: date) -> list[KpiValue]:
    """Return receivables, overdue and the ageing buckets, per currency."""
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of)
    rows = aging_totals(opened).collect().rows(named=True)
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        currency, amount = row["currency"], row["open_minor"]
        sums[currency, AGING[row["bucket"]]] = amount
        late = amount if row["bucket_no"] > 0 else 0
        for name, part in ((RECEIVABLES, amount), (OVERDUE, late)):
            sums[currency, name] = sums.get((currency, name), 0) + part
    return [
        _sum(company, as_of, currency, name, amount)
        for (currency, name), amount in sorted(sums.items())
    ]


def _changes(company: Company, ledger: Ledger, as_of: date) -> list[KpiValue]:
    """Return what happened since the day before, per kind of change and currency."""
    found = what_changed(ledger, as_of=as_of, previous=as_of - timedelta(days=1)).collect()
    values: list[KpiValue] = []
    for row in found.sort("change", "currency").rows(named=True):
        value = _sum(
            company, as_of, row["currency"], CHANGED_KPI + row["change"], row["amount_minor"]
        )
        value.inputs = {"count": row["count"]}
        values.append(value)
    return values


def _history(company: Company, ledger: Ledger, as_of: date) -> list[KpiValue]:
    """Return the main figures of the month ends before the day."""
    days = [day for day in month_ends(as_of=as_of, months=HISTORY_MONTHS + 1) if day < as_of]
    values: list[KpiValue] = []
    frame = trend(ledger, days=days, window_days=WINDOW_DAYS).collect().sort("day", "currency")
    for row in frame.rows(named=True):
        day, currency = day_date(row["day"]), row["currency"]
        values.append(_sum(company, day, currency, RECEIVABLES, row["open_minor"]))
        values.append(_sum(company, day, currency, OVERDUE, row["overdue_minor"]))
        values += [
            _figure(company, day, currency, kpi, row[column]) for column, kpi in TREND_KPIS.items()
        ]
    return values


def _figure(
    company: Company, as_of: date, currency: str, kpi: str, value: float | None
) -> KpiValue:
    about = KPIS[kpi]
    return KpiValue(
        company=company,
        as_of=as_of,
        currency=currency,
        kpi=kpi,
        value="" if value is None else str(round(Decimal(repr(value)), about.digits)),
        unit=about.unit,
        formula=about.formula_id,
        inputs={"window_days": WINDOW_DAYS},
    )


def _sum(company: Company, as_of: date, currency: str, name: str, amount: int) -> KpiValue:
    return KpiValue(
        company=company,
        as_of=as_of,
        currency=currency,
        kpi=name,
        value=str(amount),
        unit=MINOR,
        formula=name,
        inputs={},
    )


def _write(company: Company, values: Iterable[KpiValue]) -> int:
    """Write the values that differ from what is kept; return how many."""
    wanted = {(value.as_of, value.currency, value.kpi): value for value in values}
    days = {as_of for as_of, _, _ in wanted}
    kept = {
        (value.as_of, value.currency, value.kpi): (value.value, value.unit, value.inputs)
        for value in KpiValue.objects.filter(company=company, as_of__in=days)
    }
    changed = [
        value
        for key, value in wanted.items()
        if kept.get(key) != (value.value, value.unit, value.inputs)
    ]
    KpiValue.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["company", "as_of", "currency", "kpi"],
        update_fields=["value", "unit", "formula", "inputs"],
    )
    return len(changed)
