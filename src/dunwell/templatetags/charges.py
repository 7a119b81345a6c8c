"""How charges read: yearly rates, evidence of a source, which parties a rule is about."""

from collections.abc import Mapping

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.money import NO_VALUE, locale

register = template.Library()

PPM_OF_PERCENT = 10_000
EVIDENCE: Mapping[str, Promise | str] = {
    "P": _("read in the primary text"),
    "S": _("read in a secondary source"),
    "M": _("from memory, check it"),
}
PARTIES: Mapping[str, Promise | str] = {
    "company": _("companies"),
    "person": _("natural persons"),
    "public": _("public authorities"),
}


@register.filter
def yearly(ppm: int | None) -> str:
    """Return a yearly rate: 10.27 % for 102,700 ppm; a dash for none."""
    if ppm is None:
        return NO_VALUE
    whole, part = divmod(abs(ppm), PPM_OF_PERCENT)
    digits = f"{part:04d}".rstrip("0").ljust(2, "0")
    text = format_decimal(f"{'-' if ppm < 0 else ''}{whole}.{digits}", "0.00##", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def evidence(mark: str) -> str:
    """Return what a mark of evidence means."""
    return str(EVIDENCE.get(mark, mark))


@register.filter
def parties(names: tuple[str, ...]) -> str:
    """Return whom a rule is about."""
    return ", ".join(str(PARTIES.get(name, name)) for name in names)
