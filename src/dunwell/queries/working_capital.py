"""Working capital in the home currency: our receivables, and stock and payables as told."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.engine.working_capital import WorkingCapital, working_capital
from dunwell.models import Company, KpiValue, WorkingCapitalRow
from dunwell.queries.home_rates import at_home, home_rates
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

WINDOW_DAYS = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class CapitalRow:
    """Days of stock and payables as somebody told them for a day on."""

    id: int
    from_on: date
    currency: str
    inventory_days: int
    payables_days: int
    cost_of_sales_minor: int | None
    source: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Capital:
    """The cycle and the need on the last day with figures; None before it, or without a rate."""

    as_of: date | None
    currency: str
    figures: WorkingCapital | None
    told: CapitalRow | None
    missing_rates: tuple[str, ...]


def capital(company: Company, *, as_of: date) -> Capital:
    """Return working capital as of the last day whose figures were kept; four queries."""
    kept = KpiValue.objects.filter(company=company, kpi="dso", as_of__lte=as_of)
    newest = kept.order_by("-as_of").values_list("as_of", flat=True).first()
    told = (
        WorkingCapitalRow.objects.filter(
            company=company, currency=company.currency, from_on__lte=as_of
        )
        .order_by("-from_on", "-id")
        .first()
    )
    row = None if told is None else _row(told)
    if newest is None:
        return Capital(
            as_of=None, currency=company.currency, figures=None, told=row, missing_rates=()
        )
    rates = home_rates(company, as_of=newest)
    inputs = dict(kept.filter(as_of=newest).values_list("currency", "inputs"))
    missing = tuple(sorted(code for code in inputs if code not in rates))
    figures = None
    if not missing:
        sums = {
            name: sum(
                at_home(int(one.get(name) or 0), code, rates) or 0 for code, one in inputs.items()
            )
            for name in ("receivables_minor", "sales_minor")
        }
        figures = working_capital(
            **sums,
            sales_days=WINDOW_DAYS,
            inventory_days=row.inventory_days if row else None,
            payables_days=row.payables_days if row else None,
            cost_of_sales_minor=row.cost_of_sales_minor if row else None,
        )
    return Capital(
        as_of=newest,
        currency=company.currency,
        figures=figures,
        told=row,
        missing_rates=missing,
    )


def capital_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CapitalRow]:
    """Return one page of what was told, the newest day first."""
    limit = page_limit(limit)
    found = WorkingCapitalRow.objects.filter(
        after(cursor, ("-from_on", "-id"), (date, int)), company=company
    ).order_by("-from_on", "-id")[: limit + 1]
    return page_of(
        [_row(row) for row in found], limit=limit, key=lambda row: (row.from_on, row.id)
    )


def _row(row: WorkingCapitalRow) -> CapitalRow:
    return CapitalRow(
        id=row.pk,
        from_on=row.from_on,
        currency=row.currency,
        inventory_days=row.inventory_days,
        payables_days=row.payables_days,
        cost_of_sales_minor=row.cost_of_sales_minor,
        source=row.source,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
