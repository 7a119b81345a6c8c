"""Why a score, a rank or a figure is what it is, told from the parts that add up to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dunwell.engine import kpis
from dunwell.engine.copilot_facts import (
    Amount,
    CopilotFacts,
    Counted,
    Measured,
    Named,
    PointFact,
    Record,
    Sentence,
    Slot,
)
from dunwell.engine.kpi_catalogue import Kpi

MOST_POINTS = 4
"""So many rows of a score are told; the table has all of them."""

_PERCENTS: Mapping[str, tuple[str, str]] = {
    "current_share": ("current_minor", "receivables_minor"),
    "overdue_share": ("overdue_minor", "receivables_minor"),
    "bad_debt_to_sales": ("written_off_minor", "sales_minor"),
    "write_off_rate": ("written_off_minor", "receivables_minor"),
    "promises_kept_by_count": ("promises_kept", "promises"),
}
_MEANS: Mapping[str, tuple[str, str]] = {
    "average_days_to_pay": ("amount_days_to_pay", "settled_amount_minor"),
    "average_days_to_pay_simple": ("days_to_pay", "settled_items"),
    "average_days_late": ("amount_days_late", "settled_amount_minor"),
    "average_days_late_floored": ("amount_days_late_floored", "settled_amount_minor"),
}
_FORMULAS: Mapping[str, tuple[Callable[..., Fraction | None], tuple[str, ...]]] = {
    "dso": (kpis.dso, ("receivables_minor", "sales_minor", "days")),
    "best_possible_dso": (kpis.best_possible_dso, ("current_minor", "sales_minor", "days")),
    "average_days_delinquent": (
        kpis.average_days_delinquent,
        ("receivables_minor", "current_minor", "sales_minor", "days"),
    ),
    "recovery_rate": (kpis.recovery_rate, ("collected_minor", "begin_minor", "sales_minor")),
    "turnover": (kpis.turnover, ("sales_minor", "begin_minor", "end_minor", "days")),
    "turnover_days": (kpis.turnover_days, ("sales_minor", "begin_minor", "end_minor", "days")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiPoint:
    """A figure on a day: its value as text (empty: not applicable) and what it was made of."""

    on: date
    value: str
    inputs: Mapping[str, int]


def explain_score(facts: CopilotFacts) -> tuple[Sentence, ...]:
    """Return why the score is what it is: base, the strongest points both ways, and the rest.

    What is told adds up: base + told points + rest = score. Empty without a score.
    """
    score = facts.score
    if score is None:
        return ()
    record = Record("score", str(facts.customer_id), facts.number)
    ranked = sorted(score.points, key=lambda one: (-abs(one.points), one.reason))
    told = [one for one in ranked[:MOST_POINTS] if one.points]
    rest = sum(one.points for one in score.points) - sum(one.points for one in told)
    said = [
        Sentence(
            key="score_is",
            slots={"score": score.score, "band": score.band, "day": score.on, "base": score.base},
            records=(record,),
        ),
        *(_points(one, record) for one in told),
    ]
    if rest:
        said.append(Sentence(key="score_rest", slots={"points": _signed(rest)}, records=(record,)))
    if score.change:
        key = "score_rose" if score.change > 0 else "score_fell"
        points = Counted(abs(score.change), "point")
        said.append(Sentence(key=key, slots={"points": points}, records=(record,)))
    if score.is_thin:
        said.append(Sentence(key="score_thin", records=(record,)))
    said += [
        Sentence(key="score_warning", slots={"warning": Named("warning", code)}, records=(record,))
        for code in score.warnings
    ]
    return tuple(said)


def _unranked(facts: CopilotFacts) -> tuple[Sentence, ...]:
    if facts.cycle_on is None:
        return (Sentence(key="rank_no_cycle", records=(facts.record,)),)
    if facts.overdue:
        day = {"day": facts.cycle_on}
        return (Sentence(key="rank_not_listed", slots=day, records=(facts.record,)),)
    return ()


def explain_rank(facts: CopilotFacts) -> tuple[Sentence, ...]:
    """Return why the customer has its place on the worklist; empty where it has none.

    Before the first cycle there is no worklist at all, which is said instead; so is that what is
    overdue now gave it no place in the last one.

    The sums told add up: what is neither promised, disputed nor to be collected is the rest, held,
    covered by credits or cash, or asked for lately. The place is by the extra cash expected per
    minute of what is suggested.
    """
    rank = facts.rank
    if rank is None:
        return _unranked(facts)
    record = Record("worklist", str(facts.customer_id), facts.number)

    def amount(minor: int) -> Amount:
        return Amount(minor, rank.currency)

    said = [
        Sentence(key="rank_is", slots={"rank": rank.rank, "of": rank.of}, records=(record,)),
        Sentence(
            key="rank_collect",
            slots={
                "collect": amount(rank.collect_minor),
                "due": amount(rank.due_minor),
                "promised": amount(rank.promised_minor),
                "disputed": amount(rank.disputed_minor),
                "rest": amount(
                    rank.due_minor - rank.promised_minor - rank.disputed_minor - rank.collect_minor
                ),
            },
            records=(record, facts.record),
        ),
    ]
    if rank.action:
        said.append(
            Sentence(
                key="rank_worth",
                slots={
                    "action": Named("action", rank.action),
                    "extra": amount(rank.extra_minor),
                    "minutes": rank.minutes,
                    "per_minute": amount(rank.score_minor),
                },
                records=(record,),
            )
        )
    said += [
        Sentence(key="rank_blocked", slots={"reason": Named("gate", code)}, records=(record,))
        for code in rank.blocked
    ]
    return tuple(said)


def explain_kpi(
    about: Kpi, now: KpiPoint, before: KpiPoint | None, *, currency: str
) -> tuple[Sentence, ...]:
    """Return what a figure was made of, what moved since an earlier day, and by how much of it.

    Where the formula can be put through again, each input that moved is told with what the figure
    would be had that one alone stayed as it was before.
    """
    record = Record("kpi", about.id, about.name)
    made: dict[str, Slot] = {
        "name": Named("kpi", about.id),
        "day": now.on,
        "formula": Named("formula", about.id),
    }
    if now.value:
        made["value"] = Measured(now.value, about.unit)
    said = [Sentence(key="kpi_is" if now.value else "kpi_none", slots=made, records=(record,))]
    said += [
        Sentence(
            key="kpi_input",
            slots={"input": Named("input", one), "value": _input(one, value, currency)},
            records=(Record("kpi_input", one, one),),
        )
        for one, value in now.inputs.items()
    ]
    if before is None or not (before.value and now.value):
        return tuple(said)
    said.append(
        Sentence(
            key="kpi_same" if before.value == now.value else "kpi_before",
            slots={"value": Measured(before.value, about.unit), "day": before.on},
            records=(record,),
        )
    )
    moved = [one for one in now.inputs if before.inputs.get(one) not in {None, now.inputs[one]}]
    moved.sort(key=lambda one: _share_moved(before.inputs[one], now.inputs[one]), reverse=True)
    said += [_moved(about, one, now, before, currency) for one in moved]
    return tuple(said)


def _moved(about: Kpi, one: str, now: KpiPoint, before: KpiPoint, currency: str) -> Sentence:
    """Return how one input moved, and the figure had it alone stayed as it was before."""
    slots: dict[str, Slot] = {
        "input": Named("input", one),
        "before": _input(one, before.inputs[one], currency),
        "now": _input(one, now.inputs[one], currency),
    }
    would = would_be(about, now.inputs, {one: before.inputs[one]})
    if would is not None:
        slots["would"] = Measured(str(kpis.rounded(would, about.digits)), about.unit)
    key = "kpi_moved" if would is None else "kpi_moved_would"
    return Sentence(key=key, slots=slots, records=(Record("kpi_input", one, one),))


def would_be(about: Kpi, inputs: Mapping[str, int], changed: Mapping[str, int]) -> Fraction | None:
    """Return a figure with some inputs changed; None where its formula needs more than its inputs.

    The same formulas as the figure's own (`engine.kpis`), so unchanged inputs give its value.
    """
    given = {**inputs, **changed}
    if about.id in _PERCENTS:
        part, whole = _PERCENTS[about.id]
        return kpis.percent(part=given[part], whole=given[whole])
    if about.id in _MEANS:
        total, weight = _MEANS[about.id]
        return kpis.weighted_mean(total=given[total], weight=given[weight])
    if about.id not in _FORMULAS:
        return None
    formula, names = _FORMULAS[about.id]
    if not set(changed) <= set(names):
        return None
    return formula(**{name: given[name] for name in names})


def _points(one: PointFact, record: Record) -> Sentence:
    measured = "" if one.measured is None else str(one.measured)
    return Sentence(
        key="score_up" if one.points > 0 else "score_down",
        slots={
            "fact": Named("fact", one.reason),
            "measured": Measured(measured, one.unit),
            "neutral": Measured(str(one.neutral), one.unit),
            "points": _signed(one.points),
        },
        records=(record,),
    )


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"\N{MINUS SIGN}{-points}"


def _input(name: str, value: int, currency: str) -> Amount | Measured:
    """Return an input as money where its name ends in `_minor`, else as the number it is."""
    if name.endswith("_minor") and currency:
        return Amount(value, currency)
    return Measured(str(value), "count")


def _share_moved(before: int, now: int) -> Fraction:
    return Fraction(abs(now - before), max(abs(before), 1))
