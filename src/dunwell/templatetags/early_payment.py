"""How discounts for early payment look."""

from collections.abc import Mapping, Sequence
from datetime import date

from babel.numbers import format_percent
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import EarlyPaymentOffer
from dunwell.queries.early_payment import OfferLine
from dunwell.templatetags.money import NO_VALUE, locale

register = template.Library()

PPM = 1_000_000
MOST_LINES = 5


@register.filter
def rate(ppm: int | None) -> str:
    """Return parts per million as a percentage with two decimals; a dash for none."""
    if not ppm:
        return NO_VALUE
    return str(format_percent(ppm / PPM, "0.00 %", locale=locale()))


@register.filter
def spread(lines: Sequence[OfferLine]) -> list[OfferLine]:
    """Return a few lines of many: the first, the last, and some evenly between."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    last = len(lines) - 1
    return [lines[last * n // (MOST_LINES - 1)] for n in range(MOST_LINES)]


@register.filter
def last_day(lines: Sequence[OfferLine]) -> date | None:
    """Return the last day on which anything is earned."""
    return lines[-1].until_on if lines else None


STATE_LABELS: Mapping[str, Promise | str] = {
    "live": _("Offered"),
    "accepted": _("Accepted"),
    "earned": _("Earned"),
    "lapsed": _("Lapsed"),
    "withdrawn": _("Withdrawn"),
    "all": _("All"),
}


@register.filter
def offer_state(state: str) -> str:
    """Return where an offer stands, in the reader's language."""
    return str(STATE_LABELS[state])


@register.filter
def offer_kind(kind: str) -> str:
    """Return the kind of an offer; what the customer's terms grant is one too."""
    labels = dict(EarlyPaymentOffer.Kind.choices)
    return str(labels.get(kind, _("By the terms")))
