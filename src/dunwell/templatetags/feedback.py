"""How answers of customers read: scales, results and complaint rates."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.satisfaction import Satisfaction

register = template.Library()

DASH = "\N{EN DASH}"

SURVEY_KINDS = {
    "csat": (_("Satisfaction (CSAT)"), _("Share of the answers 4 and 5 on a scale from 1 to 5.")),
    "nps": (
        _("Recommendation (NPS)"),
        _("Share of 9 and 10 less the share of 0 to 6 on a scale from 0 to 10, in points."),
    ),
    "effort": (_("Ease (effort score)"), _("Mean on a scale from 1, very hard, to 7, very easy.")),
}


@register.filter
def survey_kind(kind: str) -> str:
    """Return what a kind of question is called."""
    return str(SURVEY_KINDS[kind][0])


@register.filter
def survey_about(kind: str) -> str:
    """Return how the figure of a kind is counted."""
    return str(SURVEY_KINDS[kind][1])


@register.filter
def survey_value(result: Satisfaction) -> str:
    """Return a result as it is read: 85.0 %, +32 points, 5.4 of 7; a dash without an answer."""
    return _value(result.kind, result.value)


@register.filter
def survey_range(result: Satisfaction) -> str:
    """Return the interval that holds 95 %, a dash where there are too few answers."""
    if result.low is None or result.high is None:
        return DASH
    return gettext("%(low)s to %(high)s") % {
        "low": _value(result.kind, result.low),
        "high": _value(result.kind, result.high),
    }


def _value(kind: str, value: int | None) -> str:
    if value is None:
        return DASH
    if kind == "csat":
        return f"{number_format(Decimal(value) / 10_000, 1)}\N{NO-BREAK SPACE}%"
    if kind == "nps":
        points = number_format(abs(Decimal(value)) / 100, 0)
        return f"{'-' if value < 0 else '+'}{points}"
    return gettext("%(mean)s of 7") % {"mean": number_format(Decimal(value) / 100, 1)}
