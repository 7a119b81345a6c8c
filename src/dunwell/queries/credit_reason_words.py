"""Reasons of credit decisions, and values of facts, in the language of who reads them.

The engine tells a reason in English, by `engine.credit_words.reason_text`, and records keep it so.
It is read here by the form it was written in and told again; what a person typed stays.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from django.utils.translation import gettext, ngettext, override, pgettext

from dunwell.engine.credit_fact_names import FACTS, Value
from dunwell.engine.credit_words import LABELS, fact_label, value_words
from dunwell.formats.figures_told import figures_told
from dunwell.queries.credit_policies import standard_credit_policy

FORM = re.compile(
    r"(?P<stated>.+)\. (?:(?P<so>If it were so)|(?P<unless>If it were not so)"
    r"|At (?P<at>.+)|With (?P<all>.+))"
    r" (?:(?P<approve>it would be approved)|(?P<refer>a person would decide)"
    r"|(?P<decline>it would be declined)"
    r"|the class would be (?P<class>.+) instead of (?P<class_now>.+)"
    r"|the score would be (?P<points>\d+) points? (?P<way>higher|lower)"
    r"|the limit of the table would be (?P<limit>.+) instead of (?P<limit_now>.+))\.",
    re.DOTALL,
)
STATED = re.compile(r"(?P<label>.+?): (?P<value>[^:]+?)(?: \((?P<why>[^()]+)\))?", re.DOTALL)
COUNTED = re.compile(r"(?P<n>-?[\d,]+) (?P<unit>[a-z]+)")


def reason_told(text: str, language: str) -> str:
    """Return a reason in a language; one that the engine did not write stays as it is."""
    if language.startswith("en"):
        return text
    found = FORM.fullmatch(text)
    with override(language):
        if found is None:
            return gettext(text) if text in _card_reasons() else text
        stated = [_stated(one, language) for one in found["stated"].split("; ")]
        condition = _condition(found, language)
        if condition is None or None in stated:
            return text
        return "{}. {} {}.".format(
            "; ".join(one for one in stated if one), condition, _effect(found, language)
        )


def label_told(name: str) -> str:
    """Return what a fact is called, in the language in force."""
    label = fact_label(name)
    return gettext(label) if label else label


def value_told(name: str, value: Value, language: str, *, currency: str = "") -> str:
    """Return a value of a fact with its unit, in the language in force."""
    return _value(value_words(name, value, currency=currency), language)


def _condition(found: re.Match[str], language: str) -> str | None:
    if found["so"]:
        return pgettext("reason", "If it were so")
    if found["unless"]:
        return pgettext("reason", "If it were not so")
    if found["at"]:
        return pgettext("reason", "At %(value)s") % {"value": _value(found["at"], language)}
    parts, rest = [], found["all"]
    while rest:
        label = next((one for one in _small_labels() if rest.startswith(f"{one} ")), None)
        if label is None:
            return None
        value, _and, rest = rest[len(label) + 1 :].partition(" and ")
        parts.append(f"{gettext(_small_labels()[label])}: {_value(value, language)}")
    values = pgettext("reason", " and ").join(parts)
    return pgettext("reason", "With %(values)s") % {"values": values}


def _effect(found: re.Match[str], language: str) -> str:
    if found["approve"]:
        return pgettext("reason", "it would be approved")
    if found["refer"]:
        return pgettext("reason", "a person would decide")
    if found["decline"]:
        return pgettext("reason", "it would be declined")
    if found["class"]:
        return pgettext("reason", "the class would be %(after)s instead of %(before)s") % {
            "after": found["class"],
            "before": found["class_now"],
        }
    if found["points"]:
        n = int(found["points"])
        told = (
            ngettext(
                "the score would be %(n)s point higher",
                "the score would be %(n)s points higher",
                n,
            )
            if found["way"] == "higher"
            else ngettext(
                "the score would be %(n)s point lower", "the score would be %(n)s points lower", n
            )
        )
        return told % {"n": n}
    told = pgettext("reason", "the limit of the table would be %(after)s instead of %(before)s")
    return told % {
        "after": figures_told(found["limit"], language),
        "before": figures_told(found["limit_now"], language),
    }


def _stated(text: str, language: str) -> str | None:
    """Return one fact as it is, with the scorecard's words on it where it has any."""
    known = next((one for one in _labels() if text.startswith(f"{one}: ")), None)
    if known is not None:
        found = STATED.fullmatch("x" + text[len(known) :])
    else:
        found = STATED.fullmatch(text)
    if found is None:
        return None
    told = f"{gettext(known or found['label'])}: {_value(found['value'], language)}"
    if found["why"]:
        why = found["why"]
        told += f" ({gettext(f'{why[:1].upper()}{why[1:]}')})"
    return told


def _value(text: str, language: str) -> str:
    if text in (words := _words()):
        return words[text]
    if (found := COUNTED.fullmatch(text)) is not None and (told := _unit(found)) is not None:
        return told % {"n": figures_told(found["n"], language)}
    return figures_told(text, language)


def _words() -> Mapping[str, str]:
    return {
        "not known": gettext("not known"),
        "yes": gettext("yes"),
        "no": gettext("no"),
        "safe": pgettext("zone", "safe"),
        "grey": pgettext("zone", "grey"),
        "distress": pgettext("zone", "distress"),
        "low": gettext("low"),
        "medium": gettext("medium"),
        "high": gettext("high"),
    }


def _unit(found: re.Match[str]) -> str | None:
    """Return a count with its unit, the number left open; None for a unit nobody knows."""
    n = int(found["n"].replace(",", ""))
    units: Mapping[str, Callable[[], str]] = {
        "month": lambda: ngettext("%(n)s month", "%(n)s months", n),
        "item": lambda: ngettext("%(n)s item", "%(n)s items", n),
        "day": lambda: ngettext("%(n)s day", "%(n)s days", n),
        "promise": lambda: ngettext("%(n)s promise", "%(n)s promises", n),
        "debit": lambda: ngettext("%(n)s direct debit", "%(n)s direct debits", n),
        "point": lambda: ngettext("%(n)s point", "%(n)s points", n),
        "bureau": lambda: ngettext("%(n)s bureau", "%(n)s bureaus", n),
        "year": lambda: ngettext("%(n)s year", "%(n)s years", n),
        "reference": lambda: ngettext("%(n)s reference", "%(n)s references", n),
        "people": lambda: ngettext("%(n)s person", "%(n)s people", n),
    }
    one = units.get(found["unit"]) or units.get(found["unit"].removesuffix("s"))
    return None if one is None else one()


@cache
def _card_reasons() -> frozenset[str]:
    """Return what the shipped scorecard says of its places, which people recommend with too."""
    inputs = standard_credit_policy().card.inputs
    return frozenset(place.reason for one in inputs for place in one.places if place.reason)


@cache
def _labels() -> tuple[str, ...]:
    """Return the labels a reason may begin with, the longest first."""
    known = {one.label for one in FACTS.values()} | set(LABELS.values())
    known |= {one.label for one in standard_credit_policy().card.inputs}
    return tuple(sorted(known, key=lambda one: (-len(one), one)))


@cache
def _small_labels() -> Mapping[str, str]:
    """Return the labels as they stand within a sentence, each with itself as it is catalogued."""
    return {f"{one[:1].lower()}{one[1:]}": one for one in _labels()}
