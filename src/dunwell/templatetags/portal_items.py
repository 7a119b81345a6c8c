"""Where an item stands, in the words and colours of the debtor's pages."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

STANDING = {
    "paid": (_("settled"), "good"),
    "credit": (_("credit for you"), "info"),
    "disputed": (_("in query"), "warn"),
    "planned": (_("in a payment plan"), "info"),
    "promised": (_("promised"), "info"),
    "overdue": (_("overdue"), "bad"),
    "due": (_("due today"), "warn"),
    "upcoming": (_("not due yet"), ""),
}
"""Words and colour by state."""

WAY = {
    "issued": _("We wrote it"),
    "handed_over": _("We sent it to you"),
    "delivered": _("It reached your mail server"),
    "opened": _("It was opened"),
    "received": _("You confirmed that you have it"),
    "accepted": _("You accepted it"),
    "approved": _("You approved it for payment"),
    "scheduled": _("You told us of the payment"),
    "paid": _("It was settled"),
    "bounced": _("Our mail came back to us"),
    "not_received": _("You told us that it had not come"),
    "queried": _("You asked about it"),
    "rejected": _("You refused it"),
}
"""What happened on an item's way, by rung of the delivery ladder or what stands beside it."""

OUTCOMES = {
    "agrees": "good",
    "not_due": "good",
    "amount_differs": "bad",
    "only_ours": "warn",
    "only_theirs": "warn",
    "paid_not_arrived": "info",
}
"""Colour by outcome of a comparison with the customer's own list."""


@register.filter
def standing(state: str) -> str:
    """Return where an item stands."""
    return str(STANDING[state][0]) if state in STANDING else ""


@register.filter
def standing_tone(state: str) -> str:
    """Return the CSS class that colours where an item stands."""
    tone = STANDING[state][1] if state in STANDING else ""
    return f"chip-{tone}" if tone else ""


@register.filter
def outcome_tone(outcome: str) -> str:
    """Return the CSS class that colours an outcome of a comparison."""
    return f"chip-{OUTCOMES[outcome]}" if outcome in OUTCOMES else ""


@register.filter
def way_words(kind: str) -> str:
    """Return what happened on an item's way to its customer and back."""
    return str(WAY.get(kind, ""))
