"""How improvement reads: comparisons, initiatives, targets and reviews in plain words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.formats.review_pack import shown_cell
from dunwell.models import ReviewRhythm
from dunwell.templatetags.experiments import points
from dunwell.templatetags.money import NO_VALUE, locale, money_whole

register = template.Library()

Words = Promise | str
PPM = 1_000_000

DUEL_OUTCOMES: Mapping[str, Words] = {
    "keep": _("the challenger wins"),
    "revert": _("the champion stays"),
    "undecided": _("undecided"),
}
DUEL_WHYS: Mapping[str, Words] = {
    "better": _("The challenger surely brings more, and no guardrail speaks against it."),
    "worse": _("The challenger surely brings less."),
    "guardrail_harmed": _("What must not get worse has got worse with the challenger."),
    "guardrail_unclear": _("It brings more, but harm is not ruled out yet."),
    "arms_do_not_match": _("The arms are not divided as planned, so nothing can be concluded."),
    "not_enough_data": _("There are too few customers to conclude anything."),
    "too_early": _("It is too early to tell."),
    "no_difference_shown": _("All planned customers are over, and no difference has shown."),
}


@register.filter
def as_points(share: float) -> str:
    """Return a share of one in percentage points."""
    return points(round(share * PPM))


@register.filter
def whole_money(amount_minor: int | None, currency: str) -> str:
    """Return an amount in whole units, for a sentence or a narrow column."""
    return str(money_whole(amount_minor, currency))


@register.filter
def tenths(value: int | None) -> str:
    """Return tenths as a number with one decimal and its sign."""
    if value is None:
        return NO_VALUE
    size = format_decimal(Decimal(abs(value)) / 10, "0.0", locale=locale())
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{size}"  # noqa: RUF001


@register.filter
def duel_outcome(outcome: str) -> str:
    """Return how a comparison ends so far."""
    return str(DUEL_OUTCOMES[outcome])


@register.filter
def duel_why(why: str) -> str:
    """Return why a comparison ends so."""
    return str(DUEL_WHYS[why])


@register.filter
def duel_sentence(duel: Any) -> str:
    """Return what a comparison shows in one plain sentence."""
    if duel.effect_ppm is None:
        return gettext("Nothing can be said about %(challenger)s yet.") % {
            "challenger": duel.challenger
        }
    told = {
        "challenger": duel.challenger,
        "champion": duel.champion,
        "effect": points(duel.effect_ppm),
        "low": points(duel.low_ppm),
        "high": points(duel.high_ppm),
    }
    if duel.low_ppm > 0:
        return (
            gettext(
                "%(challenger)s brings %(effect)s more of the money in time than %(champion)s "
                "(%(low)s to %(high)s)."
            )
            % told
        )
    if duel.high_ppm < 0:
        return (
            gettext(
                "%(challenger)s brings less of the money in time than %(champion)s: %(effect)s "
                "(%(low)s to %(high)s)."
            )
            % told
        )
    return (
        gettext(
            "So far %(effect)s for %(challenger)s against %(champion)s, but anything from "
            "%(low)s to %(high)s fits."
        )
        % told
    )


SCOPE_LABELS: Mapping[str, Words] = {
    "open": _("Under way"),
    "library": _("Library"),
    "all": _("All"),
}
PLACE_LABELS: Mapping[str, Words] = {
    "orders": _("Orders and credit checks"),
    "billing": _("Billing"),
    "delivery": _("Delivery of invoices"),
    "reminders": _("Reminders"),
    "calls": _("Calls"),
    "promises": _("Promises and plans"),
    "disputes": _("Disputes"),
    "cash": _("Cash application"),
    "credit": _("Limits and terms"),
    "data": _("Data of customers"),
    "other": _("Elsewhere"),
}
DIMENSION_LABELS: Mapping[str, Words] = {
    "company": _("Company"),
    "customer": _("Customers"),
    "segment": _("Segments"),
    "collector": _("Collectors"),
    "strategy": _("Strategies"),
    "currency": _("Currencies"),
}
STATUS_LOOKS: Mapping[str, tuple[Words, str]] = {
    "idea": (_("idea"), ""),
    "planned": (_("planned"), "chip-info"),
    "running": (_("running"), "chip-info"),
    "measured": (_("to decide"), "chip-warn"),
    "kept": (_("kept"), "chip-good"),
    "reverted": (_("taken back"), "chip-bad"),
    "dropped": (_("put aside"), ""),
}
MEASURES: Mapping[str, Words] = {
    "experiment": _("Experiment"),
    "difference": _("Before and after, beside others"),
    "series": _("Before and after"),
}
UNITS: Mapping[str, Words] = {
    "days": _("days"),
    "percent": _("percent"),
    "points": _("points of money paid in time"),
    "times a year": _("times a year"),
}
MISSING: Mapping[str, Words] = {
    "not_begun": _("It has not begun; there is nothing to compare."),
    "few_months": _("It takes six month ends before the change and three after it."),
    "few_months_beside": _(
        "It takes three month ends before and after, for the changed parts and for others."
    ),
    "no_experiment": _("No experiment is named."),
    "few_customers": _("The experiment has too few customers with an outcome yet."),
}
INITIATIVE_COLUMNS = (
    _("Name"),
    _("Figure"),
    _("Currency"),
    _("Baseline"),
    _("Goal"),
    _("Due on"),
    _("Place"),
    _("Change"),
    _("Measured by"),
    _("Owner"),
    _("Status"),
    _("Changed on"),
    _("Effect"),
    _("Low"),
    _("High"),
    _("Unit"),
    _("Gain"),
    _("Reason"),
    _("Decided by"),
    _("Decided on"),
)


@register.filter
def place_label(place: str) -> str:
    """Return the name of a place in the process."""
    return str(PLACE_LABELS.get(place, place))


@register.filter
def initiative_status(status: str) -> str:
    """Return what a status is called."""
    return str(STATUS_LOOKS[status][0])


@register.filter
def initiative_tone(status: str) -> str:
    """Return the CSS class that colours a status."""
    return STATUS_LOOKS[status][1]


@register.filter
def measure_label(measure: str) -> str:
    """Return how an initiative is measured."""
    return str(MEASURES[measure])


@register.filter
def dimension_label(dimension: str) -> str:
    """Return what parts are of."""
    return str(DIMENSION_LABELS.get(dimension, dimension))


@register.filter
def unit_label(unit: str) -> str:
    """Return the name of a unit."""
    return str(UNITS.get(unit, unit))


@register.filter
def missing_words(missing: str) -> str:
    """Return what is wanting where nothing can be told."""
    return str(MISSING.get(missing, ""))


@register.filter
def signed_number(text: str) -> str:
    """Return a decimal number kept as text, with its sign and as the language writes it."""
    if not text:
        return NO_VALUE
    number = Decimal(text)
    size = format_decimal(abs(number), "#,##0.##", locale=locale())
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{size}"  # noqa: RUF001


@register.filter
def effect_words(effect: Any) -> str:
    """Return whether an effect is better, worse, or neither can be told."""
    better = effect["is_better"] if isinstance(effect, Mapping) else effect.is_better
    if better is None:
        return gettext("Neither better nor worse is shown: the interval holds nothing, too.")
    return gettext("Better, beyond chance.") if better else gettext("Worse, beyond chance.")


REVIEW_STATES: Mapping[str, tuple[Words, str]] = {
    "planned": (_("planned"), "chip-info"),
    "frozen": (_("pack frozen"), "chip-info"),
    "held": (_("to sign"), "chip-warn"),
    "signed": (_("signed"), "chip-good"),
    "cancelled": (_("called off"), ""),
}
CAUSES: Mapping[str, Words] = {
    "schedule": _("its turn"),
    "gauge": _("a limit was passed"),
    "warning": _("a strong warning"),
    "signal": _("a signal from outside"),
    "person": _("asked for"),
}


@register.filter
def review_state(status: str) -> str:
    """Return what the status of a portfolio review is called."""
    return str(REVIEW_STATES[status][0])


@register.filter
def review_tone(status: str) -> str:
    """Return the CSS class that colours the status of a portfolio review."""
    return REVIEW_STATES[status][1]


@register.filter
def cause_words(cause: str) -> str:
    """Return what asked for a portfolio review."""
    return str(CAUSES[cause])


@register.simple_tag(takes_context=True)
def pack_cell(context: template.Context, cell: Any, kind: str, currency: str) -> str:
    """Return a cell of a frozen pack as text."""
    return shown_cell(cell, kind, currency, context["LANGUAGE_CODE"].partition("-")[0])


@register.filter
def rhythm_label(months: int) -> str:
    """Return how often reviews are."""
    return str(ReviewRhythm.Every(months).label)


@register.filter
def at_place(values: Any, place: int) -> Any:
    """Return what stands at a place of a list."""
    return values[place]
