"""What happened in each month: worked out from the books, and as the cycle kept it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from dunwell.engine.calendars import day_date, months_after
from dunwell.engine.month_actuals import month_actuals
from dunwell.models import (
    Adjustment,
    Budget,
    BudgetLine,
    CollectionCost,
    Company,
    Customer,
    MonthActual,
)
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

Figure, Dimension = BudgetLine.Figure, BudgetLine.Dimension
MONTHS = 24
"""Months before the present one that are kept: a budget's year and the year before it."""

Key = tuple[str, date, str, str, str]
"""Currency, first day of the month, figure, dimension, key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthFacts:
    """Figures up to a day: of every month, every slice."""

    as_of: date
    values: Mapping[Key, int]


def month_facts(books: Books, *, as_of: date, months: int = MONTHS) -> MonthFacts:
    """Return the figures of the last months, the present one up to the day."""
    first = months_after(as_of.replace(day=1), -months)
    ends = [_end(months_after(first, number), as_of) for number in range(-1, months + 1)]
    values: dict[Key, int] = {}
    for dimension, slices in (("", None), *_slices(books.company)):
        found = native(month_actuals(books.whole(), ends=ends, slices=slices))
        for code, key, day, figure, value in found.iter_rows():
            month_on = day_date(day).replace(day=1)
            if month_on >= first:
                values[code, month_on, figure, dimension, key] = value
    _add_costs(values, books.company, first=first, as_of=as_of)
    _add_bad_debt(values, books.company, first=first, as_of=as_of)
    return MonthFacts(as_of=as_of, values=values)


def facts_due(books: Books, *, as_of: date) -> MonthFacts | None:
    """Return the figures to keep today, None where the company has no budget to read beside."""
    has_any = Budget.objects.filter(company=books.company).exclude(status=Budget.Status.RETIRED)
    return month_facts(books, as_of=as_of) if has_any.exists() else None


def kept_actuals(
    company: Company, *, currency: str, first: date, last: date
) -> dict[tuple[date, str, str, str], tuple[int, date]]:
    """Return kept figures and the day they count up to, by month, figure, dimension and key."""
    rows = MonthActual.objects.filter(
        company=company, currency=currency, month_on__gte=first, month_on__lte=last
    )
    return {
        (row.month_on, row.figure, row.dimension, row.key): (row.value, row.as_of) for row in rows
    }


def _end(month_on: date, as_of: date) -> date:
    return min(months_after(month_on, 1) - timedelta(days=1), as_of)


def _slices(company: Company) -> tuple[tuple[str, nw.LazyFrame], ...]:
    rows = list(
        Customer.objects.filter(company=company).values_list(
            "pk", "segment", "collector__username"
        )
    )
    frame = pl.DataFrame(
        rows,
        schema={"customer_id": pl.Int64, "segment": pl.String, "collector": pl.String},
        orient="row",
    )
    return tuple(
        (
            name,
            nw.from_native(frame.select("customer_id", key=pl.col(name)).drop_nulls().lazy()),
        )
        for name in ("segment", "collector")
    )


def _add_costs(values: dict[Key, int], company: Company, *, first: date, as_of: date) -> None:
    costs = CollectionCost.objects.filter(
        company=company, on__gte=first, on__lte=as_of, withdrawn_on=None
    )
    sliced = {
        "": "",
        Dimension.SEGMENT: "customer__segment",
        Dimension.COLLECTOR: "collector__username",
    }
    for dimension, key in sliced.items():
        rows = costs.filter(**{f"{key}__isnull": False}) if key else costs
        shown = ["currency", "month", *filter(None, [key])]
        for code, month, *rest, total in (
            rows.annotate(month=TruncMonth("on"))
            .order_by()
            .values_list(*shown)
            .annotate(total=Sum("amount_minor"))
        ):
            slice_key = rest[0] if rest else ""
            values[code, month, Figure.COST_TO_COLLECT, dimension, slice_key] = total


def _add_bad_debt(values: dict[Key, int], company: Company, *, first: date, as_of: date) -> None:
    """Add bad debt: write-offs less what of earlier ones was recovered."""
    for (code, month, figure, dimension, key), value in list(values.items()):
        if figure == Figure.WRITE_OFFS:
            values[code, month, Figure.BAD_DEBT, dimension, key] = value
    recovered = (
        Adjustment.objects.filter(
            company=company,
            kind=Adjustment.Kind.RECOVERY,
            effective_on__gte=first,
            effective_on__lte=as_of,
        )
        .annotate(month=TruncMonth("effective_on"))
        .order_by()
        .values_list(
            "item__currency", "month", "item__customer__segment",
            "item__customer__collector__username",
        )
        .annotate(total=Sum("amount_minor"))
    )  # fmt: skip
    for code, month, segment, collector, total in recovered:
        slices = (("", ""), (Dimension.SEGMENT, segment), (Dimension.COLLECTOR, collector))
        for dimension, key in slices:
            if key is not None:
                at = (code, month, Figure.BAD_DEBT, dimension, key)
                # a recovery is kept below zero, its reversal above
                values[at] = values.get(at, 0) + total
