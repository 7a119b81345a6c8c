"""How experiments read: arms, actions, the effect as a sentence, verdicts and guardrails."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.ml.bandit_hours import SLOTS
from dunwell.templatetags.money import NO_VALUE, locale
from dunwell.templatetags.reasons import channel_label

register = template.Library()

Words = Promise | str

ARMS: Mapping[str, Words] = {
    "chance": _("Chance decides"),
    "plan": _("The strategy decides"),
    "contacted": _("Contacted"),
    "left alone": _("Left alone"),
    "rest": _("The rest"),
    "other": _("The step's other channel"),
    **{name: f"{first // 60}:00\N{EN DASH}{end // 60}:00" for name, (first, end) in SLOTS.items()},
}
OUTCOMES: Mapping[str, tuple[Words, str]] = {
    "keep": (_("contacting pays"), "chip-good"),
    "revert": (_("contacting does not pay"), "chip-bad"),
    "undecided": (_("undecided"), ""),
}
WHYS: Mapping[str, Words] = {
    "better": _("Contacting surely brings more than leaving alone."),
    "worse": _("Contacting surely brings less than leaving alone."),
    "guardrail_harmed": _("What must not get worse has got worse."),
    "guardrail_unclear": _("It brings more, but harm is not ruled out yet."),
    "arms_do_not_match": _("The parts are not divided as planned, so nothing can be concluded."),
    "not_enough_data": _("There are too few customers to conclude anything."),
    "too_early": _("It is too early to tell."),
    "no_difference_shown": _("All planned customers are over, and no difference has shown."),
}
TIMING_OUTCOMES: Mapping[str, tuple[Words, str]] = {
    "better": (_("better than the ordinary hour"), "chip-good"),
    "worse": (_("worse than the ordinary hour"), "chip-bad"),
    "undecided": (_("no difference shown"), ""),
    "not_enough_data": (_("too few mails to tell"), ""),
}
ARM_VERDICTS: Mapping[str, Words] = {
    "better": _("more than what was sent"),
    "worse": _("less than what was sent"),
    "no_difference_shown": _("no difference shown"),
    "no_support": _("cannot be known from these mails"),
    "too_little_overlap": _("too few mails to tell"),
    "propensities_wrong": _("chances do not fit the draws"),
}
GUARDS: Mapping[str, Words] = {
    "has_dispute": _("Disputes within 14 days after a contact"),
    "complaints": _("Customers that complain within 28 days"),
    "disputes": _("Customers that dispute within 28 days"),
    "opt_outs": _("Customers that opt out within 28 days"),
    "unhappy": _("Customers that give an unhappy answer"),
}
GUARD_STATES: Mapping[str, tuple[Words, str]] = {
    "safe": (_("safe"), "chip-good"),
    "harmed": (_("harmed"), "chip-bad"),
    "unclear": (_("not clear yet"), "chip-warn"),
}


@register.filter
def arm_label(name: str) -> str:
    """Return the name of a part; one that a person named keeps its name."""
    return str(ARMS.get(name, name))


@register.filter
def action_label(action: str) -> str:
    """Return the name of an action, leaving alone included."""
    return gettext("Left alone") if action == "none" else channel_label(action)


@register.filter
def clock_time(minute: int) -> str:
    """Return a minute of the day as a time."""
    return f"{minute // 60}:{minute % 60:02d}"


@register.filter
def arms_share(row: Any) -> int:
    """Return the share of all customers that the arms take, of mails that try hours, in ppm."""
    if row.kind == "timing":
        return sum(arm.share_ppm for arm in row.arms[1:])
    return sum(arm.share_ppm for arm in row.arms)


@register.filter
def arms_customers(row: Any) -> int:
    """Return how many customers were chosen for in the arms."""
    return sum(arm.customers for arm in row.arms)


@register.filter
def points(ppm: int | None) -> str:
    """Return a difference of shares in percentage points with its sign."""
    if ppm is None:
        return NO_VALUE
    size = format_decimal(abs(ppm) / 10_000, "0.#", locale=locale())
    sign = "+" if ppm > 0 else "\N{MINUS SIGN}" if ppm < 0 else ""
    return gettext("%(n)s pts") % {"n": f"{sign}{size}"}


@register.filter
def effect_sentence(reading: Any) -> str:
    """Return the effect of contacting in one plain sentence."""
    if reading.effect_ppm is None:
        return gettext("Nothing can be said about the effect of contacting yet.")
    told = {
        "effect": points(reading.effect_ppm),
        "low": points(reading.low_ppm),
        "high": points(reading.high_ppm),
    }
    if reading.low_ppm > 0:
        return (
            gettext(
                "Contacting brings %(effect)s more of the money within 14 days; the truth lies "
                "between %(low)s and %(high)s."
            )
            % told
        )
    if reading.high_ppm < 0:
        return (
            gettext(
                "Contacting brings %(effect)s of the money within 14 days, less than leaving "
                "alone; the truth lies between %(low)s and %(high)s."
            )
            % told
        )
    return (
        gettext(
            "No effect of contacting is shown: %(effect)s of the money within 14 days, and the "
            "truth lies between %(low)s and %(high)s."
        )
        % told
    )


@register.filter
def gain_sentence(timing: Any) -> str:
    """Return what the timing brought beside the ordinary hour in one plain sentence."""
    if timing.gain_ppm is None:
        return gettext(
            "Nothing can be said yet: %(seen)d mails have an outcome, %(needed)d are needed."
        ) % {"seen": timing.judged, "needed": timing.needed}
    told = {
        "gain": points(timing.gain_ppm),
        "low": points(timing.gain_low_ppm),
        "high": points(timing.gain_high_ppm),
    }
    if timing.outcome == "better":
        text = gettext(
            "%(gain)s more of the mails were paid in full within 14 days than if all had gone out "
            "at the ordinary hour; the truth lies between %(low)s and %(high)s."
        )
    elif timing.outcome == "worse":
        text = gettext(
            "%(gain)s of the mails, fewer than if all had gone out at the ordinary hour, were "
            "paid in full within 14 days; the truth lies between %(low)s and %(high)s."
        )
    else:
        text = gettext(
            "No difference from the ordinary hour is shown: %(gain)s of the mails paid in full "
            "within 14 days, and the truth lies between %(low)s and %(high)s."
        )
    return text % told


@register.filter
def timing_label(outcome: str) -> str:
    """Return how the timing stands beside the ordinary hour."""
    return str(TIMING_OUTCOMES[outcome][0]) if outcome in TIMING_OUTCOMES else outcome


@register.filter
def timing_tone(outcome: str) -> str:
    """Return the CSS class that colours it."""
    return TIMING_OUTCOMES[outcome][1] if outcome in TIMING_OUTCOMES else ""


@register.filter
def arm_verdict(verdict: str) -> str:
    """Return what sending every mail by an arm would bring, beside what was sent."""
    return str(ARM_VERDICTS.get(verdict, verdict))


@register.filter
def outcome_label(outcome: str) -> str:
    """Return what the readings say so far."""
    return str(OUTCOMES[outcome][0]) if outcome in OUTCOMES else outcome


@register.filter
def outcome_tone(outcome: str) -> str:
    """Return the CSS class that colours an outcome."""
    return OUTCOMES[outcome][1] if outcome in OUTCOMES else ""


@register.filter
def why_words(why: str) -> str:
    """Return why the readings say so."""
    return str(WHYS.get(why, why))


@register.filter
def guard_label(measure: str) -> str:
    """Return what a guardrail watches."""
    return str(GUARDS.get(measure, measure))


@register.filter
def guard_state(state: str) -> str:
    """Return the state of a guardrail in words."""
    return str(GUARD_STATES[state][0]) if state in GUARD_STATES else state


@register.filter
def guard_tone(state: str) -> str:
    """Return the CSS class that colours a guardrail."""
    return GUARD_STATES[state][1] if state in GUARD_STATES else ""
