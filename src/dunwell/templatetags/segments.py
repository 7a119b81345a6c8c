"""How facts, conditions and segments read."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.segments_rules import POOL_FACTS
from dunwell.templatetags.money import NO_VALUE, money
from dunwell.templatetags.reasons import percent

register = template.Library()

LABELS = {
    "owed_minor": _("Owed"),
    "overdue_minor": _("Overdue"),
    "oldest_days": _("Oldest item late by"),
    "billed_minor": _("Billed in a year"),
    "lifetime_days": _("Known for"),
    "score": _("Score"),
    "median_days_late": _("Usually late by"),
    "late_ppm": _("Share paid late"),
    "kept_ppm": _("Promises kept"),
    "disputed_ppm": _("Share disputed"),
    "band": _("Score band"),
    "habit": _("How it pays"),
    "country": _("Country"),
    "party": _("Kind of customer"),
    "language": _("Language"),
    "terms": _("Terms"),
    "segment": _("Segment"),
}
"""Every fact of `engine.segments_rules`."""


@register.filter
def fact_label(fact: str) -> str:
    """Return what a fact is called."""
    return str(LABELS.get(fact, fact))


@register.simple_tag
def fact_value(fact: str, value: Any, currency: str) -> str:
    """Return the value of a fact with its unit; a dash where it is not known."""
    if value in {None, ""}:
        return NO_VALUE
    unit = POOL_FACTS[fact].unit if fact in POOL_FACTS else ""
    if unit == "money":
        return str(money(value, currency))
    if unit == "ppm":
        return str(percent(value))
    if unit == "days":
        text = number_format(value, use_l10n=True, force_grouping=True)
        return ngettext("%(n)s day", "%(n)s days", value) % {"n": text}
    return str(value)


@register.simple_tag
def condition_text(fact: str, stated: Any, currency: str) -> str:
    """Return one condition in words, such as `Owed: from 1,000.00 EUR`."""
    label = fact_label(fact)
    if isinstance(stated, Mapping) and "not" in stated:
        words = ", ".join(stated["not"])
        return gettext("%(fact)s: none of %(words)s") % {"fact": label, "words": words}
    if not isinstance(stated, Mapping):
        return f"{label}: {', '.join(stated)}"
    low, high = (
        fact_value(fact, stated[side], currency) if side in stated else ""
        for side in ("from", "to")
    )
    values = {"fact": label, "low": low, "high": high}
    if low and high:
        return gettext("%(fact)s: %(low)s to %(high)s") % values
    if low:
        return gettext("%(fact)s: from %(low)s") % values
    return gettext("%(fact)s: up to %(high)s") % values


@register.filter
def segment_name(segment: str) -> str:
    """Return a segment's name; the empty one stands for customers not known yet."""
    return segment or gettext("not yet a customer")
