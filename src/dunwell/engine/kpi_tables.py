"""Every figure a ledger can answer, per currency, with the sums it was made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import cast

from dunwell.engine import kpis
from dunwell.engine.calendars import day_number
from dunwell.engine.kpi_catalogue import KPIS, LEDGER_KPIS, Kpi
from dunwell.engine.kpi_desk_tables import desk_figures
from dunwell.engine.kpi_facts import kpi_facts
from dunwell.engine.kpi_sums import Facts, sales_months
from dunwell.engine.ledger import Keep, Ledger, as_it_is

WINDOW_DAYS = 90
"""Window a figure looks back over unless the caller asks for another."""

FactRow = Mapping[str, object]
Answer = tuple[Fraction | None, dict[str, int]]


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One figure of one currency: value (None = not applicable), unit, formula and its inputs.

    `inputs` are whole numbers: minor units where the name ends in `_minor`, days
    where it ends in `_days`, else counts. `exact` is the value before rounding.
    """

    kpi: str
    name: str
    currency: str
    value: Decimal | None
    unit: str
    formula: str
    inputs: Mapping[str, int]
    exact: Fraction | None


def kpi_table(
    ledger: Ledger,
    *,
    as_of: date,
    window_days: int = WINDOW_DAYS,
    keep: Keep = as_it_is,
) -> list[KpiValue]:
    """Return every figure of LEDGER_KPIS for each currency, currencies in order.

    The only place of the engine that collects: what it collects is one row per
    currency and day at most. `keep` as in `KpiBook`. Raises ValueError for a window shorter than
    a day.
    """
    facts = kpi_facts(ledger, as_of=as_of, window_days=window_days, keep=keep)
    rows = facts.collect().rows(named=True)
    return kpi_values(rows, as_of=as_of, window_days=window_days)


def kpi_values(
    facts: Iterable[FactRow],
    *,
    as_of: date,
    window_days: int = WINDOW_DAYS,
    wanted: Mapping[str, Kpi] = LEDGER_KPIS,
) -> list[KpiValue]:
    """Return the figures from the collected rows of `kpi_facts` for the same day and window.

    `wanted`: KPIS where the rows hold the facts of the desk's other records too.
    """
    currencies: dict[str, Facts] = {}
    for row in facts:
        currency = str(row["currency"])
        found = currencies.setdefault(currency, Facts(as_of, window_days))
        found.add(str(row["measure"]), cast("int | None", row["key"]), cast("int", row["value"]))
    if window_days < 1:
        raise ValueError(f"a window of {window_days} days: give at least 1")
    return [
        value
        for currency in sorted(currencies)
        for value in figures_of(currency, currencies[currency], wanted=wanted)
    ]


def figures_of(currency: str, facts: Facts, *, wanted: Mapping[str, Kpi]) -> list[KpiValue]:
    """Return the wanted figures of one currency (or, without one, of all), in their order."""
    answers: dict[str, Answer] = desk_figures(facts)
    if currency:
        for part in PARTS:
            answers.update(part(facts))
    return [
        KpiValue(
            kpi=kpi.id,
            name=kpi.name,
            currency=currency,
            value=kpis.rounded(answers[kpi.id][0], kpi.digits),
            unit=kpi.unit,
            formula=kpi.formula,
            inputs=answers[kpi.id][1],
            exact=answers[kpi.id][0],
        )
        for kpi in wanted.values()
        if kpi.has_currency == bool(currency)
    ]


def _from(formula: Callable[..., Fraction | None], **inputs: int) -> Answer:
    """Return the formula's answer together with the inputs it was given."""
    return formula(**inputs), inputs


def _percent(part: tuple[str, int], whole: tuple[str, int]) -> Answer:
    """Return part / whole in percent, each input under its own name."""
    return kpis.percent(part=part[1], whole=whole[1]), dict([part, whole])


