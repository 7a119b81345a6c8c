"""Budgets beside what happened and what is expected, month by month, and where the year ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.budgets import (
    FLOWS,
    RunRate,
    Variance,
    months_of,
    run_rate,
    variance,
)
from dunwell.engine.calendars import months_after
from dunwell.models import Budget, BudgetLine, CashPeriod, Company
from dunwell.queries.cash_outlook import cash_outlook
from dunwell.queries.month_actuals import kept_actuals

Slice = tuple[str, str, str]
"""Figure, dimension, key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetRow:
    """One version of a budget."""

    id: int
    name: str
    starts_on: date
    months: int
    currency: str
    version: int
    revision: int
    status: str
    author: str
    approved_by: str
    approved_on: date | None
    note: str

    @property
    def ends_on(self) -> date:
        """The last day of the budget."""
        return months_after(self.starts_on, self.months) - timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetCell:
    """One figure of one month: planned, happened (up to `counted_to`) and expected.

    `forecast` is the actual of a month that is over; of cash in, months to come are the
    outlook's; else None. `variance` compares the actual of a month that is over.
    """

    month_on: date
    figure: str
    dimension: str
    key: str
    budget: int | None
    actual: int | None
    forecast: int | None
    counted_to: date | None
    variance: Variance | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetTotal:
    """One figure over all months: flows add up, levels show their last month.

    `to_date` compares what was planned for the months and days that have passed; `run_rate` says
    where a flow ends.
    """

    figure: str
    dimension: str
    key: str
    budget: int
    budget_to_date: int | None
    actual: int | None
    variance: Variance | None
    run_rate: RunRate | None
    forecast: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetTable:
    """A budget with its cells by month and slice, and a total of each slice."""

    budget: BudgetRow
    months: tuple[date, ...]
    cells: tuple[BudgetCell, ...]
    totals: tuple[BudgetTotal, ...]
    counted_to: date | None

    def row(self, total: BudgetTotal) -> tuple[BudgetCell, ...]:
        """Return the cells of a total's slice, in the order of the months."""
        asked = (total.figure, total.dimension, total.key)
        return tuple(
            cell for cell in self.cells if (cell.figure, cell.dimension, cell.key) == asked
        )


def budget_rows(company: Company) -> tuple[BudgetRow, ...]:
    """Return every version of every budget, the latest year and version first."""
    rows = Budget.objects.filter(company=company)
    return tuple(_row(row) for row in rows.order_by("-starts_on", "name", "currency", "-version"))


def budget_lines(budget: Budget) -> dict[tuple[date, str, str, str], int]:
    """Return the lines of a budget by month, figure, dimension and key."""
    return {
        (line.month_on, line.figure, line.dimension, line.key): line.value
        for line in BudgetLine.objects.filter(budget=budget)
    }


def budget_table(company: Company, budget: Budget, *, as_of: date) -> BudgetTable:
    """Return a budget beside actual and forecast as of a day; a fixed number of queries."""
    row, months = _row(budget), months_of(budget.starts_on, budget.months)
    lines = budget_lines(budget)
    actual = kept_actuals(
        company,
        currency=budget.currency,
        first=months_after(budget.starts_on, -12),
        last=months[-1],
    )
    coming = _coming(company, budget.currency, as_of=as_of)
    slices = _slices(lines)
    cells = tuple(
        _cell(month, one, lines, actual, coming, as_of=as_of) for one in slices for month in months
    )
    totals = tuple(_total(row, one, cells, actual, months, as_of=as_of) for one in slices)
    return BudgetTable(
        budget=row,
        months=months,
        cells=cells,
        totals=totals,
        counted_to=max((on for _, on in actual.values()), default=None),
    )


def _row(budget: Budget) -> BudgetRow:
    return BudgetRow(
        id=budget.pk,
        name=budget.name,
        starts_on=budget.starts_on,
        months=budget.months,
        currency=budget.currency,
        version=budget.version,
        revision=budget.revision,
        status=budget.status,
        author=budget.author,
        approved_by=budget.approved_by,
        approved_on=budget.approved_on,
        note=budget.note,
    )


def _slices(lines: Mapping[tuple[date, str, str, str], int]) -> list[Slice]:
    order = list(BudgetLine.Figure.values)
    found = {(figure, dimension, key) for _, figure, dimension, key in lines}
    return sorted(found, key=lambda one: (one[1], one[2], order.index(one[0])))


