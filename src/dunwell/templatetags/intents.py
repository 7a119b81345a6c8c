"""How the labels of messages, and the figures of those who read them, are told."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

INTENTS = {
    "paid_already": _("Paid already"),
    "promise": _("Promise"),
    "dispute": _("Dispute"),
    "copy_request": _("Asks for a copy"),
    "missing_po": _("Order number missing"),
    "remittance": _("Remittance advice"),
    "contact_change": _("Change of contact"),
    "hardship": _("Hardship"),
    "plan_request": _("Asks for instalments or time"),
    "cease": _("Wants no more contact"),
    "insolvency": _("Insolvency"),
    "out_of_office": _("Out of office"),
    "hostile": _("Hostile"),
    "redirect": _("Refers to somebody else"),
    "other": _("Something else"),
}
STYLES = {
    "terse": _("Few words"),
    "formal": _("Formal"),
    "chatty": _("Chatty"),
    "mobile": _("From a phone, with slips"),
    "legal": _("Like a lawyer"),
    "quoted": _("Forwarded, with quotes"),
    "own": _("The team's own"),
}
LANGUAGES = {
    "de": _("German"),
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "it": _("Italian"),
    "nl": _("Dutch"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "sv": _("Swedish"),
    "tr": _("Turkish"),
    "": _("Unknown"),
}
READER_STATUS = {
    "candidate": _("Waits for a decision"),
    "serving": _("Serves"),
    "retired": _("Retired"),
}


@register.filter
def intent(label: str) -> str:
    """Return what a label of a message says."""
    return str(INTENTS.get(label, label))


@register.filter
def writing(style: str) -> str:
    """Return the name of a manner of writing."""
    return str(STYLES.get(style, style))


@register.filter
def tongue(language: str) -> str:
    """Return the name of a language messages are written in."""
    return str(LANGUAGES.get(language, language))


@register.filter
def reader_status(status: str) -> str:
    """Return the status of a trained reader in words."""
    return str(READER_STATUS.get(status, status))


@register.filter
def mix_ups(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return which labels are taken for which others, the most frequent first; ten at most."""
    wrong = [row for row in card.get("confusion", ()) if row["truth"] != row["answer"]]
    wrong.sort(key=lambda row: (-row["messages"], row["truth"], row["answer"]))
    return wrong[:10]
