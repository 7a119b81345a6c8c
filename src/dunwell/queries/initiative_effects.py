"""What an initiative brought: from its experiment, or from the figures before and after."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from dunwell.engine.kpi_catalogue import FORMULAS, KPIS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.trends import month_ends
from dunwell.ml.before_after import Change, difference_change, level_change
from dunwell.models import Company, Initiative, KeptSlice
from dunwell.queries.duel_readings import duel_reading
from dunwell.queries.experiment_readings import experiment_reading
from dunwell.queries.experiments import experiment_row

MONTHS = 24
PPM = 1_000_000
LOWER_IS_BETTER = frozenset(
    {
        *("dso", "average_days_delinquent", "countback_dso", "sales_weighted_dso"),
        *("turnover_days", "overdue_share", "bad_debt_to_sales", "write_off_rate"),
        *("average_days_to_pay", "average_days_to_pay_simple", "average_days_late"),
        *("average_days_late_floored", "roll_not_due", "roll_1_30", "roll_31_60", "roll_61_90"),
        *("dispute_days_mean", "dispute_days_median", "concentration"),
    }
)
"""Figures that are better when they fall; of the others more is better."""

TIED_UP = frozenset(
    {
        *("dso", "average_days_delinquent", "countback_dso", "sales_weighted_dso"),
        *("turnover_days", "average_days_to_pay", "average_days_late"),
        "average_days_late_floored",
    }
)
"""Figures of which a day is a day of sales in money."""

SHARES_OF: Mapping[str, str] = {
    "overdue_share": "receivables_minor",
    "current_share": "receivables_minor",
    "write_off_rate": "receivables_minor",
    "bad_debt_to_sales": "sales_minor",
}
"""Figures in percent of something in money."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeEffect:
    """What was found by a day: `value` in the figure's unit as text, with its interval.

    `gain` is the good of it (above 0 is better): in minor units of `currency`, and in tenths of a
    day. `is_weak`: chance did not decide. `missing` says what is wanting where nothing is told.
    """

    measure: str
    unit: str
    currency: str
    value: str
    low: str
    high: str
    gain_minor: int | None
    gain_low_minor: int | None
    gain_high_minor: int | None
    gain_days_tenths: int | None
    gain_days_low_tenths: int | None
    gain_days_high_tenths: int | None
    before: int
    after: int
    is_weak: bool
    is_better: bool | None
    missing: str
    as_of: str


def initiative_effect(
    company: Company, initiative: Initiative, *, as_of: date
) -> InitiativeEffect:
    """Return what an initiative brought by a day; six queries at most."""
    if initiative.measure == Initiative.Measure.EXPERIMENT:
        return _of_experiment(company, initiative, as_of)
    if initiative.changed_on is None:
        return _nothing(initiative, as_of, "not_begun")
    series = _series(company, initiative, as_of)
    after = sum(day > initiative.changed_on for day, _, _ in series)
    changed = np.array([float(value) for _, value, _ in series])
    if initiative.measure == Initiative.Measure.SERIES:
        found = level_change(changed, after=after)
        missing = "few_months"
    else:
        others = np.array([float(value) for *_, value in series])
        found = difference_change(changed, others, after=after)
        missing = "few_months_beside"
    if found is None:
        return _nothing(initiative, as_of, missing, before=len(series) - after, after=after)
    return _told(company, initiative, found, as_of)


def effect_document(effect: InitiativeEffect) -> Mapping[str, Any]:
    """Return an effect as JSON holds it, kept with the initiative."""
    return asdict(effect)


def initiative_course(
    company: Company, initiative: Initiative, *, as_of: date
) -> list[tuple[date, str]]:
    """Return the figure at each kept month end, for the line on the page; one query."""
    return [(day, str(value)) for day, value, _ in _series(company, initiative, as_of)]


def _series(
    company: Company, initiative: Initiative, as_of: date
) -> list[tuple[date, Decimal, Decimal]]:
    """Return (month end, changed, others), means of the parts; months without either left out."""
    is_whole = not initiative.dimension
    dimension = initiative.dimension or "company"
    rows = KeptSlice.objects.filter(
        company=company,
        dimension=dimension,
        currency=initiative.currency,
        as_of__in=month_ends(as_of=as_of, months=MONTHS),
        window_days=WINDOW_DAYS,
        formulas=FORMULAS,
    ).order_by("as_of", "key")
    months: dict[date, tuple[list[Decimal], list[Decimal]]] = {}
    for row in rows:
        text = row.values.get(initiative.kpi)
        if not text:
            continue
        changed, others = months.setdefault(row.as_of, ([], []))
        (changed if is_whole or row.key in initiative.slices else others).append(Decimal(text))
    wants_others = initiative.measure == Initiative.Measure.DIFFERENCE
    return [
        (day, _mean(changed), _mean(others or changed))
        for day, (changed, others) in months.items()
        if changed and (others or not wants_others)
    ]


def _mean(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal()) / len(values)


