"""Charts the server draws as inline SVG: sizes are attributes, so that no style is needed.

Every chart comes with its figures as a table, and what can be opened is a link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template

register = template.Library()

BUCKETS = ("not_due", "1-30", "31-60", "61-90", "91+")
"""Buckets in order of lateness; the index picks the colour."""

Point = tuple[date, float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of an ageing chart: its width and its share in percent of the whole."""

    bucket: str
    colour: int
    open_minor: int
    items: int
    width: str
    share: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One paid item on the habits chart: where it sits (0 to 100) and what it says."""

    x: float
    y: float
    number: str
    paid_on: date
    days_late: int

    @property
    def side(self) -> str:
        """Return the CSS class by which side of the due day it lies on."""
        return "dot-late" if self.days_late > 0 else "dot-early"


def aging_shares(rows: Sequence[Any]) -> list[Bar]:
    """Return bars for rows with bucket, open_minor and items; a bucket in credit has no width."""
    known = {row.bucket: row for row in rows}
    positive = [max(row.open_minor, 0) for row in rows]
    largest, total = max(positive, default=0), sum(positive)
    bars = []
    for colour, bucket in enumerate(BUCKETS):
        row = known.get(bucket)
        open_minor = row.open_minor if row else 0
        part = max(open_minor, 0)
        bars.append(
            Bar(
                bucket=bucket,
                colour=colour,
                open_minor=open_minor,
                items=row.items if row else 0,
                width=f"{100 * part / largest:.2f}%" if largest else "0%",
                share=f"{100 * part / total:.0f} %" if total else "0 %",
            )
        )
    return bars


@register.inclusion_tag("web/charts/aging.html")
def aging_bars(currency: str, rows: Sequence[Any], base: str, search: str = "") -> dict[str, Any]:
    """Draw the ageing of one currency; each bar opens its items under the address `base`."""
    return {"currency": currency, "bars": aging_shares(rows), "base": base, "search": search}


@register.inclusion_tag("web/charts/trend.html")
def trend_line(points: Sequence[tuple[date, Any]], label: str) -> dict[str, Any]:
    """Draw a value over days as a line with its last point marked; gaps stay gaps.

    Values may be text, as KPIs are kept; empty text is a gap.
    """
    plain = [(on, float(value) if value not in {None, ""} else None) for on, value in points]
    return {"label": label, **line_paths(plain)}


def line_paths(points: Sequence[Point]) -> dict[str, str]:
    """Return the SVG paths of a line in a box of 100 x 100: the line, the area, the last dot."""
    values = [value for _, value in points if value is not None]
    if len(values) < 2:  # noqa: PLR2004  a line needs two points
        return {"line": "", "area": "", "last": ""}
    low, spread = min(values), (max(values) - min(values)) or 1.0
    first, span = points[0][0], (points[-1][0] - points[0][0]).days or 1
    line, places, is_new = [], [], True
    for on, value in points:
        if value is None:
            is_new = True
            continue
        x, y = 100 * (on - first).days / span, 92 - 84 * (value - low) / spread
        line.append(f"{'M' if is_new else 'L'}{x:.2f} {y:.2f}")
        places.append((x, y))
        is_new = False
    is_whole = len(places) == len(points) > 1
    return {
        "line": "".join(line),
        "area": f"{''.join(line)}L{places[-1][0]:.2f} 100L{places[0][0]:.2f} 100Z"
        if is_whole
        else "",
        "last": f"M{places[-1][0]:.2f} {places[-1][1]:.2f}h0",
    }


@register.inclusion_tag("web/charts/habits.html")
def habit_dots(rows: Sequence[Any], median: int | None) -> dict[str, Any]:
    """Draw paid items by day and lateness; rows have number, paid_on and days_late."""
    if not rows:
        return {"dots": []}
    ordered = sorted(rows, key=lambda row: (row.paid_on, row.number))
    first, last = ordered[0].paid_on, ordered[-1].paid_on
    span = max((last - first).days, 1)
    low = min(0, *(row.days_late for row in ordered))
    high = max(0, low + 1, *(row.days_late for row in ordered))

    def height(days: int) -> float:
        return float(round(96 - 92 * (days - low) / (high - low), 2))

    dots = [
        Dot(
            x=round(1 + 98 * (row.paid_on - first).days / span, 2),
            y=height(row.days_late),
            number=row.number,
            paid_on=row.paid_on,
            days_late=row.days_late,
        )
        for row in ordered
    ]
    return {
        "dots": dots,
        "late": sum(1 for row in ordered if row.days_late > 0),
        "count": len(dots),
        "zero": height(0),
        "median": None if median is None else height(max(low, min(high, median))),
        "median_days": median,
        "low": low,
        "high": high,
        "first": first,
        "last": last,
    }
