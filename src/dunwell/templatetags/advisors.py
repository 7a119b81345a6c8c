"""How advisors and auditors read: areas, states, what was opened."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import Role

register = template.Library()

AREA_LABELS: Mapping[str, Promise | str] = {
    "ledger": _("Ledger: customers, items, payments, books"),
    "figures": _("Figures, analysis and forecast"),
    "credit": _("Credit: limits, reviews, covers, applications"),
    "risk": _("Portfolio risk, provisions, planning"),
    "collections": _("Collections: promises, plans, strategies, legal"),
    "disputes": _("Disputes"),
    "messages": _("Messages and what customers said"),
    "control": _("Audit log, checks and approvals"),
}
AREA_PAGES: Mapping[str, str] = {
    "ledger": "items",
    "figures": "forecast",
    "credit": "credit-home",
    "risk": "portfolio-reviews",
    "collections": "promises",
    "disputes": "disputes",
    "messages": "messages",
    "control": "audit",
}
"""Where each area begins."""

STATES: Mapping[str, tuple[Promise | str, str]] = {
    "invited": (_("invited"), "chip-info"),
    "link_expired": (_("link expired"), "chip-warn"),
    "coming": (_("not begun"), "chip-info"),
    "standing": (_("may look"), "chip-good"),
    "ended": (_("ended"), ""),
    "revoked": (_("ended early"), ""),
}
KINDS: Mapping[str, tuple[Promise | str, str]] = {
    "view": (_("page"), ""),
    "export": (_("file"), "chip-info"),
    "refused": (_("refused"), "chip-warn"),
}


@register.filter
def area_label(area: str) -> str:
    """Return the name of an area."""
    return str(AREA_LABELS.get(area, area))


@register.filter
def area_page(area: str) -> str:
    """Return the page an area begins with."""
    return AREA_PAGES[area]


@register.filter
def access_state(state: str) -> str:
    """Return what a state is called."""
    return str(STATES[state][0])


@register.filter
def access_tone(state: str) -> str:
    """Return the CSS class that colours a state."""
    return STATES[state][1]


@register.filter
def trace_label(kind: str) -> str:
    """Return what a trace is of."""
    return str(KINDS[kind][0])


@register.filter
def trace_tone(kind: str) -> str:
    """Return the CSS class that colours a trace."""
    return KINDS[kind][1]


@register.filter
def visitor_role(role: str) -> str:
    """Return the name of the role of somebody from outside."""
    return str(Role(role).label)
