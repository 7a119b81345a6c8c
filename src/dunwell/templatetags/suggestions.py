"""What to do with a customer today, in words: the action, its worth, and how that is known."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from dunwell.queries.worklist import Suggestion, suggestion_of
from dunwell.templatetags.experiments import points
from dunwell.templatetags.money import money_whole
from dunwell.templatetags.reasons import channel_label

register = template.Library()


@register.filter
def suggested(reasons: Mapping[str, Any]) -> Suggestion | None:
    """Return what the reasons of a rank suggest, None where nothing is permitted."""
    return suggestion_of(reasons)


@register.simple_tag
def suggestion_line(
    suggestion: Suggestion, extra_minor: int, minutes: int, score: int, currency: str
) -> str:
    """Return the action with what it should bring, in one line."""
    action = channel_label(suggestion.action)
    if not suggestion.is_worth:
        return gettext("Not worth a contact today: it pays by itself, or too little moves it.")
    extra, each = money_whole(extra_minor, currency), money_whole(score, currency)
    if suggestion.is_automatic:
        return gettext("%(action)s goes out by itself, %(extra)s more expected") % {
            "action": action,
            "extra": extra,
        }
    return ngettext(
        "%(action)s: %(extra)s more expected in %(minutes)d minute, %(each)s a minute",
        "%(action)s: %(extra)s more expected in %(minutes)d minutes, %(each)s a minute",
        minutes,
    ) % {"action": action, "extra": extra, "minutes": minutes, "each": each}


@register.filter
def effect_known(suggestion: Suggestion) -> str:
    """Return how large the effect is, and whether that is assumed or measured."""
    told = {
        "action": channel_label(suggestion.action),
        "effect": points(suggestion.effect_ppm),
    }
    if not suggestion.is_measured:
        return gettext("assumed: of those who would not pay, %(effect)s do so after it") % told
    told |= {
        "found": points(suggestion.observed_ppm),
        "low": points(suggestion.low_ppm),
        "high": points(suggestion.high_ppm),
        "acted": str(suggestion.acted_n),
        "alone": str(suggestion.alone_n),
    }
    return (
        gettext(
            "measured: %(found)s (%(low)s … %(high)s) from %(acted)s decisions against %(alone)s "
            "left alone; with what was assumed, %(effect)s"
        )
        % told
    )
