"""How limits look: what a row is on a day, whose it is, what it rests on, and the course."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

register = template.Library()

STATE_LABELS: Mapping[str, Promise | str] = {
    "in_force": _("in force"),
    "scheduled": _("to come"),
    "replaced": _("stands back"),
    "superseded": _("superseded"),
    "expired": _("expired"),
    "lifted": _("lifted"),
}
STATE_TONES = {"in_force": "good", "scheduled": "info", "replaced": "warn", "expired": "bad"}
STATUS_TONES = {"proposed": "warn", "rejected": "bad"}
SOURCE_LABELS: Mapping[str, Promise | str] = {
    "staff": _("by hand"),
    "import": _("imported"),
    "adjustment": _("changed with others"),
    "policy": _("by the credit policy"),
    "customer": _("on the record of the customer"),
}
LINK_WORDS: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "parent": (_("Its parent is"), _("It is the parent of")),
    "guarantor": (_("Its guarantor is"), _("It guarantees for")),
    "bill_to": (_("Its bills go to"), _("It receives the bills of")),
    "payer": (_("It is paid for by"), _("It pays for")),
}
CHECK_LABELS: Mapping[str, tuple[Promise | str, str]] = {
    "refused": (_("refused"), "bad"),
    "approval": (_("needs an approval"), "warn"),
    "new": (_("granted at once"), "good"),
    "lower": (_("lowered at once"), "info"),
    "known": (_("known from before"), ""),
}
KINDS = (
    gettext_noop("Standard"),
    gettext_noop("Temporary"),
    gettext_noop("Insured"),
    gettext_noop("Suspension"),
    gettext_noop("End of a suspension"),
    gettext_noop("Proposed"),
    gettext_noop("Approved"),
    gettext_noop("Rejected"),
    gettext_noop("Withdrawn"),
    gettext_noop("Parent"),
    gettext_noop("Guarantor"),
    gettext_noop("Bill to"),
    gettext_noop("Payer"),
)
"""Labels of the records, marked for the catalogs."""

FULL = 1_000_000
NEARLY = 900_000


@register.filter
def limit_state(state: str) -> str:
    """Return what an approved row of the ledger is on a day, in words."""
    return str(STATE_LABELS.get(state, state))


@register.filter
def limit_tone(row: Any) -> str:
    """Return the CSS class of a row's chip, by its state or its status."""
    tone = STATE_TONES.get(row.state) or STATUS_TONES.get(row.status, "")
    return f"chip-{tone}" if tone else ""


@register.filter
def limit_source(source: str) -> str:
    """Return where a limit came from; `application 12` and `review 4` with their number."""
    if source in SOURCE_LABELS:
        return str(SOURCE_LABELS[source])
    word, _space, number = source.partition(" ")
    if word == "application":
        return gettext("application %(number)s") % {"number": number}
    if word == "review":
        return gettext("review %(number)s") % {"number": number}
    return source


@register.filter
def use_tone(used_ppm: int | None) -> str:
    """Return the CSS class of how much of a limit is used."""
    if used_ppm is None or used_ppm < NEARLY:
        return ""
    return "bad" if used_ppm > FULL else "warn"


@register.simple_tag
def link_words(link: Any, customer_id: int) -> str:
    """Return how a link reads on the page of a customer."""
    own, others = LINK_WORDS[link.kind]
    return str(own if link.customer_id == customer_id else others)


@register.filter
def check_label(state: str) -> str:
    """Return what becomes of a line of many limits."""
    return str(CHECK_LABELS[state][0])


@register.filter
def check_tone(state: str) -> str:
    """Return the CSS class of what becomes of a line."""
    tone = CHECK_LABELS[state][1]
    return f"chip-{tone}" if tone else ""


@register.filter
def indent(depth: int) -> str:
    """Return a mark of how deep a place of a hierarchy lies, as text: no style is needed."""
    return "└ " if depth == 1 else "· " * (depth - 1) + "└ " if depth else ""


@register.inclusion_tag("web/charts/limit.html")
def limit_chart(points: Sequence[Any]) -> dict[str, Any]:
    """Draw what was owed and the limit over the last months on one scale that begins at 0."""
    values = [
        value for point in points for value in (point.owed_minor, point.limit_minor) if value
    ]
    most = max(values, default=0)
    first, span = points[0].on, max((points[-1].on - points[0].on).days, 1)

    def path(amounts: Sequence[tuple[date, int | None]], *, is_stepped: bool) -> str:
        words: list[str] = []
        for on, amount in amounts:
            if amount is None:
                words.append("")
                continue
            x, y = 100 * (on - first).days / span, 96 - 90 * amount / most
            goes_on = bool(words) and bool(words[-1])
            way = f"H{x:.2f}V{y:.2f}" if is_stepped else f"L{x:.2f} {y:.2f}"
            words.append(way if goes_on else f"M{x:.2f} {y:.2f}")
        return "".join(words)

    return {
        "points": points,
        "owed": path([(x.on, x.owed_minor) for x in points], is_stepped=False) if most else "",
        "limit": path([(x.on, x.limit_minor) for x in points], is_stepped=True) if most else "",
        "most": most,
        "currency": points[0].currency,
    }