def _mean(total: tuple[str, int], weight: tuple[str, int]) -> Answer:
    """Return total / weight, each input under its own name."""
    return kpis.weighted_mean(total=total[1], weight=weight[1]), dict([total, weight])


def _sales_figures(facts: Facts) -> dict[str, Answer]:
    """Return the DSO family and turnover; unapplied cash and disputes stand beside the DSO."""
    today, days = day_number(facts.as_of), facts.window_days
    owed, sales = facts.receivables(today), facts.within("sales_minor")
    current = owed - facts.overdue(today)
    begin = facts.receivables(facts.begin_day)
    months = sales_months(facts)
    by_months = {
        "receivables_minor": owed,
        "sales_ever_minor": facts.until("sales_minor", today),
        "months": len(months),
    }
    covered = sum(month.open_minor for month in months if month.sales_minor > 0)
    value, inputs = _from(kpis.dso, receivables_minor=owed, sales_minor=sales, days=days)
    beside = {name: facts.sums[name] for name in ("unapplied_minor", "disputed_minor")}
    return {
        "dso": (value, {**inputs, **beside}),
        "best_possible_dso": _from(
            kpis.best_possible_dso, current_minor=current, sales_minor=sales, days=days
        ),
        "average_days_delinquent": _from(
            kpis.average_days_delinquent,
            receivables_minor=owed,
            current_minor=current,
            sales_minor=sales,
            days=days,
        ),
        "countback_dso": (kpis.countback_dso(receivables_minor=owed, months=months), by_months),
        "sales_weighted_dso": (
            kpis.sales_weighted_dso(months),
            {**by_months, "covered_minor": covered},
        ),
        "turnover": _from(
            kpis.turnover, sales_minor=sales, begin_minor=begin, end_minor=owed, days=days
        ),
        "turnover_days": _from(
            kpis.turnover_days, sales_minor=sales, begin_minor=begin, end_minor=owed, days=days
        ),
    }


def _collection_figures(facts: Facts) -> dict[str, Answer]:
    """Return effectiveness, recovery, shares and write-offs."""
    today = day_number(facts.as_of)
    owed, overdue = facts.receivables(today), facts.overdue(today)
    sales, begin = facts.within("sales_minor"), facts.receivables(facts.begin_day)
    receivables = ("receivables_minor", owed)
    given_up = ("written_off_minor", facts.within("written_off_minor"))
    effectiveness = {
        "begin_minor": begin,
        "sales_minor": sales,
        "end_minor": owed,
        "end_current_minor": owed - overdue,
    }
    return {
        "cei_period": _from(kpis.cei, **effectiveness, months=1),
        "cei_monthly": _from(kpis.cei, **effectiveness, months=facts.months),
        "recovery_rate": _from(
            kpis.recovery_rate,
            collected_minor=facts.within("collected_minor"),
            begin_minor=begin,
            sales_minor=sales,
        ),
        "current_share": _percent(("current_minor", owed - overdue), receivables),
        "overdue_share": _percent(("overdue_minor", overdue), receivables),
        "bad_debt_to_sales": _percent(given_up, ("sales_minor", sales)),
        "write_off_rate": _percent(given_up, receivables),
    }


def _payment_figures(facts: Facts) -> dict[str, Answer]:
    """Return days to pay, days late and promises kept."""
    sums = facts.sums
    amount = ("settled_amount_minor", sums["settled_amount_minor"])
    items = ("settled_items", sums["settled_items"])
    return {
        "average_days_to_pay": _mean(("amount_days_to_pay", sums["amount_days_to_pay"]), amount),
        "average_days_to_pay_simple": _mean(("days_to_pay", sums["days_to_pay"]), items),
        "average_days_late": _mean(("amount_days_late", sums["amount_days_late"]), amount),
        "average_days_late_floored": _mean(
            ("amount_days_late_floored", sums["amount_days_late_floored"]), amount
        ),
        "promises_kept_by_count": _percent(
            ("promises_kept", sums["promises_kept"]), ("promises", sums["promises"])
        ),
        "promises_kept_by_amount": _percent(
            ("promised_kept_minor", sums["promised_kept_minor"]),
            ("promised_minor", sums["promised_minor"]),
        ),
    }


