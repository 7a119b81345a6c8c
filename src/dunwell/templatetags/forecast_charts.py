"""Charts of the cash outlook as inline SVG: components with their range, errors by horizon.

Sizes are attributes in a box of 100 x 100 stretched by the page; every chart stands beside a
table of its figures.
"""

from collections.abc import Sequence
from typing import Any

from django import template

from dunwell.templatetags.forecast_words import PLACES
from dunwell.templatetags.money import money_whole

register = template.Library()

ROOM = 96
"""Height used of 100, so that the highest range does not touch the edge."""


@register.inclusion_tag("web/charts/outlook.html")
def outlook_chart(periods: Sequence[Any], currency: str, links: Sequence[str]) -> dict[str, Any]:
    """Draw each period's components on one another with the 10 to 90 % range; each opens."""
    most = max([1, *(max(one.p90_minor, one.expected_minor) for one in periods)])
    width = 100 / max(len(periods), 1)
    columns = []
    for place, (period, link) in enumerate(zip(periods, links, strict=True)):
        base, parts = 0, []
        for at, name in enumerate(PLACES):
            minor = period.components.get(name, 0)
            if minor <= 0:
                continue
            top = base + minor
            parts.append(
                {
                    "fill": f"comp-{at}",
                    "y": round(100 - ROOM * top / most, 2),
                    "height": round(ROOM * minor / most, 2),
                }
            )
            base = top
        columns.append(
            {
                "period": period,
                "link": link,
                "x": round(width * (place + 0.14), 2),
                "width": round(width * 0.72, 2),
                "middle": round(width * (place + 0.5), 2),
                "low": round(100 - ROOM * max(period.p10_minor, 0) / most, 2),
                "high": round(100 - ROOM * max(period.p90_minor, 0) / most, 2),
                "parts": parts,
            }
        )
    return {
        "columns": columns,
        "currency": currency,
        "shown": [name for name in PLACES if any(p.components.get(name, 0) for p in periods)],
        "top": money_whole(most, currency),
        "nothing": money_whole(0, currency),
        "first": periods[0].starts_on if periods else None,
        "last": periods[-1].starts_on if periods else None,
    }


@register.inclusion_tag("web/charts/horizons.html")
def horizon_chart(horizons: Sequence[Any], contenders: Sequence[str]) -> dict[str, Any]:
    """Draw the error (WAPE) of each contender by how many periods ahead it spoke."""
    values = {
        name: [
            (row.number, score.wape_ppm)
            for row in horizons
            for score in row.scores
            if score.contender == name and score.wape_ppm is not None
        ]
        for name in contenders
    }
    # a rule without a word on later invoices may be off by all of it: the scale is ours
    ours = [ppm for _, ppm in values.get("ours", [])]
    best = max([*ours, 1]) * 2
    numbers = [row.number for row in horizons]
    first, last = min(numbers, default=1), max(numbers, default=1)

    def point(number: int, ppm: int) -> tuple[float, float]:
        across = 50.0 if last == first else 2 + 96 * (number - first) / (last - first)
        return round(across, 2), round(100 - ROOM * min(ppm, best) / best, 2)

    lines = []
    for at, name in enumerate(contenders):
        dots = [point(number, ppm) for number, ppm in values[name]]
        path = "".join(f"{'M' if place == 0 else 'L'}{x} {y}" for place, (x, y) in enumerate(dots))
        lines.append({"name": name, "path": path, "dots": dots, "tone": f"run-{at}"})
    return {"lines": lines, "top_ppm": best, "first": first, "last": last}
