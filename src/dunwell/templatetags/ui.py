"""Small parts of every page: icons, navigation, labels of codes that the engine gives."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dunwell.queries.advisor_areas import may_open
from dunwell.templatetags.icons import drawn
from dunwell.templatetags.places import EVERYWHERE, GROUPS, ON_PHONE, Place

register = template.Library()

_RIGHTS_ASKED = frozenset(place.right for place in EVERYWHERE)


GATE_LABELS = {
    "nothing_to_chase": (
        _("Nothing to chase"),
        _("Overdue less disputed, promised, held, credits and unapplied cash is not above zero."),
    ),
    "all_disputed": (_("All disputed"), _("Everything that is overdue is disputed.")),
    "promise_open": (
        _("Promise open"),
        _("What is not disputed is promised, and the promise still runs."),
    ),
    "plan_active": (_("Plan active"), _("An instalment plan is running.")),
    "on_hold": (_("On hold"), _("The customer, or all that is left of the items, is on hold.")),
    "legal_hold": (_("Legal hold"), _("A legal hold or insolvency forbids reminders.")),
    "stale_feed": (
        _("Bank data too old"),
        _("Bank data is too old to know that nothing was paid."),
    ),
    "no_contact": (_("No contact"), _("No usable address or number for the channel.")),
    "bounced": (
        _("Address bounced"),
        _("E-mail to this address came back, or the address is suppressed."),
    ),
    "opted_out": (_("Opted out"), _("The customer does not want reminders.")),
    "contacted_recently": (
        _("Contacted recently"),
        _("The last contact is fewer days ago than the strategy asks for."),
    ),
    "cap_reached": (_("Contact cap reached"), _("As many contact days as the policy allows.")),
    "not_business_day": (
        _("No business day"),
        _("Today is no business day where the customer is."),
    ),
    "quiet_hours": (_("Quiet hours"), _("Outside the hours in which messages are delivered.")),
    "contact_waiting": (
        _("An earlier contact is unfinished"),
        _("An earlier message has not gone out, or a task of it is still open."),
    ),
    "led_by_another": (
        _("Another company of ours first"),
        _(
            "Another company of ours to which the debtor owes money contacts it on this day; ours "
            "waits."
        ),
    ),
    "contact_rule": (
        _("Contact rule"),
        _("A rule of law, the customer's own word or the contact policy forbids it."),
    ),
    "below_minimum": (_("Below minimum"), _("The demand is smaller than the strategy's minimum.")),
    "needs_approval": (_("Needs approval"), _("A second person must agree first.")),
    "snoozed": (_("Snoozed"), _("Put aside until a day that is still ahead.")),
    "left_to_chance": (
        _("Left to chance"),
        _("The running experiment leaves this customer alone, to learn what contact brings."),
    ),
}
"""What the chase gate's reasons mean, for chips: the name, and the sentence behind it."""

BUCKET_LABELS = {
    "not_due": _("Not due"),
    "1-30": _("1\N{EN DASH}30 days"),
    "31-60": _("31\N{EN DASH}60 days"),
    "61-90": _("61\N{EN DASH}90 days"),
    "91+": _("91+ days"),
}

KIND_LABELS = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "fee": _("Fee"),
    "interest": _("Interest"),
    "opening": _("Opening balance"),
    "refund": _("Refund"),
}

HABIT_TONES = {"prompt": "good", "slow": "warn", "failing": "bad"}

TONES = {
    **dict.fromkeys(
        ("kept", "sent", "delivered", "done", "serving", "paid", "active", "completed"), "good"
    ),
    **dict.fromkeys(
        (
            "broken",
            "failed",
            "dead",
            "bounced",
            "resting",
            "refused",
            "confirmed",
            "returned",
            "defaulted",
            "accelerated",
            "missed",
        ),
        "bad",
    ),
    **dict.fromkeys(
        ("partially_kept", "draft", "claimed", "candidate", "part", "late", "pending"), "warn"
    ),
    **dict.fromkeys(("open", "ready", "running", "offered"), "info"),
}
"""Colour of a status chip; the words on it carry the meaning."""


@register.simple_tag
def icon(name: str, size: int = 16, classes: str = "glyph") -> str:
    """Return a Lucide icon that says nothing by itself: the text beside it does."""
    return drawn(str(name), size, str(classes))


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> str:
    """Draw the list of pages this person may open, the present one marked."""
    return _drawn_places("web/parts/navigation.html", *_asked(context))


