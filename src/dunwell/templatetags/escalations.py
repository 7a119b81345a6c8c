"""How escalations, watches and the head count read: clocks, steps, days, bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.headcount import WEEK

register = template.Library()

HOUR = 60
"""Minutes."""

ACTIONS: Mapping[str, Promise | str] = {
    "call": _("Call"),
    "letter": _("Letter"),
    "email": _("E-mail"),
    "sms": _("SMS"),
    "portal": _("Portal"),
}

STEPS: Mapping[str, Promise | str] = {
    "escalation.raised": _("Raised"),
    "escalation.risen": _("Nobody answered in time: risen"),
    "escalation.acknowledged": _("Acknowledged"),
    "escalation.resolved": _("Resolved"),
}
FREEZE_TONES = {"pending": "chip-warn", "standing": "chip-bad", "lifted": "", "rejected": ""}


@register.filter
def clock_words(days_left: int | None) -> str:
    """Return how long there is to answer, in business days."""
    if days_left is None:
        return ""
    if days_left < 0:
        return ngettext(
            "%(n)d business day too late", "%(n)d business days too late", -days_left
        ) % {"n": -days_left}
    if days_left == 0:
        return gettext("to be answered today")
    return ngettext("%(n)d business day left", "%(n)d business days left", days_left) % {
        "n": days_left
    }


@register.filter
def clock_left(row: Any) -> str:
    """Return how long there is to answer an escalation: office hours, or business days."""
    if row.minutes_left is None:
        return clock_words(row.days_left)
    return hours_left(row.minutes_left)


@register.filter
def hours_left(minutes: int) -> str:
    """Return how long there is to answer, in office hours; under one hour in minutes."""
    far, is_late = abs(minutes), minutes < 0
    if far < HOUR:
        late = gettext("%(n)d office minutes too late")
        left = gettext("%(n)d office minutes left")
        return (late if is_late else left) % {"n": far}
    hours = far // HOUR
    if is_late:
        return ngettext("%(n)d office hour too late", "%(n)d office hours too late", hours) % {
            "n": hours
        }
    return ngettext("%(n)d office hour left", "%(n)d office hours left", hours) % {"n": hours}


@register.filter
def office_time(minutes: int) -> str:
    """Return how long something took, in office hours and minutes."""
    hours, rest = divmod(minutes, HOUR)
    if hours:
        return gettext("%(hours)d h %(minutes)02d min of office time") % {
            "hours": hours, "minutes": rest,
        }  # fmt: skip
    return gettext("%(minutes)d min of office time") % {"minutes": rest}


@register.filter
def step_label(verb: str) -> str:
    """Return what a step of an escalation is called."""
    return str(STEPS.get(verb, verb))


@register.filter
def freeze_tone(status: str) -> str:
    """Return the class of the chip of a freeze."""
    return FREEZE_TONES.get(status, "")


@dataclass(frozen=True, slots=True)
class BarShape:
    """One bar of the chart of head counts, in a box of 100 x 100."""

    people: int
    x: str
    y: str
    width: str
    height: str


@register.filter
def bar_shapes(bars: Sequence[tuple[Any, float]]) -> list[BarShape]:
    """Return the bars of rows with people, each with its height in percent."""
    step = 100 / max(1, len(bars))
    return [
        BarShape(
            people=row.people,
            x=f"{number * step + step * 0.1:.2f}",
            y=f"{100 - height:.2f}",
            width=f"{step * 0.8:.2f}",
            height=f"{height:.2f}",
        )
        for number, (row, height) in enumerate(bars)
    ]


@register.filter
def last_week(rows: Sequence[Any]) -> int:
    """Return the extra cash of a week with the most people."""
    return rows[-1].week_minor if rows else 0


@register.filter
def week_span(people: int) -> str:
    """Return the days of one person's week, as the page behind the figure asks for them."""
    return f"from={(people - 1) * WEEK + 1}&to={people * WEEK}"


@register.filter
def wait_label(row: Any) -> str:
    """Return on which working days a class of customers has its turn."""
    if row.to_day is None:
        return gettext("day %(n)d or later, or never") % {"n": row.from_day}
    if row.from_day == row.to_day:
        return gettext("day %(n)d") % {"n": row.from_day}
    return gettext("days %(first)d to %(last)d") % {"first": row.from_day, "last": row.to_day}


@register.filter
def action_label(action: str) -> str:
    """Return what is done with a customer."""
    return str(ACTIONS.get(action, action))
