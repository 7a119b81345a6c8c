"""How meetings, suggestions and words about deeds read."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.engine.stuck_money import DISPUTED_DAYS, HELD_DAYS, SILENT_DAYS
from dunwell.models import MeetingPoint, Voice

register = template.Library()

WHY: Mapping[str, tuple[Promise | str, int]] = {
    "disputed": (_("Disputed for %(n)d days or longer and not resolved."), DISPUTED_DAYS),
    "broken": (_("A promise broke and nothing has been agreed since."), 0),
    "held": (_("On hold for %(n)d days or longer."), HELD_DAYS),
    "silent": (_("Overdue, and for %(n)d days nobody has written or called."), SILENT_DAYS),
}
TONES = {"open": "chip-info", "taken": "chip-good", "declined": ""}
HELD_BACK: Mapping[str, Promise | str] = {
    "own_judge": _("decided by the same person"),
    "complaint": _("the customer complained since"),
    "reopened": _("a dispute was raised again"),
    "waits": _("quality is waited for, two weeks"),
    "unpaid": _("less than half of it was paid"),
    "split": _("the same matter counts once"),
    "often": _("one word a week to one person"),
}


@register.filter
def stuck_label(reason: str) -> str:
    """Return what a reason is called."""
    return str(MeetingPoint.Reason(reason).label)


@register.filter
def stuck_why(reason: str) -> str:
    """Return when money counts as stuck for a reason."""
    words, days = WHY[reason]
    return str(words) % {"n": days}


@register.filter
def voice_status(status: str) -> str:
    """Return what became of a suggestion."""
    return str(Voice.Status(status).label)


@register.filter
def voice_tone(status: str) -> str:
    """Return the tone of a suggestion's chip."""
    return TONES[status]


@register.filter
def held_back_words(reason: str) -> str:
    """Return why there is no word about a deed."""
    return str(HELD_BACK[reason])
