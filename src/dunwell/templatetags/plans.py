"""How payment plans are worded: frequencies and yearly rates."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from dunwell.models import PaymentPlan

register = template.Library()
PPM_PERCENT = 10_000


@register.filter
def frequency_label(frequency: str) -> str:
    """Return how often instalments are due, in words."""
    return gettext(str(PaymentPlan.Frequency(frequency).label))


@register.filter
def ppm_percent(ppm: int) -> str:
    """Return a rate given in parts per million as percent, without needless decimals."""
    value = (Decimal(ppm) / PPM_PERCENT).normalize()
    places = max(-int(value.as_tuple().exponent), 0)
    return f"{number_format(value, decimal_pos=places)}\N{NO-BREAK SPACE}%"
