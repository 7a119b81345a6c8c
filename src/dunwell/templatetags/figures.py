"""How KPI values look: their number in the reader's style, their unit, their change."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.kpi_catalogue import Kpi
from dunwell.templatetags.charts import line_paths
from dunwell.templatetags.money import NO_VALUE, locale

register = template.Library()

SHORT = {
    "dso": _("DSO"),
    "best_possible_dso": _("Best possible DSO"),
    "average_days_delinquent": _("ADD"),
    "cei_monthly": _("CEI"),
    "cei_period": _("CEI, whole window"),
}
MEANINGS = {
    "dso": _("How many days of sales are tied up in receivables."),
    "best_possible_dso": _("What the DSO would be if nothing were overdue."),
    "average_days_delinquent": _("How many days of the DSO come from overdue items."),
    "cei_monthly": _("How much of what could be collected was collected; 100 % is all of it."),
    "cei_period": _("How much of what could be collected was collected; 100 % is all of it."),
}


@register.filter
def number(value: str | int | Decimal | None) -> str:
    """Return a number with at most one decimal; a dash for none."""
    if value is None or value == "":
        return NO_VALUE
    return format_decimal(Decimal(str(value)), "#,##0.#", locale=locale())


@register.simple_tag
def figure(value: str | Decimal | None, unit: str) -> str:
    """Return a KPI value with its unit; a dash where the KPI does not apply."""
    text = number(value)
    if text == NO_VALUE:
        return text
    if unit == "percent":
        return f"{text}\N{NO-BREAK SPACE}%"
    if unit == "days":
        plain = Decimal(str(value))
        return ngettext("%(n)s day", "%(n)s days", 1 if plain == 1 else 2) % {"n": text}
    return f"{text}\N{NO-BREAK SPACE}{gettext(unit)}"


@register.filter
def kpi_short(kpi: str) -> str:
    """Return the short name collectors use."""
    return str(SHORT.get(kpi, kpi.replace("_", " ")))


@register.filter
def kpi_meaning(kpi: str) -> str:
    """Return what a KPI tells, in a sentence."""
    return str(MEANINGS.get(kpi, ""))


@register.inclusion_tag("web/charts/figure.html")
def figure_course(course: Sequence[tuple[date, str | None]], about: Kpi) -> dict[str, Any]:
    """Draw a figure over days between its lowest and its highest value; gaps stay gaps."""
    plain = [(on, float(value) if value else None) for on, value in course]
    known = [Decimal(value) for _, value in course if value]
    return {
        "name": about.name,
        "unit": about.unit,
        "top": max(known, default=None),
        "bottom": min(known, default=None),
        "first_on": course[0][0],
        "last_on": course[-1][0],
        **line_paths(plain),
    }
