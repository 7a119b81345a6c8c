"""How analyses read: names of parts, states and dimensions, and their charts as inline SVG.

Charts are drawn in a box of 100 x 100 stretched by the page; each comes with its table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.aging import BUCKETS
from dunwell.engine.dso_bridge import MILLI
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.root_causes import REST
from dunwell.engine.vintages import PPM
from dunwell.models import CustomerInvoicing, Dispute, Hold
from dunwell.templatetags.money import NO_VALUE, locale, money, money_whole
from dunwell.templatetags.ui import bucket_label

register = template.Library()

PARTS: Mapping[str, Promise] = {
    "volume": _("Volume"),
    "timing": _("Timing"),
    "terms": _("Terms"),
    "lateness": _("Lateness"),
    "disputes": _("Disputes"),
    "mix": _("Mix"),
}
PART_MEANINGS: Mapping[str, Promise] = {
    "volume": _("how much was sold; DSO divides by sales, so growth alone adds nothing to it"),
    "timing": _("when in the window it was sold: late sales are not due yet"),
    "terms": _("which days to pay were agreed"),
    "lateness": _("what is past due and not disputed"),
    "disputes": _("what is disputed"),
    "mix": _("to whom was sold: those who take longer, or shorter"),
}
DIMENSIONS: Mapping[str, Promise] = {
    "all": _("The whole book"),
    "segment": _("Segment"),
    "country": _("Country"),
    "collector": _("Collector"),
    "strategy": _("Strategy"),
}
CAUSE_NAMES: Mapping[str, Promise] = {
    **{name: label for name, label in DIMENSIONS.items() if name != "all"},
    "reason": _("Reason"),
    "terms": _("Agreed days"),
    "channel": _("Way of the invoice"),
    "size": _("Customer size"),
    "invoice": _("Fault of the invoice"),
    "delivery": _("Delivery"),
}
UNKNOWN: Mapping[str, Promise] = {
    "collector": _("nobody"),
    "strategy": _("none"),
    "reason": _("no reason known"),
    "channel": _("way not known"),
    "invoice": _("no fault known"),
    "delivery": _("no word on delivery"),
    "size": _("no sales in a year"),
}
VALUES: Mapping[tuple[str, str], Promise] = {
    ("size", "large"): _("large: 80 percent of sales"),
    ("size", "middling"): _("middling: the next 15 %"),
    ("size", "small"): _("small: the last 5 %"),
    ("invoice", "rejected"): _("rejected"),
    ("invoice", "queried"): _("queried"),
    ("invoice", "disputed"): _("disputed as wrong"),
    ("delivery", "failed"): _("did not arrive"),
    ("delivery", "proven"): _("proven"),
    ("delivery", "sent"): _("sent, not proven"),
    ("reason", "promise:broken"): _("promise broken"),
    ("reason", "promise:open"): _("promise open"),
}
STATES: Mapping[str, Promise] = {
    "new": _("Billed since"),
    "paid": _("Paid"),
    "credited": _("Credited"),
    "written_off": _("Written off"),
    "otherwise": _("Settled otherwise"),
}
COURSE_NAMES: Mapping[str, Promise] = {
    "receivables": _("Receivables"),
    "overdue": _("Overdue"),
    "sales": _("Sales of the month"),
    "collected": _("Collected in the month"),
    "written_off": _("Written off in the month"),
}
MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
VERDICTS: Mapping[str, tuple[Promise, str]] = {
    "better": (_("better"), "chip-good"),
    "worse": (_("worse"), "chip-bad"),
    "equal": (_("equal"), ""),
    "unknown": (_("not comparable"), ""),
}
CUT_FROM = 0.6
"""From which share of the highest step the least one may be drawn without what lies below."""
SERIES = 6
"""Colours of lines; more lines would not be told apart."""

_HOLDS = {str(value): label for value, label in Hold.Reason.choices}
_DISPUTES = {str(value): label for value, label in Dispute.Reason.choices}
_WAYS = {str(value): label for value, label in CustomerInvoicing.Delivery.choices}


@register.filter
def part_label(part: str) -> str:
    """Return the name of a part of the bridge."""
    return str(PARTS.get(part, part))


@register.filter
def part_meaning(part: str) -> str:
    """Return what a part of the bridge says."""
    return str(PART_MEANINGS.get(part, ""))


@register.filter
def dimension_label(dimension: str) -> str:
    """Return the name of a dimension of slices or causes."""
    return str({**CAUSE_NAMES, **DIMENSIONS}.get(dimension, dimension))


@register.simple_tag
def slice_label(dimension: str, key: str) -> str:
    """Return how one value of a dimension reads."""
    if not key:
        return str(UNKNOWN.get(dimension) or gettext("not known"))
    told = VALUES.get((dimension, key)) or _code_label(dimension, key)
    return gettext("all others") if key == REST else str(told)


def _code_label(dimension: str, key: str) -> str:
    """Return how a code of a hold, a dispute, a way or a range of days reads."""
    kind, _colon, code = key.partition(":")
    if dimension == "reason" and kind == "hold":
        return gettext("held: %(reason)s") % {"reason": _HOLDS.get(code, code)}
    if dimension == "reason" and kind == "dispute":
        return gettext("disputed: %(reason)s") % {"reason": _DISPUTES.get(code, code)}
    if dimension == "channel":
        return str(_WAYS.get(key, key))
    if dimension == "terms":
        return gettext("%(days)s days") % {"days": key.replace("-", "\N{EN DASH}")}
    return key


@register.filter
def state_label(state: str) -> str:
    """Return the name of a state of the roll matrix."""
    return bucket_label(state) if state in BUCKETS else str(STATES.get(state, state))


@register.filter
def figure_label(kpi: str) -> str:
    """Return the name of a figure whose course is shown."""
    if kpi in COURSE_NAMES:
        return str(COURSE_NAMES[kpi])
    return gettext(KPIS[kpi].name) if kpi in KPIS else kpi


@register.filter
def month_label(number: int | None) -> str:
    """Return the name of a calendar month, 1 to 12."""
    return str(MONTHS[number - 1]) if number else ""


@register.filter
def verdict_label(verdict: str) -> str:
    """Return how a comparison came out."""
    return str(VERDICTS[verdict][0])


@register.filter
def verdict_class(verdict: str) -> str:
    """Return the colour of a comparison's chip."""
    return VERDICTS[verdict][1]


