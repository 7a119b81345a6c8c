"""What events of the audit trail say: their facts as short texts, their subject as a link."""

from collections.abc import Mapping

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from dunwell.queries.events import EventRow
from dunwell.templatetags.catalogs import subject_name

register = template.Library()

LONGEST = 160
MOST_ROWS = 3
"""More records than this inside an event are counted, not written out."""

PAGES = {
    "item": "item",
    "payment": "payment",
    "customer": "customer",
    "message": "message",
    "importbatch": "import",
    "policyversion": "strategy",
}
"""Pages of subjects that have one of their own."""


@register.simple_tag
def event_facts(data: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the facts of an event as (name, text); empty ones are left out, long ones are cut."""
    facts = []
    for name, value in data.items():
        text = _text(value)
        if text:
            facts.append((name.replace("_", " "), text))
    return facts


@register.simple_tag
def event_link(event: EventRow) -> str:
    """Return the subject of an event, as a link where it has a page."""
    name = f"{subject_name(event.subject)} {event.subject_id}"
    if event.subject in PAGES:
        try:
            return format_html(
                '<a href="{}">{}</a>', reverse(PAGES[event.subject], args=[event.subject_id]), name
            )
        except NoReverseMatch:  # this installation does not serve the page
            return name
    if event.customer_id is not None:
        return format_html(
            '<a href="{}">{}</a>', reverse("customer", args=[event.customer_id]), name
        )
    return name


def _text(value: object) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    elif isinstance(value, list | tuple) and len(value) > MOST_ROWS and isinstance(value[0], dict):
        text = gettext("%(n)d rows") % {"n": len(value)}
    elif isinstance(value, list | tuple):
        text = ", ".join(_text(inner) for inner in value)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
