"""How quantities, prices and rates of invoices look."""

from decimal import Decimal

from babel.numbers import format_decimal, format_percent
from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

register = template.Library()
MICROS = 1_000_000
UNITS = {
    "C62": "", "HUR": _("h"), "DAY": _("days"), "MON": _("months"), "KGM": "kg", "MTR": "m",
    "LTR": "l",
}  # fmt: skip


@register.filter
def micros(value: int) -> str:
    """Return millionths as a number in the reader's style: 1,250.5."""
    locale = get_language() or "en"
    return str(format_decimal(Decimal(value) / MICROS, "#,##0.######", locale=locale))


@register.filter
def ppm_percent(ppm: int) -> str:
    """Return parts per million as percent in the reader's style."""
    locale = get_language() or "en"
    return str(format_percent(Decimal(ppm) / MICROS, "#,##0.##%", locale=locale))


@register.filter
def unit_words(code: str) -> str:
    """Return a unit of UN/ECE Rec 20 as people write it, empty for pieces."""
    told = UNITS.get(code, code)
    return gettext(told) if told else ""