@register.simple_tag(takes_context=True)
def bottombar(context: template.Context) -> str:
    """Draw the same pages for a phone: four in reach, the rest behind one button."""
    return _drawn_places("web/parts/bottombar.html", *_asked(context))


@register.simple_tag(takes_context=True)
def key_places(context: template.Context) -> tuple[dict[str, Any], ...]:
    """Return the pages that two keys open, for the help dialog and the keyboard."""
    _, rights, here, areas = _asked(context)
    return _key_places(rights, here, areas)


@lru_cache(maxsize=2048)
def _key_places(
    rights: frozenset[str], here: str, areas: frozenset[str] | None
) -> tuple[dict[str, Any], ...]:
    """Return them once for all who may open the same; labels are put into words by the page."""
    return tuple(place for place in _places(EVERYWHERE, rights, here, areas) if place["keys"])


def _asked(
    context: template.Context,
) -> tuple[str, frozenset[str], str, frozenset[str] | None]:
    """Return what the navigation depends on: language, rights it asks for, the open page, areas.

    The areas are those of somebody from outside; None for our own people.
    """
    path = context["request"].path
    # of the path only what marks a place: the same few texts whatever record is open
    marked = [at for at in _addresses() if path == at or (at != "/" and path.startswith(at))]
    here = max(marked, default="", key=len)
    rights = frozenset(context.get("rights") or ()) & _RIGHTS_ASKED
    return get_language() or "", rights, here, context.get("areas")


@lru_cache(maxsize=1)
def _addresses() -> tuple[str, ...]:
    return tuple(reverse(place.page) for place in EVERYWHERE)


@lru_cache(maxsize=2048)
def _drawn_places(
    name: str, language: str, rights: frozenset[str], here: str, areas: frozenset[str] | None
) -> str:
    """Draw the navigation once for all who see the same; `language` is the active one."""
    del language
    groups = [(title, _places(places, rights, here, areas)) for title, places in GROUPS]
    every = [place for _, places in groups for place in places]
    parts = {
        "groups": groups,
        "near": [place for place in every if place["page"] in ON_PHONE],
        "rest": [place for place in every if place["page"] not in ON_PHONE],
    }
    return get_template(name).render(parts)


def _places(
    places: tuple[Place, ...],
    rights: frozenset[str],
    here: str,
    areas: frozenset[str] | None,
) -> list[dict[str, Any]]:
    found = []
    for place in places:
        if place.right and place.right not in rights:
            continue
        address = reverse(place.page)
        if areas is not None and not may_open(address, areas):
            continue
        found.append(
            {
                "page": place.page,
                "label": place.label,
                "icon": place.icon,
                "keys": place.keys.split(),
                "address": address,
                "is_here": here == address,
            }
        )
    return found


@register.filter
def initials(name: str) -> str:
    """Return up to two letters for a round mark."""
    words = name.replace(".", " ").replace("_", " ").split()
    return "".join(word[0] for word in words[:2]) or "?"


@register.filter
def bucket_label(bucket: str) -> str:
    """Return a bucket's name for a person."""
    return str(BUCKET_LABELS.get(bucket, bucket))


@register.filter
def kind_label(kind: str) -> str:
    """Return the name of a kind of item."""
    return str(KIND_LABELS.get(kind, kind))


@register.filter
def gate_label(reason: str) -> str:
    """Return the name of a reason not to contact."""
    return str(GATE_LABELS[reason][0]) if reason in GATE_LABELS else reason.replace("_", " ")


@register.filter
def gate_sentence(reason: str) -> str:
    """Return the sentence behind a reason not to contact."""
    return str(GATE_LABELS[reason][1]) if reason in GATE_LABELS else ""


@register.filter
def tone(status: str) -> str:
    """Return the CSS class that colours a status chip."""
    return f"chip-{TONES[status]}" if status in TONES else ""


@register.filter
def habit_tone(label: str) -> str:
    """Return the CSS class that colours a habit chip."""
    return f"chip-{HABIT_TONES[label]}" if label in HABIT_TONES else ""


@register.filter
def translated(text: str) -> str:
    """Return a label that a record carries (a choice's name), in the reader's language."""
    return gettext(text) if text else ""
