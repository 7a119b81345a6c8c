"""How legal matters, limitation, recoveries and VAT read: names of codes."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

BUCKET_LABELS: Mapping[str, Promise | str] = {
    "barred": _("Time-barred"),
    "30": _("Within 30 days"),
    "90": _("31 to 90 days"),
    "180": _("91 to 180 days"),
    "365": _("181 to 365 days"),
    "later": _("More than a year"),
    "stopped": _("Nothing lapses for now"),
    "unknown": _("Law not known: ask a lawyer"),
}
EFFECT_LABELS: Mapping[str, Promise | str] = {
    "anew": _("the whole period begins again"),
    "anew_at_end": _("time stands still, and the whole period begins again at its end"),
    "suspend": _("its days are not counted"),
    "hold": _("nothing lapses while it runs"),
    "": _("no effect by this law"),
}
OVER_LABELS: Mapping[str, Promise | str] = {
    "": _("Worth asking for"),
    "recovered": _("Recovered"),
    "insolvency": _("Insolvency ended"),
    "barred": _("Time-barred"),
}
VAT_LABELS: Mapping[str, Promise | str] = {
    "due": _("May be claimed"),
    "waiting": _("Not yet"),
    "repay": _("To be repaid"),
    "claimed": _("Claimed"),
    "missed": _("Too late"),
}
TONES: Mapping[str, str] = {
    "barred": "chip-bad",
    "30": "chip-bad",
    "90": "chip-warn",
    "missed": "chip-bad",
    "repay": "chip-warn",
    "due": "chip-good",
    "recovered": "chip-good",
}


@register.filter
def bucket_label(bucket: str) -> str:
    """Return what a bucket of time left is called."""
    return str(BUCKET_LABELS.get(bucket, bucket))


@register.filter
def effect_label(effect: str) -> str:
    """Return what an event does to the period, in words."""
    return str(EFFECT_LABELS.get(effect, effect))


@register.filter
def over_label(over: str) -> str:
    """Return why a written-off debt is not asked for any more."""
    return str(OVER_LABELS.get(over, over))


@register.filter
def vat_label(state: str) -> str:
    """Return what the state of a VAT claim is called."""
    return str(VAT_LABELS.get(state, state))


@register.filter
def legal_tone(code: str) -> str:
    """Return the class of the chip of a code."""
    return TONES.get(code, "")
