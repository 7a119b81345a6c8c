"""How talks with the assistant read: what a text wanted, and why a person goes on."""

from collections.abc import Mapping
from datetime import date

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.catalogs import subject_name
from dunwell.templatetags.dates import day_text

register = template.Library()

MATTERS: Mapping[str, Promise | str] = {
    "greeting": _("Greeting"),
    "balance": _("Balance"),
    "open_items": _("Open items"),
    "due_dates": _("Due dates"),
    "item_status": _("State of an item"),
    "documents": _("Documents"),
    "statement": _("Statement"),
    "payment_link": _("How to pay"),
    "bank_details": _("Bank details"),
    "promise": _("Promise"),
    "plan": _("Payment plan"),
    "dispute": _("Dispute"),
    "contact_change": _("Change of a contact"),
    "human": _("Wants a person"),
    "hardship": _("Hardship"),
    "legal": _("Legal"),
    "complaint": _("Complaint"),
    "paid_already": _("Has paid already"),
    "thanks": _("Thanks"),
    "yes": _("Yes"),
    "no": _("No"),
    "cancel": _("Cancels"),
    "who_are_you": _("Asks who answers"),
    "unknown": _("Not understood"),
    "not_understood": _("Not understood"),
    "not_possible": _("Not possible"),
    "unproven": _("Not proven"),
    "too_long": _("Too long"),
}
"""Intents of texts (`engine.assistant_intents`), and reasons of a hand-over that are no intent."""


@register.filter
def talk_matter(code: str) -> str:
    """Return what an intent or a reason of a hand-over is called."""
    return str(MATTERS[code])


@register.filter
def proof(text: str) -> str:
    """Return a figure that proved an answer as a reader writes it: days in the page's form."""
    try:
        return day_text(date.fromisoformat(text))
    except ValueError:
        return text


@register.filter
def record_name(text: str) -> str:
    """Return the record that came of an answer ("promise 7") in the reader's language."""
    subject, _space, key = text.rpartition(" ")
    return f"{subject_name(subject)} {key}"
