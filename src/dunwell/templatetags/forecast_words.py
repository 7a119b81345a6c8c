"""How the cash outlook reads: its components, the rules it is measured by, what can be done."""

from collections.abc import Mapping

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.money import NO_VALUE, locale

register = template.Library()

Words = Promise | str

COMPONENTS: Mapping[str, Words] = {
    "items": _("Open items"),
    "promises": _("Promises"),
    "plans": _("Payment plans"),
    "disputes": _("Disputes"),
    "recurring": _("Recurring invoices"),
    "delivered": _("Delivered, not billed"),
    "new_business": _("New business (run rate)"),
}
COMPONENT_MEANINGS: Mapping[str, Words] = {
    "items": _("Open amount times the chance of the pay-date model."),
    "promises": _("Kept on their day as often as promises of the customer were, else as usual."),
    "plans": _("What is left of the instalments, in place of the items the plan holds."),
    "disputes": _(
        "The disputed part as often and as late as disputes were won; the rest as usual."
    ),
    "recurring": _("Periods of schedules that are not billed yet, paid as the customer pays."),
    "delivered": _("What orders delivered and nobody billed, as if billed within a week."),
    "new_business": _(
        "Invoices nobody has written yet: what is billed per week lately, moved by last year's "
        "season, less what recurring invoices and deliveries already say. An extrapolation."
    ),
}
CONTENDERS: Mapping[str, Words] = {
    "ours": _("Our forecast"),
    "due_date": _("Due date"),
    "due_median": _("Due date plus usual delay"),
    "last_year": _("Same days last year"),
    "average": _("Average of 13 weeks"),
}
LEVERS: Mapping[str, Words] = {
    "call": _("Call now"),
    "remind": _("Remind now"),
    "promise": _("Ask for a promise"),
    "discount": _("Offer a discount"),
    "dispute": _("Clear up the dispute"),
    "debit": _("Collect by direct debit"),
    "plan": _("Release the payment plan"),
}
PLACES = tuple(COMPONENTS)


@register.filter
def component_name(code: str) -> str:
    """Return a component in words."""
    return str(COMPONENTS.get(code, code))


@register.filter
def component_meaning(code: str) -> str:
    """Return what a component counts, in a sentence."""
    return str(COMPONENT_MEANINGS.get(code, ""))


@register.filter
def component_fill(code: str) -> str:
    """Return the class that colours a component."""
    return f"comp-{PLACES.index(code)}" if code in PLACES else "comp-0"


@register.filter
def contender_name(code: str) -> str:
    """Return a forecast or rule in words."""
    return str(CONTENDERS.get(code, code))


@register.filter
def lever_name(code: str) -> str:
    """Return an action in words."""
    return str(LEVERS.get(code, code))


@register.filter
def amount_of(components: Mapping[str, int], code: str) -> int:
    """Return one component of a period, 0 where it has none."""
    return components.get(code, 0)


@register.filter
def share_text(ppm: int | None) -> str:
    """Return a share with its sign in percent, one digit after the point below 20 %."""
    if ppm is None:
        return NO_VALUE
    digits = "#,##0.0" if abs(ppm) < 200_000 else "#,##0"  # noqa: PLR2004  20 %
    return f"{format_decimal(ppm / 10_000, format=digits, locale=locale())}\N{NO-BREAK SPACE}%"
