"""How the book of credit reads: bars of shares, gauges of the appetite, the matrix of classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.queries.appetite_names import limit_label
from dunwell.templatetags.figures import number
from dunwell.templatetags.money import NO_VALUE, money
from dunwell.templatetags.portfolio_risk import country_name
from dunwell.templatetags.reasons import percent

register = template.Library()
register.filter("limit_label", limit_label)
PPM = 1_000_000

SHORT_LABEL = 9
"""Letters of a label that fit beside a bar without room of its own."""
MEASURE_LABELS: Mapping[str, Promise] = {
    "total_exposure": _("Total exposure"),
    "class_share": _("Share of risk classes"),
    "top_1_share": _("Share of the largest customer"),
    "top_5_share": _("Share of the five largest customers"),
    "top_10_share": _("Share of the ten largest customers"),
    "top_20_share": _("Share of the twenty largest customers"),
    "top_1_exposure": _("Exposure of the largest customer"),
    "group_share": _("Share of the largest group, with all below its parent"),
    "country_share": _("Share of countries"),
    "sector_share": _("Share of sectors"),
    "currency_share": _("Share of currencies"),
    "new_share": _("Share of customers of less than a year"),
    "uncovered_share": _("Share that no cover carries"),
    "hhi": _("Concentration index (HHI)"),
    "expected_loss": _("Expected loss"),
}
"""Labels of `engine.credit_appetite.MEASURES`."""

WAYS: Mapping[str, Promise] = {
    "stop": _("nothing more of it on credit"),
    "refer": _("a person decides"),
    "watch": _("it is watched"),
}


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One bar: its label, where it leads, its width on 100, and the figures beside it."""

    label: str
    href: str
    width: str
    amount_minor: int
    share_ppm: int
    customers: int
    loss_minor: int


@dataclass(frozen=True, slots=True)
class MovesRow:
    """One class of ninety days ago and how many of its customers are in which class now."""

    before: str
    cells: tuple[tuple[str, int, str], ...]
    total: int


@register.inclusion_tag("web/charts/shares.html")
def share_bars(
    rows: Sequence[Any], base: str, param: str, currency: str, caption: str, empty: str = ""
) -> dict[str, Any]:
    """Draw slices of the book as bars; each leads to its rows under `base`?`param`=name."""
    largest = max((row.exposure_minor for row in rows), default=0)
    is_country = param.endswith("country")
    bars = [
        ShareBar(
            label=(country_name(row.name) if is_country else row.name) or empty or NO_VALUE,
            href=f"{base}?{param}={row.name}",
            width=f"{100 * max(row.exposure_minor, 0) / largest:.2f}%" if largest else "0%",
            amount_minor=row.exposure_minor,
            share_ppm=row.share_ppm,
            customers=row.customers,
            loss_minor=row.loss_minor,
        )
        for row in rows
    ]
    is_named = any(len(bar.label) > SHORT_LABEL for bar in bars)
    return {"bars": bars, "currency": currency, "caption": caption, "is_named": is_named}


@register.filter
def moves_matrix(moves: Sequence[Any]) -> dict[str, Any]:
    """Return the moves of classes as a matrix: columns of now, a row for each class before."""
    after = sorted({move.after for move in moves})
    before = sorted({move.before for move in moves})
    counted = {(move.before, move.after): move.customers for move in moves}
    rows = [
        MovesRow(
            before=one,
            cells=tuple(
                (name, counted.get((one, name), 0), _direction(one, name)) for name in after
            ),
            total=sum(counted.get((one, name), 0) for name in after),
        )
        for one in before
    ]
    return {"after": after, "rows": rows}


@register.filter
def measure_label(measure: str) -> str:
    """Return what a limit of the appetite measures."""
    return str(MEASURE_LABELS.get(measure, measure.replace("_", " ")))


@register.filter
def way_label(then: str) -> str:
    """Return what follows where a limit of the appetite is reached."""
    return str(WAYS.get(then, then))


@register.simple_tag
def gauge_value(value: int, currency: str, is_share: bool) -> str:  # noqa: FBT001
    """Return a measure of the appetite: a share as percent, anything else as money."""
    return percent(value) if is_share else money(value, currency)


@register.filter
def hhi_points(ppm: int) -> str:
    """Return a concentration index on its usual scale: 10,000 is one customer alone."""
    return number((ppm + 50) // 100)


@register.filter
def gauge_width(used_ppm: int) -> str:
    """Return the width of a gauge's bar, full from its limit on."""
    return f"{min(used_ppm, PPM) / 10_000:.2f}%"


def _direction(before: str, after: str) -> str:
    """Return worse, better, or empty for no move; classes are named from the best on."""
    if not before or before == after:
        return ""
    return "worse" if after > before else "better"
