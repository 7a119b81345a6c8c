"""How disputes read: days left, quantities, days with decimals, what moved a claim's chance."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_decimal
from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.models.disputes import reason_label
from dunwell.templatetags.money import locale

register = template.Library()

MILLI, CENTI = 1_000, 100
SOON_DAYS = 2
"""Business days left from which a case is shown as urgent."""
WEIGHTS: Mapping[str, object] = {
    "base": _("How often claims of this kind are right"),
    "customer": _("The customer's earlier claims"),
    "for_customer": _("Speaks for the customer"),
    "for_us": _("Speaks for us"),
    "answer": _("Answer of a colleague"),
    "whole": _("All that was billed is disputed"),
    "accepted": _("The customer's system had approved it"),
}
VERDICTS: Mapping[str, object] = {
    "valid": _("the customer is right"),
    "partly": _("right in part"),
    "invalid": _("the customer is wrong"),
}
SIDES: Mapping[str, object] = {"customer": _("for the customer"), "us": _("for us")}


@register.filter
def days_left(days: int | None) -> str:
    """Return business days to a last day in words; below 0 too late."""
    if days is None:
        return ""
    if days < 0:
        return ngettext("%(n)d business day too late", "%(n)d business days too late", -days) % {
            "n": -days
        }
    if days == 0:
        return gettext("today is the last day")
    return ngettext("%(n)d business day left", "%(n)d business days left", days) % {"n": days}


@register.filter
def days_tone(days: int | None) -> str:
    """Return the class that colours the days left; the words beside it say the same."""
    if days is None:
        return ""
    return "chip-bad" if days < 0 else "chip-warn" if days <= SOON_DAYS else "chip-info"


@register.filter
def quantity(milli: int | None) -> str:
    """Return a quantity in thousandths without needless zeros."""
    if milli is None:
        return "\N{EN DASH}"
    whole, part = divmod(milli, MILLI)
    return f"{whole}.{part:03d}".rstrip("0").rstrip(".") if part else str(whole)


@register.filter
def centidays(days: int | None) -> str:
    """Return days in hundredths with two decimals, a dash for none."""
    if days is None:
        return "\N{EN DASH}"
    return format_decimal(Decimal(days) / CENTI, format="#,##0.00", locale=locale())


@register.filter
def weight_label(code: str) -> str:
    """Return what a contribution to the chance of a claim is."""
    return str(WEIGHTS.get(code, code))


@register.filter
def verdict_label(code: str) -> str:
    """Return what an answer says of the claim; other words as they are."""
    return str(VERDICTS.get(code, code))


@register.filter
def side_label(side: str) -> str:
    """Return for whom evidence speaks."""
    return str(SIDES.get(side, ""))


@register.filter
def reason_words(code: str) -> str:
    """Return a reason in words."""
    return reason_label(code)
