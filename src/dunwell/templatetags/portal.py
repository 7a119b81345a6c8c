"""Where the pages of the portal are, and what each is called."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An entry of the portal's navigation."""

    url: str
    label: Promise | str
    icon: str
    is_here: bool


PLACES: tuple[tuple[str, Promise | str, str, str], ...] = (
    ("portal-home", _("Overview"), "house", "portal.view"),
    ("portal-items", _("Invoices"), "file-text", "portal.view"),
    ("portal-pay", _("Pay"), "credit-card", "portal.view"),
    ("portal-statement", _("Statement"), "table", "portal.view"),
    ("portal-arrangements", _("Promises and plans"), "calendar-check", "portal.view"),
    ("portal-offers", _("Early payment"), "percent", "portal.view"),
    ("portal-disputes", _("Queries"), "circle-question-mark", "portal.view"),
    ("portal-messages", _("Messages"), "mail", "portal.view"),
    ("portal-assistant", _("Assistant"), "message-circle", "portal.view"),
    ("portal-documents", _("Documents"), "folder", "portal.view"),
    ("portal-credit", _("Credit and orders"), "package", "portal.view"),
    ("portal-people", _("Access and settings"), "users", "portal.view"),
)
"""Name of the address, label, icon, the right that shows it."""

BELONGS_TO: tuple[tuple[str, str], ...] = (
    ("portal-ways", "portal-pay"),
    ("portal-receipts", "portal-pay"),
    ("portal-contacts", "portal-people"),
    ("portal-passkeys", "portal-people"),
    ("portal-keys", "portal-people"),
)
"""Pages with an address of their own, and the entry of the navigation they are part of."""


@register.simple_tag(takes_context=True)
def portal_places(context: dict[str, Any]) -> list[Place]:
    """Return the navigation of who is in the portal; the longest address that fits is here."""
    path, rights = context["request"].path, context["who"].actor.rights
    found: list[tuple[str, Promise | str, str]] = []
    for name, label, icon, right in PLACES:
        if right in rights:
            found.append((reverse(name), label, icon))
    reached = {url: url for url, _label, _icon in found}
    reached |= {reverse(page): reverse(entry) for page, entry in BELONGS_TO}
    longest = max((url for url in reached if path.startswith(url)), key=len, default="")
    here = reached.get(longest, "")
    return [
        Place(url=url, label=label, icon=icon, is_here=url == here) for url, label, icon in found
    ]
