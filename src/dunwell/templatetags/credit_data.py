"""How credit data reads: facts by their unit, lines and ratios of statements, Z and zones."""

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.financial_ratios import ALTMAN, RATIOS, AltmanScore
from dunwell.engine.financial_statements import DERIVED, FINDINGS, LINES
from dunwell.templatetags.money import NO_VALUE, locale, money
from dunwell.templatetags.ui import translated

register = template.Library()

TIMES = frozenset(
    {
        *("current_ratio", "quick_ratio", "cash_ratio", "debt_to_equity", "interest_cover"),
        *("asset_turnover", "fs_current_ratio_ppm", "fs_quick_ratio_ppm"),
        *("fs_debt_to_equity_ppm", "fs_interest_cover_ppm"),
    }
)
"""Ratios that read better as so many times than in percent."""

ZONES: Mapping[str, Promise | str] = {
    "safe": _("Safe"),
    "grey": _("Grey"),
    "distress": _("Distress"),
}
ZONE_TONES = {"safe": "chip-good", "grey": "chip-warn", "distress": "chip-bad"}
SOURCES: Mapping[str, Promise | str] = {
    "manual": _("Typed in"),
    "csv": _("From a table"),
    "xbrl": _("From XBRL"),
    "pull": _("Asked"),
    "file": _("From a feed"),
    "hand": _("By hand"),
}
MOST_Z, WIDTH = 5_000, 100
"""The scale of Z on a chart ends at 5.0; what lies beyond sits at its end."""


@register.simple_tag
def fact_value(name: str, unit: str, value: Any, currency: str) -> str:
    """Return a fact as it is read: an amount, a share, days, yes or no; a dash for not known."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, str):
        return zone_label(value) if name == "fs_altman_zone" else value
    if unit == "ppm" and name in TIMES:
        return times(value)
    shown = SHOWN.get(unit)
    if shown is not None:
        return shown(value)
    return money(value, currency) if unit == "minor" else str(value)


@register.simple_tag
def ratio_value(name: str, value: int | None) -> str:
    """Return a ratio of RATIOS as it is read; a dash where it cannot be worked out."""
    if value is None:
        return NO_VALUE
    if RATIOS[name].unit == "days":
        return signed_days(value)
    return times(value) if name in TIMES else share_text(value)


@register.filter
def ratio_label(name: str) -> str:
    """Return what a ratio is called."""
    return translated(RATIOS[name].label)


@register.filter
def line_label(name: str) -> str:
    """Return what a line of a financial statement is called."""
    line = LINES.get(name) or DERIVED.get(name)
    return translated(line.label) if line else name


@register.filter
def finding_text(code: str) -> str:
    """Return what a finding on a statement says."""
    return translated(FINDINGS.get(code, code))


@register.filter
def z_score(z_milli: int | None) -> str:
    """Return a Z score with two decimals."""
    if z_milli is None:
        return NO_VALUE
    return _hundredths(z_milli / 1000)


@register.filter
def times(ppm: int | None) -> str:
    """Return a ratio as so many times."""
    return NO_VALUE if ppm is None else f"{_hundredths(ppm / 1_000_000)}\N{MULTIPLICATION SIGN}"


@register.filter
def signed_days(days: int | None) -> str:
    """Return days as text, early ones below 0; a dash for none."""
    if days is None:
        return NO_VALUE
    return ngettext("%(n)d day", "%(n)d days", abs(days)) % {"n": days}


@register.filter
def zone_label(zone: str) -> str:
    """Return what a zone of a Z score is called."""
    return str(ZONES.get(zone, zone))


@register.filter
def zone_tone(zone: str) -> str:
    """Return the class of a zone's chip."""
    return ZONE_TONES.get(zone, "")


@register.filter
def source_label(source: str) -> str:
    """Return the way a statement or report came, in words."""
    return str(SOURCES.get(source, source))


@register.filter
def altman_label(model: str) -> str:
    """Return the name of a model and whom it is meant for."""
    rule = ALTMAN[model]
    return f"{rule.label} ({translated(rule.meant_for)})"


@register.inclusion_tag("web/charts/zones.html")
def zone_bar(score: AltmanScore) -> dict[str, Any]:
    """Draw where a Z score lies between distress and safe; the words beside it say the same."""
    rule = ALTMAN[score.model]
    place = min(max(score.z_milli or 0, 0), MOST_Z)
    grey, safe = rule.distress_below_milli, rule.safe_above_milli
    return {
        "score": score,
        "has_value": score.z_milli is not None,
        "grey_x": f"{WIDTH * grey / MOST_Z:.1f}%",
        "grey_width": f"{WIDTH * (safe - grey) / MOST_Z:.1f}%",
        "distress_width": f"{WIDTH * grey / MOST_Z:.1f}%",
        "safe_x": f"{WIDTH * safe / MOST_Z:.1f}%",
        "safe_width": f"{WIDTH * (MOST_Z - safe) / MOST_Z:.1f}%",
        "place": f"{WIDTH * place / MOST_Z:.1f}%",
        "bounds": (grey, safe),
    }


@register.filter
def share_text(ppm: int | None) -> str:
    """Return a share as percent with one decimal, or two where it has them; a dash for none."""
    if ppm is None:
        return NO_VALUE
    text: str = format_decimal(ppm / 10_000, "#,##0.0#", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


def _hundredths(value: float) -> str:
    text: str = format_decimal(value, "#,##0.00", locale=locale())
    return text


SHOWN: Mapping[str, Callable[[int], str]] = {
    "ppm": share_text,
    "milli": z_score,
    "days": signed_days,
}
"""How a number of a unit is read; amounts need a currency besides."""
