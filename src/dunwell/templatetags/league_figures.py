"""Every figure of a back-test with its 95 % interval, as pages show them: figures by model."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.figures import number
from dunwell.templatetags.model_words import metric_figure, model_kind
from dunwell.templatetags.money import NO_VALUE, locale
from dunwell.templatetags.predictions import chance
from dunwell.templatetags.reasons import percent

register = template.Library()

Words = Promise | str
Show = Callable[[float], str]


def _days(value: float) -> str:
    return str(format_decimal(value, "#,##0.00", locale=locale()))


def _score(value: float) -> str:
    return str(format_decimal(value, "0.000", locale=locale()))


def _share(value: float) -> str:
    text = format_decimal(value * 100, "#,##0.0", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


LATE: Mapping[str, tuple[Words, Show]] = {
    "late.rate": (_("Share that was late"), _share),
    "late.auc": (_("Separation (AUC)"), _score),
    "late.average_precision": (_("Average precision"), _score),
    "late.brier": (_("Brier score"), _score),
    "late.brier_skill": (_("Brier score against the share alone"), _score),
    "late.log_loss": (_("Log loss"), _score),
    "late.calibration_error": (_("Calibration error"), _share),
    "late.calibration_slope": (_("Calibration slope (1 is right, less is too sure)"), _score),
    "late.accuracy": (_("Right when “more likely than not” is taken at its word"), _share),
}
DAYS: Mapping[str, tuple[Words, Show]] = {
    "days.mae": (_("Days off, on average"), _days),
    "days.median_error": (_("Days off, half of the items less"), _days),
    "days.rmse": (_("Days off, root of the mean square"), _days),
    "days.money_mae": (_("Days off, weighted by amount"), _days),
    "days.bias": (_("Too late on average by days"), _days),
    "days.within_3": (_("Within 3 days"), _share),
    "days.within_7": (_("Within 7 days"), _share),
    "days.crps": (_("CRPS"), _days),
    "days.pinball": (_("Pinball loss"), _days),
    "days.cover_80": (_("Range holds (80 %)"), _share),
    "days.width_80": (_("Width of that range in days"), _days),
    "days.class_accuracy": (
        _("Class of lateness met (on time, up to 30, 60, 90 days, more)"),
        _share,
    ),
    "days.class_f1": (_("Classes, macro F1"), _score),
    "days.class_kappa": (_("Classes, weighted kappa"), _score),
}
UNPAID: Mapping[str, tuple[Words, Show]] = {
    "rate": (_("Share still unpaid"), _share),
    "auc": (_("Separation (AUC)"), _score),
    "brier": (_("Brier score"), _score),
    "calibration_error": (_("Calibration error"), _share),
}
WORKLIST: Mapping[str, tuple[Words, Show]] = {
    "worklist.model": (_("Ranked by money and chance"), _share),
    "worklist.amount": (_("Ranked by amount"), _share),
    "worklist.age": (_("Ranked by age"), _share),
    "worklist.perfect": (_("Ranked by what came of it, the most there is"), _share),
    "worklist.model_items": (_("Items: ranked by chance"), _share),
    "worklist.age_items": (_("Items: ranked by age"), _share),
    "worklist.perfect_items": (_("Items: ranked by what came of it"), _share),
}
CASH: Mapping[str, tuple[Words, Show]] = {
    "cash.first_wape": (_("Weeks 1 to 4, off on average"), _share),
    "cash.first_cover_80": (_("Weeks 1 to 4, range holds (80 %)"), _share),
    "cash.sum_wape": (_("Sum of four weeks, off on average"), _share),
}
WEEK: Mapping[str, tuple[Words, Show]] = {
    "wape": (_("Off on average"), _share),
    "bias": (_("Too much on average"), _share),
    "cover_80": (_("Range holds (80 %)"), _share),
    "width_80": (_("Width of that range, as a share of what came"), _share),
}
HORIZONS = (7, 14, 30)
WEEKS = 8

UNITS: Mapping[str, Callable[[Any], str]] = {
    "chance": chance,
    "percent": percent,
    "days": lambda value: number(str(round(value, 1))),
}
"""How the ends of an interval read that are no metric of `ml.card`."""


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of one model and its 95 % interval, empty where it could not be drawn."""

    model: str
    text: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of every model."""

    label: str
    cells: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that answer one question."""

    label: str
    rows: tuple[Row, ...]


@register.simple_tag
def league_figures(league: Any, scope: str) -> tuple[Group, ...]:
    """Return every figure of one part of a league; none of a league that kept no intervals."""
    models = [(model_kind(row.model), row.figures.get("intervals") or {}) for row in league.rows]
    groups = _book_groups() if scope == "book" else _item_groups(scope)
    found = []
    for label, figures in groups:
        rows = tuple(
            Row(str(words), tuple(_told(name, own.get(path), show) for name, own in models))
            for path, (words, show) in figures.items()
            if any(path in own for _, own in models)
        )
        if rows:
            found.append(Group(label, rows))
    return tuple(found)


def _item_groups(scope: str) -> Iterator[tuple[str, Mapping[str, tuple[Words, Show]]]]:
    yield gettext("Late or not"), _under(scope, LATE)
    yield gettext("Pay day"), _under(scope, DAYS)
    for days in HORIZONS:
        yield (
            gettext("Still unpaid after %(days)d days") % {"days": days},
            _under(f"{scope}.unpaid.{days}", UNPAID),
        )


def _book_groups() -> Iterator[tuple[str, Mapping[str, tuple[Words, Show]]]]:
    yield gettext("Money still unpaid after 14 days that the first fifth holds"), WORKLIST
    yield gettext("Cash"), CASH
    for week in range(1, WEEKS + 1):
        yield (
            gettext("Cash of week %(week)d ahead") % {"week": week},
            _under(f"cash.weeks.{week}", WEEK),
        )


def _under(
    prefix: str, figures: Mapping[str, tuple[Words, Show]]
) -> Mapping[str, tuple[Words, Show]]:
    return {f"{prefix}.{name}": words for name, words in figures.items()}


def _told(model: str, interval: Mapping[str, Any] | None, show: Show) -> Told:
    value, low, high = ((interval or {}).get(name) for name in ("value", "low", "high"))
    if value is None:
        return Told(model, NO_VALUE, "", "")
    if low is None or high is None:
        return Told(model, show(value), "", "")
    return Told(model, show(value), show(low), show(high))


@register.simple_tag
def interval(low: Any, high: Any, unit: str) -> SafeString:
    """Return a 95 % interval in small print, nothing where none was kept.

    `unit` is one of UNITS or a metric of `ml.card`.
    """
    if low in {None, ""} or high in {None, ""}:
        return SafeString("")
    show = UNITS.get(unit)
    ends = [show(end) if show else metric_figure(end, unit) for end in (low, high)]
    return format_html("<small>{}\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}{}</small>", *ends)