def _told(
    company: Company, initiative: Initiative, found: Change, as_of: date
) -> InitiativeEffect:
    """Return a change with what it is in money and days."""
    better = -1 if initiative.kpi in LOWER_IS_BETTER else 1
    money = _money_of_one(company, initiative, as_of)
    daily = _daily_sales(company, initiative, as_of)
    gains = sorted(better * number for number in (found.low, found.high))
    told = [better * found.value, *gains]
    minor = [None if money is None else round(one * money) for one in told]
    days: list[int | None] = [None, None, None]
    if KPIS[initiative.kpi].unit == "days":
        days = [round(one * 10) for one in told]
    elif daily:
        days = [None if one is None else round(one * 10 / daily) for one in minor]
    is_better = True if gains[0] > 0 else False if gains[1] < 0 else None
    return InitiativeEffect(
        measure=initiative.measure,
        unit=KPIS[initiative.kpi].unit,
        currency=initiative.currency,
        value=f"{found.value:.2f}",
        low=f"{found.low:.2f}",
        high=f"{found.high:.2f}",
        gain_minor=minor[0],
        gain_low_minor=minor[1],
        gain_high_minor=minor[2],
        gain_days_tenths=days[0],
        gain_days_low_tenths=days[1],
        gain_days_high_tenths=days[2],
        before=found.before,
        after=found.after,
        is_weak=True,
        is_better=is_better,
        missing="",
        as_of=as_of.isoformat(),
    )


def _inputs(company: Company, initiative: Initiative, as_of: date) -> Mapping[str, int]:
    row = (
        KeptSlice.objects.filter(
            company=company,
            dimension="company",
            currency=initiative.currency,
            as_of__lte=as_of,
            window_days=WINDOW_DAYS,
            formulas=FORMULAS,
        )
        .order_by("-as_of")
        .first()
    )
    return {} if row is None else row.inputs


def _daily_sales(company: Company, initiative: Initiative, as_of: date) -> float:
    """Return the sales of a day in minor units, 0 where none are known."""
    return int(_inputs(company, initiative, as_of).get("sales_minor", 0)) / WINDOW_DAYS


def _money_of_one(company: Company, initiative: Initiative, as_of: date) -> float | None:
    """Return what one unit of the figure is worth in minor units, None where it is not money."""
    if initiative.kpi in TIED_UP:
        return _daily_sales(company, initiative, as_of) or None
    if initiative.kpi in SHARES_OF:
        whole = int(_inputs(company, initiative, as_of).get(SHARES_OF[initiative.kpi], 0))
        return whole / 100 or None
    return None


def _of_experiment(company: Company, initiative: Initiative, as_of: date) -> InitiativeEffect:
    """Return what the experiment says: the part of the money paid in time, in points."""
    if initiative.experiment_id is None:
        return _nothing(initiative, as_of, "no_experiment")
    duel = duel_reading(company, initiative.experiment_id, as_of=as_of)
    if duel is not None and duel.effect_ppm is not None:
        told: Any = duel
        money = (duel.gain_minor, duel.gain_low_minor, duel.gain_high_minor)
        days = (duel.days_tenths, duel.days_low_tenths, duel.days_high_tenths)
    else:
        row = experiment_row(company, initiative.experiment_id, as_of=as_of)
        found = None if duel or row is None else experiment_reading(company, row, as_of=as_of)
        if found is None or found.effect_ppm is None:
            return _nothing(initiative, as_of, "few_customers")
        told, money, days = found, (None, None, None), (None, None, None)
    return InitiativeEffect(
        measure=initiative.measure,
        unit="points",
        currency=company.currency,
        value=f"{told.effect_ppm / 10_000:.2f}",
        low=f"{told.low_ppm / 10_000:.2f}",
        high=f"{told.high_ppm / 10_000:.2f}",
        gain_minor=money[0],
        gain_low_minor=money[1],
        gain_high_minor=money[2],
        gain_days_tenths=days[0],
        gain_days_low_tenths=days[1],
        gain_days_high_tenths=days[2],
        before=0,
        after=told.seen,
        is_weak=False,
        is_better=True if told.low_ppm > 0 else False if told.high_ppm < 0 else None,
        missing="",
        as_of=as_of.isoformat(),
    )


def _nothing(
    initiative: Initiative, as_of: date, missing: str, *, before: int = 0, after: int = 0
) -> InitiativeEffect:
    """Return that nothing can be told yet, and what is wanting."""
    return InitiativeEffect(
        measure=initiative.measure,
        unit=KPIS[initiative.kpi].unit,
        currency=initiative.currency,
        value="",
        low="",
        high="",
        gain_minor=None,
        gain_low_minor=None,
        gain_high_minor=None,
        gain_days_tenths=None,
        gain_days_low_tenths=None,
        gain_days_high_tenths=None,
        before=before,
        after=after,
        is_weak=initiative.measure != Initiative.Measure.EXPERIMENT,
        is_better=None,
        missing=missing,
        as_of=as_of.isoformat(),
    )
