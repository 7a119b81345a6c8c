"""How facts and reasons of a credit decision read."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine.credit_conditions import NO, YES, When
from dunwell.engine.credit_fact_names import FLAG, Value, fact_named
from dunwell.engine.money import amount_words, percent_words
from dunwell.engine.scorecard_terms import Scorecard
from dunwell.engine.segments_rules import Condition

LABELS: Mapping[str, str] = {
    "rated_class": "Class",
    "rated_risk": "Risk",
    "rated_points": "Points",
    "rated_pd_ppm": "Probability of default",
    "rated_limit_minor": "Limit of the table",
    "asked_share_ppm": "Asked for, of the limit of the table",
    "asked_minor": "Amount asked for",
    "application_asked_minor": "Limit asked for",
    "application_kind": "Kind of application",
    "application_country": "Country of the application",
    "application_is_complete": "Application complete",
    "application_is_screened": "Sanction lists screened",
    "application_has_hit": "Hit on a sanction list",
    "application_has_guarantor": "Guarantor named",
    "application_references": "References answered",
}
"""What is found on the way to a decision, and what an application adds."""

_OUTCOMES: Mapping[str, str] = {
    "approve": "it would be approved",
    "refer": "a person would decide",
    "decline": "it would be declined",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a change moves (outcome, class, points or limit), from what to what."""

    moves: str
    before: str
    after: str


def fact_label(name: str, card: Scorecard | None = None) -> str:
    """Return what a fact is called: by the scorecard, else by the catalogue, else its name."""
    if name in LABELS:
        return LABELS[name]
    labels = {one.name: one.label for one in card.inputs} if card is not None else {}
    if labels.get(name, name) != name:
        return labels[name]
    fact = fact_named(name)
    return fact.label if fact is not None else name


def value_words(name: str, value: Value, *, currency: str = "") -> str:
    """Return a value with its unit; amounts in the company's currency."""
    if value is None or value == "":
        return "not known"
    if isinstance(value, bool):
        return YES if value else NO
    if not isinstance(value, int):
        return value
    fact = fact_named(name)
    ending = name.rpartition("_")[2]
    unit = fact.unit if fact is not None else ending if ending in {"minor", "ppm"} else ""
    return _with_unit(value, unit, currency)


def _with_unit(value: int, unit: str, currency: str) -> str:
    if unit == "minor":
        return amount_words(value, currency)
    if unit == "ppm":
        return percent_words(value)
    if unit == "milli":
        return f"{value / 1_000:.2f}"
    if value == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{value:,} {unit}".rstrip()


def reason_text(
    values: Mapping[str, Value],
    change: Mapping[str, int | str],
    effect: Effect,
    card: Scorecard,
    *,
    currency: str,
) -> str:
    """Return a reason as sentences: what is so, and what would be otherwise at which value."""
    stated = "; ".join(
        f"{fact_label(name, card)}: {value_words(name, value, currency=currency)}"
        f"{_why(name, value, card)}"
        for name, value in values.items()
    )
    if len(change) == 1:
        ((name, value),) = change.items()
        at = f"At {value_words(name, value, currency=currency)}"
        if value in {YES, NO}:
            at = "If it were so" if value == YES else "If it were not so"
    else:
        at = "With " + " and ".join(
            f"{_small(fact_label(name, card))} {value_words(name, value, currency=currency)}"
            for name, value in change.items()
        )
    return f"{stated}. {at} {_effect_words(effect, currency)}."


def _small(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"


def _why(name: str, value: Value, card: Scorecard) -> str:
    """Return the scorecard's own words on the value, where it has any."""
    one = next((one for one in card.inputs if one.name == name), None)
    if one is None:
        return ""
    try:
        reason = one.places[one.place(value)].reason
    except ValueError:
        return ""
    return f" ({reason[0].lower()}{reason[1:]})" if reason else ""


def _effect_words(effect: Effect, currency: str) -> str:
    if effect.moves == "outcome":
        return _OUTCOMES[effect.after]
    if effect.moves == "class":
        return f"the class would be {effect.after} instead of {effect.before}"
    if effect.moves == "points":
        by = int(effect.after) - int(effect.before)
        points = "1 point" if abs(by) == 1 else f"{abs(by)} points"
        return f"the score would be {points} {'higher' if by > 0 else 'lower'}"
    after, before = (amount_words(int(one), currency) for one in (effect.after, effect.before))
    return f"the limit of the table would be {after} instead of {before}"


def when_words(when: When, *, currency: str = "") -> str:
    """Return conditions as one line; empty where there are none."""
    kinds = dict(when.kinds)
    return " and ".join(_condition_words(one, kinds, currency) for one in when.conditions)


def _condition_words(one: Condition, kinds: Mapping[str, str], currency: str) -> str:
    label = fact_label(one.fact)
    if kinds.get(one.fact) == FLAG:
        return f"{label}: {one.words[0]}"
    if one.words:
        listed = " or ".join(one.words)
        return f"{label} is not {listed}" if one.is_not else f"{label} is {listed}"
    parts = []
    if one.low is not None:
        parts.append(f"from {value_words(one.fact, one.low, currency=currency)}")
    if one.high is not None:
        parts.append(f"up to {value_words(one.fact, one.high, currency=currency)}")
    return f"{label} {' '.join(parts)}"
