"""What a replay found, in words and as a chart."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext

from dunwell.templatetags.dates import day_text
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.strategies import template_label

register = template.Library()

Counts = Sequence[tuple[str, int, int]]


@register.filter
def contact_words(told: str) -> str:
    """Return "level, channel, template" as a person reads it; a dash for no contact."""
    if not told:
        return gettext("no contact")
    level, channel, wording = told.split(" ", 2)
    return gettext("level %(level)s, %(channel)s: %(wording)s") % {
        "level": level,
        "channel": channel_label(channel),
        "wording": template_label(wording),
    }


@register.simple_tag
def week_counts(weeks: Sequence[tuple[date, int, int]]) -> Counts:
    """Return the counts by week with the week's first day as a label."""
    return [(day_text(week), before, after) for week, before, after in weeks]


@register.simple_tag
def channel_counts(channels: Counts) -> Counts:
    """Return the counts by channel with the channel's label."""
    return [(str(channel_label(channel)), before, after) for channel, before, after in channels]


@register.simple_tag
def step_counts(steps: Counts) -> Counts:
    """Return the counts by level and wording, in words."""
    found = []
    for step, before, after in steps:
        level, wording = step.split(" ", 1)
        words = gettext("level %(level)s: %(wording)s") % {
            "level": level,
            "wording": template_label(wording),
        }
        found.append((words, before, after))
    return found


@register.inclusion_tag("web/charts/replay.html")
def replay_chart(weeks: Sequence[tuple[date, int, int]]) -> dict[str, Any]:
    """Draw the contacts of every week, both courses side by side."""
    most = max((max(before, after) for _, before, after in weeks), default=0) or 1
    step = 100 / max(len(weeks), 8)
    columns = [
        {
            "kind": f"bar-{side}",
            "x": place * step + step * offset,
            "width": step * 0.36,
            "y": 100 - count / most * 100,
            "height": count / most * 100,
        }
        for place, (_, before, after) in enumerate(weeks)
        for side, count, offset in (("before", before, 0.1), ("after", after, 0.5))
    ]
    return {
        "columns": columns,
        "most": most,
        "first": weeks[0][0] if weeks else None,
        "last": weeks[-1][0] if weeks else None,
    }