@register.simple_tag
def measured(value: float | None, unit: str, currency: str = "", signed: str = "") -> str:
    """Return a figure in its unit: an amount, days, percent or points, with a sign if asked."""
    if value is None:
        return NO_VALUE
    if unit == "minor":
        text = money(round(value), currency)
    else:
        number = format_decimal(round(value, 1), format="#,##0.0", locale=locale())
        text = _with_unit(number, unit)
    return f"+{text}" if signed and value > 0 else text


@register.simple_tag
def bridged(value: int, unit: str, currency: str, signed: str = "") -> str:
    """Return a number of the bridge: thousandths of a day, or minor units."""
    if unit == "minor":
        text = money(value, currency)
    else:
        number = format_decimal(value / MILLI, format="#,##0.000", locale=locale())
        text = _with_unit(number, "days")
    return f"+{text}" if signed and value > 0 else text


def _with_unit(number: str, unit: str) -> str:
    if unit == "percent":
        return f"{number}\N{NO-BREAK SPACE}%"
    if unit == "days":
        return gettext("%(number)s days") % {"number": number}
    return number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: its path, the dashed rest of it, and which colour it has."""

    label: str
    colour: int
    path: str
    dashed: str


@register.inclusion_tag("web/charts/course.html")
def course_chart(course: Any) -> dict[str, Any]:
    """Draw a figure by month with its trend; breaks are upright lines, months apart are dots."""
    values = [month.value for month in course.months]
    trends = [month.trend for month in course.months]
    low, high = min(*values, *trends, 0), max(*values, *trends)
    span = (high - low) or 1
    last = max(len(values) - 1, 1)

    def at(place: int, value: float) -> str:
        return f"{100 * place / last:.2f} {98 - 96 * (value - low) / span:.2f}"

    return {
        "course": course,
        "values": _path([at(place, value) for place, value in enumerate(values)]),
        "trend": _path([at(place, value) for place, value in enumerate(trends)]),
        "breaks": [
            f"{100 * place / last:.2f}"
            for place, month in enumerate(course.months)
            if month.is_break
        ],
        "outliers": [
            at(place, month.value) for place, month in enumerate(course.months) if month.is_outlier
        ],
        "top": _end(high, course.unit, course.currency),
        "bottom": _end(low, course.unit, course.currency),
        "first": course.months[0].month_end,
        "last": course.months[-1].month_end,
    }


@register.inclusion_tag("web/charts/waterfall.html")
def waterfall(rows: Any) -> dict[str, Any]:
    """Draw the bridge: the figure before, each part up or down, the figure after.

    Where the parts are small beside the figure, the scale does not begin at nothing.
    """
    steps = [("before", 0, rows.before)]
    level = rows.before
    for part, amount in rows.parts:
        steps.append((part, level, level + amount))
        level += amount
    steps.append(("after", 0, rows.after))
    ends = [end for _, _, end in steps]
    high, least = max(1, *ends), min(ends)
    is_cut = least > high * CUT_FROM
    low = least - 2 * max(high - least, 1) if is_cut else min(0, least)
    span = high - low
    width = 100 / len(steps)
    bars = [
        {
            "part": part,
            "x": f"{width * place + width * 0.12:.2f}",
            "width": f"{width * 0.76:.2f}",
            "y": f"{98 - 96 * (max(start, end) - low) / span:.2f}",
            "height": f"{max(96 * abs(end - max(start, low)) / span, 0.4):.2f}",
            "kind": "whole" if part in ("before", "after") else "up" if end > start else "down",
        }
        for place, (part, start, end) in enumerate(steps)
    ]
    return {
        "rows": rows,
        "bars": bars,
        "zero": "98" if is_cut else f"{98 + 96 * low / span:.2f}",
        "high": high,
        "low": low,
        "is_cut": is_cut,
    }


@register.inclusion_tag("web/charts/curves.html")
def curves_chart(curves: Sequence[Any], dimension: str) -> dict[str, Any]:
    """Draw shares collected by age; where a month has not grown that old the line is dashed."""
    lines = []
    shown = [curve for curve in curves if not curve.is_few][:SERIES]
    for colour, curve in enumerate(shown):
        points = [point for point in curve.cohort.points if point.share_ppm is not None]
        whole = [point for point in points if point.is_complete]
        young = points[max(len(whole) - 1, 0) :]
        label = month_text(curve.month_end) if curve.month_end else ""
        if not label:
            label = slice_label(dimension, curve.label) if dimension != "all" else ""
        lines.append(
            Line(
                label=label or gettext("all months"),
                colour=colour,
                path=_path([_spot(point, curve.cohort.points) for point in whole]),
                dashed=_path([_spot(point, curve.cohort.points) for point in young])
                if len(young) > 1
                else "",
            )
        )
    ages = [point.age for point in shown[0].cohort.points] if shown else [0, 1]
    return {"lines": lines, "first": ages[0], "last": ages[-1], "has_lines": bool(lines)}


@register.filter
def month_text(on: date | None) -> str:
    """Return a month as 2026-03, the way exports and addresses name it."""
    return f"{on:%Y-%m}" if on else ""


@register.filter
def at_age(cohort: Any, age: int) -> Any:
    """Return a cohort's point at an age, for the columns of a table."""
    return next((point for point in cohort.points if point.age == age), None)


@register.filter
def seen_share(point: Any, billed_minor: int) -> int | None:
    """Return how much of what was billed has reached a point's age, in ppm."""
    return round(point.observed_minor * PPM / billed_minor) if billed_minor else None


def _spot(point: Any, points: Sequence[Any]) -> str:
    first, last = points[0].age, points[-1].age
    x = 100 * (point.age - first) / (last - first)
    return f"{x:.2f} {98 - 96 * min(point.share_ppm, PPM) / PPM:.2f}"


def _path(spots: Sequence[str]) -> str:
    return "".join(f"{'M' if place == 0 else 'L'}{spot}" for place, spot in enumerate(spots))


def _end(value: float, unit: str, currency: str) -> str:
    return money_whole(round(value), currency) if unit == "minor" else f"{value:,.0f}"


@register.simple_tag
def unit_of(kpi: str) -> str:
    """Return the unit of a figure of the catalogue."""
    return KPIS[kpi].unit
