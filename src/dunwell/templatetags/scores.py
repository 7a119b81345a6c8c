"""How behavioural scores read: bands, what each point is for, and early warnings in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.queries.warning_names import warning_name
from dunwell.templatetags.dates import day_text, days_count
from dunwell.templatetags.figures import number
from dunwell.templatetags.money import NO_VALUE
from dunwell.templatetags.reasons import percent

register = template.Library()

PPM = 1_000_000
Words = Promise | str

BAND_TONES = {"A": "good", "B": "good", "C": "info", "D": "warn", "E": "bad"}
GROUP_LABELS: Mapping[str, Words] = {
    "history": _("How it paid"),
    "responsiveness": _("How it answers"),
    "pattern": _("What it buys and how it pays"),
}
FACT_LABELS: Mapping[str, Words] = {
    "late_days": _("Days late on average, by amount"),
    "late_ppm": _("Share of items paid late"),
    "far_late_ppm": _("Share of items over 30 days late"),
    "recent_late_days": _("Days late of the 10 items last due"),
    "nine_in_ten_days": _("Nine in ten items are at most so late"),
    "answer_days": _("Days from a contact to an answer"),
    "without_effect_ppm": _("Contacts without money or promise in 14 days"),
    "kept_ppm": _("Share of promises kept"),
    "overdue_ppm": _("Overdue against a month's billing"),
    "order_drop_ppm": _("Fewer items than usual in 90 days"),
    "growth_ppm": _("More billed than usual in 90 days"),
    "disputed_ppm": _("Share of items disputed"),
    "returned_ppm": _("Payments returned per item due"),
    "whole_ppm": _("Share of items paid in one go"),
}
"""Labels of `engine.score_facts.FACTS`."""

KIND_LABELS: Mapping[str, Words] = {
    "hardship": _("sign of hardship: it tries"),
    "refusal": _("sign of refusal"),
    "unclear": _("may have any cause"),
}
SEVERITIES: Mapping[int, tuple[Words, str]] = {
    1: (_("notable"), ""),
    2: (_("serious"), "chip-warn"),
    3: (_("urgent"), "chip-bad"),
}


@register.filter
def band_tone(band: str) -> str:
    """Return the CSS class that colours a band."""
    return f"chip-{BAND_TONES[band]}" if band in BAND_TONES else ""


@register.filter
def group_label(group: str) -> str:
    """Return the name of a group of points."""
    return str(GROUP_LABELS.get(group, group))


@register.filter
def fact_name(fact: str) -> str:
    """Return what a row of points measures."""
    return str(FACT_LABELS.get(fact, fact.replace("_", " ")))


@register.filter
def signed(points: int | None) -> str:
    """Return a number with its sign; a dash for none."""
    if points is None:
        return NO_VALUE
    if points == 0:
        return "±0"
    return f"+{points}" if points > 0 else f"\N{MINUS SIGN}{-points}"


@register.filter
def points_tone(points: int | None) -> str:
    """Return the CSS class that colours points."""
    return "" if not points else "good" if points > 0 else "bad"


@register.simple_tag
def measure(value: int | None, unit: str) -> str:
    """Return a measured fact with its unit: days, ppm as percent, or a plain count."""
    if value is None:
        return NO_VALUE
    if unit == "ppm":
        return percent(value)
    if unit == "days":
        return f"\N{MINUS SIGN}{days_count(value)}" if value < 0 else days_count(value)
    return number(str(value))


@register.filter
def warning_label(code: str) -> str:
    """Return an early warning as a phrase."""
    return warning_name(code)


@register.filter
def warning_kind(kind: str) -> str:
    """Return what kind of sign a warning is."""
    return str(KIND_LABELS.get(kind, kind))


@register.filter
def severity_label(severity: int) -> str:
    """Return how grave a warning is."""
    return str(SEVERITIES[severity][0]) if severity in SEVERITIES else str(severity)


@register.filter
def severity_tone(severity: int) -> str:
    """Return the CSS class that colours a warning."""
    return SEVERITIES[severity][1] if severity in SEVERITIES else ""


@register.filter
def warning_words(warning: Mapping[str, Any]) -> str:
    """Return what is seen now beside what was usual, and since when."""
    unit = str(warning["unit"])
    words = gettext("%(now)s now, %(usual)s usually, since %(day)s")
    if unit == "count":
        words = gettext("%(now)s in 90 days, %(usual)s usually, since %(day)s")
    return words % {
        "now": measure(int(warning["measured"]), unit),
        "usual": measure(int(warning["usual"]), unit),
        "day": day_text(date.fromisoformat(str(warning["since_on"]))),
    }