def _coming(company: Company, currency: str, *, as_of: date) -> dict[date, int]:
    """Return expected cash of the months to come by their first day."""
    outlook = cash_outlook(company, as_of=as_of, scope=CashPeriod.Scope.ALL)
    if outlook is None:
        return {}
    return {
        row.starts_on.replace(day=1): row.expected_minor for row in outlook.of(currency, "month")
    }


def _cell(
    month: date,
    one: Slice,
    lines: Mapping[tuple[date, str, str, str], int],
    actual: Mapping[tuple[date, str, str, str], tuple[int, date]],
    coming: Mapping[date, int],
    *,
    as_of: date,
) -> BudgetCell:
    figure, dimension, key = one
    planned = lines.get((month, *one))
    happened, counted_to = _happened(actual, month, one)
    ends_on = months_after(month, 1) - timedelta(days=1)
    is_over = ends_on <= as_of and counted_to is not None and counted_to >= ends_on
    forecast = happened if is_over else None
    if not is_over and figure == "cash_in" and not dimension and month in coming:
        # the present month: what came so far, and what is still expected of it
        forecast = coming[month] + (happened or 0)
    return BudgetCell(
        month_on=month,
        figure=figure,
        dimension=dimension,
        key=key,
        budget=planned,
        actual=happened,
        forecast=forecast,
        counted_to=counted_to,
        variance=variance(figure, budget=planned, actual=happened) if is_over else None,
    )


def _happened(
    actual: Mapping[tuple[date, str, str, str], tuple[int, date]], month: date, one: Slice
) -> tuple[int | None, date | None]:
    """Return what happened; a flow of a month that was counted and has no row is nothing."""
    if (month, *one) in actual:
        return actual[month, *one]
    counted = [on for (at, _, _, _), (_, on) in actual.items() if at == month]
    return (0, max(counted)) if counted and one[0] in FLOWS else (None, None)


def _total(
    budget: BudgetRow,
    one: Slice,
    cells: Sequence[BudgetCell],
    actual: Mapping[tuple[date, str, str, str], tuple[int, date]],
    months: Sequence[date],
    *,
    as_of: date,
) -> BudgetTotal:
    figure, dimension, key = one
    own = [cell for cell in cells if (cell.figure, cell.dimension, cell.key) == one]
    counted = [cell for cell in own if cell.actual is not None]
    if figure not in FLOWS:
        planned = [cell.budget for cell in own if cell.budget is not None]
        last = next((cell for cell in reversed(own) if cell.variance is not None), None)
        return BudgetTotal(
            figure=figure, dimension=dimension, key=key,
            budget=planned[-1] if planned else 0,
            budget_to_date=last.budget if last else None,
            actual=counted[-1].actual if counted else None,
            variance=last.variance if last else None,
            run_rate=None, forecast=None,
        )  # fmt: skip
    days = [cell.counted_to for cell in counted if cell.counted_to is not None]
    day = min(max(days, default=as_of), budget.ends_on)
    happened = sum(cell.actual or 0 for cell in counted) if counted else None
    to_date = sum(_due(cell, day) for cell in own) if counted else None
    before = [
        (month, actual[month, *one][0])
        for month in (months_after(month, -12) for month in months)
        if (month, *one) in actual
    ]
    pace = None
    if happened is not None:
        pace = run_rate(
            happened,
            starts_on=budget.starts_on,
            ends_on=budget.ends_on,
            as_of=day,
            last_year=before if len(before) == len(months) else (),
        )
    expected = [cell.forecast for cell in own]
    known = sum(value for value in expected if value is not None)
    whole = known if all(value is not None for value in expected) else None
    if whole is None and pace is not None:
        whole = pace.seasonal if pace.seasonal is not None else pace.straight
    return BudgetTotal(
        figure=figure,
        dimension=dimension,
        key=key,
        budget=sum(cell.budget or 0 for cell in own),
        budget_to_date=to_date,
        actual=happened,
        variance=variance(figure, budget=to_date, actual=happened),
        run_rate=pace,
        forecast=whole,
    )


def _due(cell: BudgetCell, day: date) -> int:
    """Return what of a month's plan was due by a day, in proportion to its days."""
    days = (months_after(cell.month_on, 1) - cell.month_on).days
    passed = min(days, max(0, (day - cell.month_on).days + 1))
    return (cell.budget or 0) * passed // days
