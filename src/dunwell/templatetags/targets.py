"""How targets read: measures, what the checks found, milestones."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.queries.team_sections import GOALS
from dunwell.templatetags.money import NO_VALUE, money_whole
from dunwell.templatetags.reasons import percent

register = template.Library()

Words = Promise | str
ASPECT_LABELS: Mapping[str, Words] = {
    "cash": _("Money"),
    "quality": _("Quality"),
    "satisfaction": _("Satisfaction"),
}
MEASURE_LABELS: Mapping[str, Words] = GOALS
FINDINGS: Mapping[str, tuple[Words, Words]] = {
    "easy_accounts": (
        _("Easy accounts"),
        _("Customers that were likely to pay by themselves: what would have come anyway is out."),
    ),
    "written_off": (
        _("Write-offs"),
        _("Items were written off in these days. They close items but are no money that came."),
    ),
    "backdated": (
        _("Backdated promises"),
        _("Written down later than a day after they were made, when the outcome was known."),
    ),
    "promises_break": (
        _("More promises broke than were kept"),
        _("Promises taken that do not hold are no success."),
    ),
    "reopened": (
        _("Disputes that came again"),
        _("Closed, and raised anew about the same item within 30 days."),
    ),
    "no_length": (
        _("Conversations without length"),
        _("Less than half a minute after another conversation of the same person."),
    ),
}
RECORDS: Mapping[str, Words] = {
    "payment": _("Payment"),
    "promise": _("Promise"),
    "dispute": _("Dispute"),
    "contact": _("Conversation"),
}
"""Labels of the kinds of `engine.gaming.Case`."""
MILESTONES: Mapping[str, tuple[Words, str]] = {
    "target": (_("A target is reached"), "target"),
    "balanced": (_("All targets are reached together"), "trophy"),
    "initiative": (_("An improvement is kept"), "sprout"),
    "decision": (_("Money came of a decision"), "gavel"),
    "voice": (_("A suggestion became an improvement"), "lightbulb"),
}


@register.filter
def record_label(kind: str) -> str:
    """Return what kind of record a check found."""
    return str(RECORDS.get(kind, kind))


@register.filter
def aspect_label(aspect: str) -> str:
    """Return the name of an aspect."""
    return str(ASPECT_LABELS[aspect])


@register.filter
def target_measure(measure: str) -> str:
    """Return the name of a measure."""
    return str(MEASURE_LABELS[measure])


@register.filter
def finding_label(code: str) -> str:
    """Return the name of what a check found."""
    return str(FINDINGS[code][0])


@register.filter
def finding_words(code: str) -> str:
    """Return what a finding means."""
    return str(FINDINGS[code][1])


@register.filter
def milestone_label(kind: str) -> str:
    """Return what a milestone is."""
    return str(MILESTONES[kind][0])


@register.filter
def milestone_icon(kind: str) -> str:
    """Return the icon of a milestone."""
    return MILESTONES[kind][1]


@register.simple_tag
def target_number(line: Any, number: int | None) -> str:
    """Return a number of a line as money or a share."""
    if number is None:
        return NO_VALUE
    return str(money_whole(number, line.currency)) if line.is_money else str(percent(number))


@register.filter
def progress_percent(line: Any) -> int:
    """Return how much of the goal the honest part is, 0 to 100."""
    return int(min(100, max(0, (line.honest or 0) * 100 // line.goal)))


@register.filter
def reached_words(line: Any) -> str:
    """Return whether a line is reached, and whether honestly."""
    if line.is_reached:
        return gettext("reached")
    if line.value is not None and line.value >= line.goal:
        return gettext("reached, but not honestly")
    return gettext("on the way") if line.value is not None else gettext("nothing to count yet")
