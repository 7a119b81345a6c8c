"""How levels read: the level itself, where an item stands, and why."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

STATE_LABELS = {
    "due": (_("Due now"), _("The step is due now.")),
    "too_soon": (
        _("Too soon"),
        _("The day has come, but the item was named in a contact too short a time ago."),
    ),
    "covered": (
        _("Covered"),
        _("The day has come, but credits or unapplied cash cover the currency."),
    ),
    "held": (_("On hold"), _("The day has come, but the item or its customer is on hold.")),
    "promised": (_("Promised"), _("The day has come, but all of it is promised.")),
    "disputed": (_("Disputed"), _("The day has come, but all of the item is disputed.")),
    "after_overdue": (
        _("After what is overdue"),
        _("A note before the due date waits while something overdue is asked for."),
    ),
    "waiting": (_("Its day has not come"), _("The day of the next step has not come.")),
    "unknown_day": (
        _("Day unknown"),
        _("The step counts business days and the calendar does not reach the due date."),
    ),
    "finished": (_("Last step taken"), _("No step comes after the one that was taken.")),
    "no_strategy": (
        _("No strategy"),
        _("No strategy in force covers the customer's segment."),
    ),
}
"""Where an item stands, by `engine.dunning.STATES`: the name, and the sentence behind it."""


@register.filter
def level_now(level: int | None) -> str:
    """Return the level an item is on."""
    if level is None:
        return gettext("not told yet")
    return gettext("level %(level)d") % {"level": level}


@register.filter
def level_next(level: int | None) -> str:
    """Return the level that comes next."""
    return gettext("none") if level is None else gettext("level %(level)d") % {"level": level}


@register.filter
def level_key(level: int | None) -> str:
    """Return a level as an address names it."""
    return "none" if level is None else str(level)


@register.filter
def state_label(state: str) -> str:
    """Return the name of where an item stands."""
    return str(STATE_LABELS[state][0]) if state in STATE_LABELS else state


@register.filter
def state_sentence(state: str) -> str:
    """Return the sentence behind where an item stands."""
    return str(STATE_LABELS[state][1]) if state in STATE_LABELS else ""
