"""The league table as pages show it: models by metric, the best of each marked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.model_words import days_text, model_kind, score_text, share_text
from dunwell.templatetags.money import NO_VALUE

register = template.Library()

TARGET = 0.8
"""What an 80 % range should hold."""

Words = Promise | str


@dataclass(frozen=True, slots=True)
class Metric:
    """One column: where its figure lies, how it reads, and which value is the best."""

    name: str
    path: tuple[str, ...]
    label: Words
    meaning: Words
    show: Callable[[float], str]
    rank: Callable[[float], float] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure with its 95 % interval, where one was drawn."""

    label: str
    text: str
    low: str
    high: str
    is_best: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One model with its figures in the order of the columns."""

    kind: str
    label: str
    is_best: bool
    is_learned: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The part of the league that is about some items; `requests` of how many `customers`."""

    columns: tuple[Metric, ...]
    lines: tuple[Line, ...]
    requests: int
    customers: int


def _low(value: float) -> float:
    return value


def _high(value: float) -> float:
    return -value


def _near_target(value: float) -> float:
    return abs(value - TARGET)


ITEM_METRICS = (
    Metric(
        "crps", ("days", "crps"), _("CRPS"),
        _("Error of the whole distribution in days; it decides who serves. Less is better."),
        days_text, _low,
    ),
    Metric(
        "mae", ("days", "mae"), _("Days off"),
        _("Average distance between the expected pay day and the real one. Less is better."),
        days_text, _low,
    ),
    Metric(
        "within_3", ("days", "within_3"), _("Within 3 days"),
        _("Share of pay days that were met within three days. More is better."),
        share_text, _high,
    ),
    Metric(
        "cover_80", ("days", "cover_80"), _("Range holds (80 %)"),
        _("Share of pay days inside the range that should hold 80 %. The nearest to 80 % wins."),
        share_text, _near_target,
    ),
    Metric(
        "width_80", ("days", "width_80"), _("Width"),
        _("Width of that range in days. Narrower is better among ranges that hold."),
        days_text,
    ),
    Metric(
        "brier", ("late", "brier"), _("Brier score"),
        _("Squared error of the chance of being late: 0 is perfect. Less is better."),
        score_text, _low,
    ),
    Metric(
        "auc", ("late", "auc"), _("Separation (AUC)"),
        _("How well late items are told from punctual ones: 0.5 is chance, 1 is perfect."),
        score_text, _high,
    ),
    Metric(
        "calibration_error", ("late", "calibration_error"), _("Calibration error"),
        _("How far a told chance lies from what happens, on average. Less is better."),
        share_text, _low,
    ),
)  # fmt: skip
BOOK_METRICS = (
    Metric(
        "worklist", ("worklist", "model"), _("Late money found"),
        _("Share of the money still unpaid after 14 days that the first fifth of the list holds."),
        share_text, _high,
    ),
    Metric(
        "cash", ("cash", "first_wape"), _("Cash off, by week"),
        _("Average error of the weekly cash of weeks 1 to 4, against what came. Less is better."),
        share_text, _low,
    ),
    Metric(
        "cash_sum", ("cash", "sum_wape"), _("Cash off, four weeks"),
        _("Average error of the sum of four weeks. Less is better."),
        share_text, _low,
    ),
    Metric(
        "cash_cover", ("cash", "first_cover_80"), _("Cash range holds"),
        _("Share of weeks inside the range that should hold 80 %. The nearest to 80 % wins."),
        share_text, _near_target,
    ),
)  # fmt: skip


@register.simple_tag
def league_view(league: Any, scope: str) -> Table:
    """Return one part of a league table, each figure with its 95 % interval where one was kept."""
    columns = BOOK_METRICS if scope == "book" else ITEM_METRICS
    found = {row.model: _within(row.figures, scope) for row in league.rows}
    best = {metric.name: _best(metric, found) for metric in columns}
    lines = tuple(
        Line(
            kind=row.model,
            label=model_kind(row.model),
            is_best=row.is_best,
            is_learned=row.is_learned,
            cells=tuple(
                _cell(
                    metric,
                    _value(metric, found[row.model]),
                    _interval(metric, row.figures, scope),
                    is_best=row.model in best[metric.name],
                )
                for metric in columns
            ),
        )
        for row in league.rows
    )
    counted = _within(league.rows[0].figures, "open" if scope == "book" else scope)
    return Table(
        columns=columns,
        lines=lines,
        requests=int(counted.get("requests") or 0),
        customers=int(counted.get("customers") or 0),
    )


def _within(figures: Mapping[str, Any], scope: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = figures if scope == "book" else figures.get(scope) or {}
    return found


def _value(metric: Metric, figures: Mapping[str, Any]) -> float | None:
    found: Any = figures
    for step in metric.path:
        found = (found or {}).get(step)
    return None if found is None else float(found)


def _interval(metric: Metric, figures: Mapping[str, Any], scope: str) -> Mapping[str, Any]:
    path = metric.path if scope == "book" else (scope, *metric.path)
    return (figures.get("intervals") or {}).get(".".join(path)) or {}


def _best(metric: Metric, found: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the models whose figure reads like the best one; none where it proves nothing."""
    if metric.rank is None:
        return set()
    values = {
        model: value
        for model, figures in found.items()
        if (value := _value(metric, figures)) is not None
    }
    if len(values) < 2:  # noqa: PLR2004  one model is the best of nothing
        return set()
    first = min(values.values(), key=metric.rank)
    return {model for model, value in values.items() if metric.show(value) == metric.show(first)}


def _cell(
    metric: Metric, value: float | None, interval: Mapping[str, Any], *, is_best: bool
) -> Cell:
    if value is None:
        return Cell(str(metric.label), NO_VALUE, "", "", is_best=False)
    low, high = (interval.get(end) for end in ("low", "high"))
    return Cell(
        label=str(metric.label),
        text=metric.show(value),
        low=metric.show(low) if low is not None else "",
        high=metric.show(high) if high is not None else "",
        is_best=is_best,
    )
