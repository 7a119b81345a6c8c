"""Charts of predictions as inline SVG: pay-date range, reliability, ranks, the watch.

Sizes are attributes in a box of 100 x 100 stretched by the page, so that no style is needed;
every chart comes with its figures as a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template

from dunwell.engine.calendars import day_date

register = template.Library()

PPM = 1_000_000
TENTHS = 10
EDGE = 4.0
"""Space left at both ends of a time line."""


@dataclass(frozen=True, slots=True)
class Place:
    """A day on a time line of 0 to 100."""

    x: float
    on: date


@register.inclusion_tag("web/charts/pay_range.html")
def pay_range(row: Any) -> dict[str, Any]:
    """Draw when an item is paid: 10 to 90 %, the middle, the expected day, due day and today."""
    days = (row.as_of, row.due_on, row.q10_on, row.q50_on, row.q90_on, row.expected_pay_on)
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def place(on: date) -> Place:
        return Place(round(EDGE + (100 - 2 * EDGE) * (on - first).days / span, 2), on)

    return {
        "row": row,
        "today": place(row.as_of),
        "due": place(row.due_on),
        "low": place(row.q10_on),
        "middle": place(row.q50_on),
        "high": place(row.q90_on),
        "expected": place(row.expected_pay_on),
        "first": first,
        "last": last,
    }


@register.inclusion_tag("web/charts/reliability.html")
def reliability_chart(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw told against seen shares with their 95 % intervals; on the diagonal all is well."""
    dots = [
        {
            "x": row["told_ppm"] * 100 / PPM,
            "y": 100 - row["seen_ppm"] * 100 / PPM,
            "low": 100 - row["low_ppm"] * 100 / PPM,
            "high": 100 - row["high_ppm"] * 100 / PPM,
        }
        for row in rows
    ]
    line = "".join(
        f"{'M' if place == 0 else 'L'}{dot['x']:.2f} {dot['y']:.2f}"
        for place, dot in enumerate(dots)
    )
    return {"rows": rows, "dots": dots, "line": line if len(dots) > 1 else ""}


@register.inclusion_tag("web/charts/ranks.html")
def rank_chart(shares_ppm: Sequence[int]) -> dict[str, Any]:
    """Draw the share of pay days in each tenth of their distribution; equal bars are right."""
    most = max([*shares_ppm, 2 * PPM // TENTHS])
    bars = [
        {
            "x": round(100 * place / len(shares_ppm) + 0.75, 2),
            "y": round(100 - 100 * share / most, 2),
            "height": round(100 * share / most, 2),
            "width": round(100 / len(shares_ppm) - 1.5, 2),
            "share_ppm": share,
            "from": place * TENTHS,
            "to": (place + 1) * TENTHS,
        }
        for place, share in enumerate(shares_ppm)
    ]
    right = round(100 - 100 * (PPM / len(shares_ppm)) / most, 2) if shares_ppm else 0
    return {"bars": bars, "right": right, "has_any": any(shares_ppm)}


@register.inclusion_tag("web/charts/watch.html")
def watch_chart(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw the two sums of the weekly watch against their limit, as of `ml.paid_watch`."""
    if len(rows) < 2:  # noqa: PLR2004  a line needs two points
        return {"rows": rows, "fewer": "", "more": ""}
    top = 1.1 * max(row["limit"] for row in rows)
    top = max(top, *(row["fewer"] for row in rows), *(row["more"] for row in rows))
    first, last = rows[0]["as_of_day"], rows[-1]["as_of_day"]

    def line(name: str) -> str:
        return "".join(
            f"{'M' if place == 0 else 'L'}"
            f"{100 * (row['as_of_day'] - first) / (last - first):.2f} "
            f"{98 - 96 * row[name] / top:.2f}"
            for place, row in enumerate(rows)
        )

    return {
        "rows": rows,
        "fewer": line("fewer"),
        "more": line("more"),
        "limit": f"{98 - 96 * rows[-1]['limit'] / top:.2f}",
        "first": day_date(first),
        "last": day_date(last),
        "is_over": max(rows[-1]["fewer"], rows[-1]["more"]) > rows[-1]["limit"],
    }


@register.inclusion_tag("web/charts/effect.html")
def effect_line(low: int, value: int, high: int) -> dict[str, Any]:
    """Draw an effect with its interval around nothing, all in ppm."""
    reach = max(abs(low), abs(high), abs(value), 1)

    def place(ppm: int) -> float:
        return round(50 + 46 * ppm / reach, 2)

    return {"low": place(low), "value": place(value), "high": place(high)}
