"""How message texts read in the studio: tones, and shares with their intervals."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

TONE_LABELS: Mapping[str, Promise | str] = {"friendly": _("Friendly"), "firm": _("Firm")}
PPM_OF_PERCENT = 10_000


@register.filter
def tone_label(tone: str) -> str:
    """Return a tone, or the name of a variant as it was given."""
    return str(TONE_LABELS.get(tone, tone))


@register.filter
def interval(shares: tuple[int, int, int]) -> str:
    """Return a share in ppm with the ends of its interval, in percent."""
    middle, low, high = (round(one / PPM_OF_PERCENT, 1) for one in shares)
    return f"{middle:g} % ({low:g} \u2013 {high:g} %)"
