"""Gaps ahead: weeks below the buffer, months that miss a budget, covenants about to break."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from dunwell.engine.budgets import variance
from dunwell.engine.calendars import months_after
from dunwell.engine.gaps import Gap, Lever, Reserves, levers
from dunwell.models import Budget, CashPeriod, Company, GapAlert, KpiValue, OpenItem
from dunwell.queries.budgets import BudgetCell, budget_table
from dunwell.queries.cash_outlook import CashOutlook, cash_outlook
from dunwell.queries.covenants import covenant_rows
from dunwell.queries.home_rates import at_home, home_rates
from dunwell.queries.liquidity import Liquidity, liquidity
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

LOOK_BACK_DAYS = 92
LOOK_AHEAD_MONTHS = 3
Kind = GapAlert.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class GapsDue:
    """The gaps of a day, each with the levers that may close it."""

    gaps: tuple[tuple[Gap, tuple[Lever, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRow:
    """One alert; `levers` are (name, amount in minor units, closes the gap)."""

    id: int
    kind: str
    starts_on: date
    label: str
    currency: str
    unit: str
    expected: int
    wanted: int
    levers: tuple[Lever, ...]
    opened_on: date
    seen_on: date
    ended_on: date | None


def gaps_due(company: Company, *, as_of: date) -> GapsDue:
    """Return every gap that is seen on a day, the earliest period first."""
    known = liquidity(company, as_of=as_of)
    found = [
        *_liquidity_gaps(known),
        *_budget_gaps(company, known, as_of=as_of),
        *_covenant_gaps(company, as_of=as_of),
    ]
    if not found:
        return GapsDue(gaps=())
    outlook = cash_outlook(company, as_of=as_of, scope=CashPeriod.Scope.ALL)
    held = _held(company, as_of=as_of)
    return GapsDue(
        gaps=tuple(
            (gap, _levers(gap, held, outlook))
            for gap in sorted(found, key=lambda gap: (gap.starts_on, gap.kind, gap.key))
        )
    )


def alert_rows(
    company: Company, *, with_ended: bool = False, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AlertRow]:
    """Return one page of alerts, the earliest period first; the ended ones only on demand."""
    limit = page_limit(limit)
    found = GapAlert.objects.filter(
        after(cursor, ("starts_on", "id"), (date, int)), company=company
    )
    if not with_ended:
        found = found.filter(ended_on=None)
    return page_of(
        [
            AlertRow(
                id=row.pk,
                kind=row.kind,
                starts_on=row.starts_on,
                label=row.label,
                currency=row.currency,
                unit=row.unit,
                expected=row.expected,
                wanted=row.wanted,
                levers=tuple(Lever(**one) for one in row.levers),
                opened_on=row.opened_on,
                seen_on=row.seen_on,
                ended_on=row.ended_on,
            )
            for row in found.order_by("starts_on", "id")[: limit + 1]
        ],
        limit=limit,
        key=lambda row: (row.starts_on, row.id),
    )


def _liquidity_gaps(known: Liquidity) -> Iterator[Gap]:
    for week in known.rows:
        if week.below_minor:
            yield Gap(
                kind=Kind.LIQUIDITY,
                key=week.starts_on.isoformat(),
                starts_on=week.starts_on,
                label="",
                currency=known.currency,
                unit="minor",
                expected=week.p10_minor,
                wanted=known.buffer_minor,
            )


def _budget_gaps(company: Company, known: Liquidity, *, as_of: date) -> Iterator[Gap]:
    """Return months that missed, and months to come whose cash in is expected to."""
    approved = Budget.objects.filter(company=company, status=Budget.Status.APPROVED)
    for budget in approved.order_by("id"):
        if months_after(budget.starts_on, budget.months) < as_of - timedelta(days=LOOK_BACK_DAYS):
            continue
        table = budget_table(company, budget, as_of=as_of)
        for cell in table.cells:
            if gap := _missed(budget, cell, known.rule.miss_ppm, as_of=as_of):
                yield gap


def _missed(budget: Budget, cell: BudgetCell, miss_ppm: int, *, as_of: date) -> Gap | None:
    ends_on = months_after(cell.month_on, 1) - timedelta(days=1)
    is_over = ends_on <= as_of
    if is_over and ends_on < as_of - timedelta(days=LOOK_BACK_DAYS):
        return None
    if not is_over and cell.month_on > months_after(as_of, LOOK_AHEAD_MONTHS):
        return None
    told = cell.actual if is_over else cell.forecast
    found = variance(cell.figure, budget=cell.budget, actual=told)
    if found is None or told is None or cell.budget is None or found.is_good:
        return None
    if found.ppm is not None and abs(found.ppm) < miss_ppm:
        return None
    slice_key = f"{cell.dimension}={cell.key}" if cell.dimension else ""
    parts = (budget.name, budget.starts_on, cell.month_on, cell.figure, slice_key, budget.currency)
    return Gap(
        kind=Kind.BUDGET,
        key="|".join(str(part) for part in parts)[:200],
        starts_on=cell.month_on,
        label=f"{budget.name}|{cell.figure}|{cell.key}"[:200],
        currency=budget.currency,
        unit="days_x100" if cell.figure == "dso" else "minor",
        expected=told,
        wanted=cell.budget,
    )


def _covenant_gaps(company: Company, *, as_of: date) -> Iterator[Gap]:
    for row in covenant_rows(company, as_of=as_of):
        if row.ended_on is not None or row.waived_until is not None:
            continue
        broken = row.now if row.now.is_met is False else None
        on = row.next_test_on
        if broken is None and row.breach_on is not None and row.expected.is_met is False:
            broken, on = row.expected, row.next_test_on
        if broken is not None and broken.measured is not None:
            yield Gap(
                kind=Kind.COVENANT,
                key=f"{row.id}|{on}",
                starts_on=on,
                label=row.name,
                currency=row.currency,
                unit=row.unit,
                expected=broken.measured,
                wanted=broken.threshold,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    """What could be turned into cash, in the home currency."""

    currency: str
    eligible_minor: int
    late_minor: int
    late_limits_minor: int


def _held(company: Company, *, as_of: date) -> _Held:
    rates = home_rates(company, as_of=as_of)
    sums: dict[str, int] = {}
    kept = KpiValue.objects.filter(company=company, as_of__lte=as_of)
    day = kept.filter(kpi="dso").order_by("-as_of").values_list("as_of", flat=True).first()
    names = ("aging_not_due", "aging_31-60", "aging_61-90", "aging_91+")
    for code, kpi, value, inputs in kept.filter(
        as_of=day or as_of, kpi__in=(*names, "dso")
    ).values_list("currency", "kpi", "value", "inputs"):
        told = inputs.get("disputed_minor") if kpi == "dso" else value
        minor = at_home(int(told or 0), code, rates) or 0
        sums[kpi] = sums.get(kpi, 0) + minor
    return _Held(
        currency=company.currency,
        eligible_minor=max(0, sums.get("aging_not_due", 0) - sums.get("dso", 0)),
        late_minor=sum(sums.get(name, 0) for name in names[1:]),
        late_limits_minor=_late_limits(company, as_of=as_of),
    )


def _late_limits(company: Company, *, as_of: date) -> int:
    """Return the room under the limits of customers that are late, at home."""
    late = Sum("open_minor", filter=Q(due_on__lt=as_of, open_minor__gt=0))
    rows = (
        OpenItem.objects.filter(
            company=company,
            customer__credit_limit_minor__isnull=False,
            customer__currency__in=("", company.currency),
            currency=company.currency,
        )
        .order_by()
        .values_list("customer", "customer__credit_limit_minor")
        .annotate(open=Sum("open_minor"), late=late)
    )
    return sum(max(0, limit - opened) for _, limit, opened, overdue in rows if overdue)


def _levers(gap: Gap, held: _Held, outlook: CashOutlook | None) -> tuple[Lever, ...]:
    """Return what may close a gap of cash; for a gap of another kind everything that brings."""
    if gap.currency != held.currency:
        return ()
    later = 0
    if outlook is not None:
        later = sum(
            row.expected_minor for row in outlook.together("week") if row.starts_on > gap.starts_on
        )
    missing = gap.wanted - gap.expected if gap.unit == "minor" else 0
    return levers(
        abs(missing),
        Reserves(
            later_minor=later,
            eligible_minor=held.eligible_minor,
            late_minor=held.late_minor,
            late_limits_minor=held.late_limits_minor,
        ),
    )
