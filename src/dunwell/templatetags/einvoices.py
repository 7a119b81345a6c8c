"""How electronic invoices read: what a rule is about in plain words, quantities and rates."""

from collections.abc import Sequence

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.formats.einvoice.figures import micros_text, percent_text

register = template.Library()

RULES: Sequence[tuple[str, Promise | str]] = (
    ("XSD", _("The file is not built as its format demands: something is missing or misplaced.")),
    ("BR-CO-17", _("The VAT of a rate is not its rate of the amount it is charged on.")),
    ("BR-CO-25", _("Money is asked for without a day it is due or terms of payment.")),
    ("BR-CO-26", _("The seller cannot be told: no identifier, register number or VAT id.")),
    ("BR-CO", _("Figures of the invoice do not agree with one another.")),
    ("BR-DEC", _("An amount has more decimals than the standard allows.")),
    ("BR-CL", _("A code is not on the list it has to come from.")),
    ("BR-DE", _("Germany asks for more than the European standard (XRechnung).")),
    ("BR-AE", _("Reverse charge is billed, and not all it needs is there.")),
    ("BR-IC", _("A supply to another EU country is billed, and not all it needs is there.")),
    ("BR-G-", _("An export is billed, and not all it needs is there.")),
    ("BR-O-", _("Something outside VAT is billed together with what contradicts that.")),
    ("BR-E-", _("An exemption from VAT is billed, and not all it needs is there.")),
    ("BR-S-", _("VAT is billed, and a rate, amount or VAT id for it is missing or wrong.")),
    ("BR-Z-", _("Zero-rated VAT is billed, and a rate, amount or VAT id is missing or wrong.")),
    ("BR-", _("Something that every European invoice states is missing.")),
    ("PEPPOL", _("The Peppol network asks for it; a receiver there may turn the invoice away.")),
    ("UBL-", _("The invoice uses an element that the European standard has no place for.")),
    ("CII-", _("The invoice uses an element that the European standard has no place for.")),
    ("FX-", _("The level of Factur-X that is named has no room for it, or asks for it.")),
    ("FACTUR-X", _("The level of Factur-X that is named has no room for it, or asks for it.")),
    ("DUNWELL-RULES", _("These rules could not be checked; whether they are kept is not known.")),
    ("DUNWELL-", _("The value cannot be used as it stands.")),
)
"""Beginnings of rules, the more telling first, and what they are about."""

OTHER = _("A rule of the country or of the specification that the invoice names.")


@register.filter
def rule_words(rule: str) -> Promise | str:
    """Return what a rule is about, for somebody who does not know the standard."""
    return next((words for start, words in RULES if rule.startswith(start)), OTHER)


@register.filter
def micros(value: int) -> str:
    """Return a quantity or price in millionths as a plain decimal."""
    return micros_text(value)


@register.filter
def rate(ppm: int) -> str:
    """Return a rate in ppm of 1 as percent."""
    return f"{percent_text(ppm)} %"