def _other_figures(facts: Facts) -> dict[str, Answer]:
    """Return roll rates, dispute cycle and concentration."""
    sums, cycles = facts.sums, facts.by_key["disputes_closed"]
    mean, median = kpis.mean_and_median(cycles)
    cycle_inputs = {
        "disputes_closed": sum(cycles.values()),
        "cycle_days": sum(days * times for days, times in cycles.items()),
        "disputed_minor": sums["disputed_minor"],
    }
    rolls = {
        f"roll_{name}": _percent(
            (f"roll_moved_{n}_minor", sums[f"roll_moved_{n}_minor"]),
            (f"roll_before_{n}_minor", sums[f"roll_before_{n}_minor"]),
        )
        for n, name in enumerate(("not_due", "1_30", "31_60", "61_90"))
    }
    return {
        **rolls,
        "dispute_days_mean": (mean, cycle_inputs),
        "dispute_days_median": (median, cycle_inputs),
        "concentration": (
            kpis.concentration_of_sums(squares=sums["owed_squared"], total=sums["owed_minor"]),
            {
                "owed_minor": sums["owed_minor"],
                "largest_owed_minor": sums["largest_owed_minor"],
                "owing_customers": sums["owing_customers"],
            },
        ),
    }


def _risk_figures(facts: Facts) -> dict[str, Answer]:
    """Return the figures without what is disputed, and what may not come any more."""
    sums, today = facts.sums, day_number(facts.as_of)
    owed, sales = facts.receivables(today), facts.within("sales_minor")
    current = owed - facts.overdue(today)
    begin = facts.receivables(facts.begin_day)
    disputed = {
        name: sums[name]
        for name in ("begin_disputed_minor", "disputed_minor", "disputed_current_minor")
    }
    begin_off, end_off, current_off = disputed.values()
    effectiveness = {
        "begin_minor": begin,
        "sales_minor": sales,
        "end_minor": owed,
        "end_current_minor": current,
    }

    def share(part: str, whole: str) -> Answer:
        return _percent((part, sums[part]), (whole, sums[whole]))

    return {
        "dso_undisputed": (
            kpis.dso(receivables_minor=owed - end_off, sales_minor=sales, days=facts.window_days),
            {
                "receivables_minor": owed,
                "disputed_minor": end_off,
                "sales_minor": sales,
                "days": facts.window_days,
            },
        ),
        "cei_undisputed": (
            kpis.cei(
                begin_minor=begin - begin_off,
                sales_minor=sales,
                end_minor=owed - end_off,
                end_current_minor=current - current_off,
            ),
            {**effectiveness, **disputed},
        ),
        "delinquency_rate": _percent(
            ("delinquent_minor", sums["delinquent_minor"]), ("receivables_minor", owed)
        ),
        "at_risk": share("at_risk_unpaid_minor", "at_risk_billed_minor"),
        "write_off_recovery": share("recovered_minor", "lost_minor"),
        "collection_progress": share("promised_open_minor", "to_collect_minor"),
    }


PARTS = (_sales_figures, _collection_figures, _payment_figures, _other_figures, _risk_figures)
"""What together answers every figure of a ledger."""

PARAMETERS = ("days", "months", "weeks")
"""Inputs that say over how long a figure looks; the others are sums of rows."""

KPI_INPUTS: Mapping[str, tuple[str, ...]] = {
    value.kpi: tuple(value.inputs)
    for currency in ("XXX", "")
    for value in figures_of(currency, Facts(date(2000, 1, 1), WINDOW_DAYS), wanted=KPIS)
}
"""The inputs of every figure by their names; a name means the same in every figure."""
