"""How portfolio risk reads: dimensions, sectors, the ten questions, levers, Lorenz curve."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.sectors import DIVISIONS, SECTIONS, sector_name
from dunwell.templatetags.money import locale, money
from dunwell.templatetags.reasons import percent

register = template.Library()
PPM = 1_000_000

DIMENSIONS: Mapping[str, Promise] = {
    "sector": _("Sector"),
    "country": _("Country"),
    "currency": _("Currency"),
    "group": _("Group"),
    "class": _("Risk class"),
    "segment": _("Segment"),
    "collector": _("Collector"),
}
QUESTIONS: Mapping[str, tuple[Promise, Promise]] = {
    "yearly_loss": (
        _("How much may we lose to customers who do not pay, in a bad year?"),
        _("The whole amount for all customers together."),
    ),
    "largest_name": (
        _("How much of all that is owed may lie with a single customer?"),
        _("In percent of everything owed on credit."),
    ),
    "largest_group": (
        _("How much may lie with one group of companies?"),
        _("A parent with everybody below it; at least as much as a single customer."),
    ),
    "sector": (
        _("How much may lie in one sector?"),
        _("By what customers do, NACE sections such as construction."),
    ),
    "country": (
        _("How much may lie in one country abroad?"),
        _("Our own country is left out."),
    ),
    "currency": (
        _("How much may be owed in one foreign currency?"),
        _("Our own currency is left out."),
    ),
    "weak_classes": (
        _("How much may lie with customers of weak credit?"),
        _("Those in the risk classes the credit policy calls high risk."),
    ),
    "new_customers": (
        _("How much may lie with new customers?"),
        _("Those whose first invoice is less than a year old."),
    ),
    "insured": (
        _("How much at least is to be insured or guaranteed?"),
        _("In percent of what is owed before covers."),
    ),
    "cash_gap": (
        _("If our largest customer stopped paying, how much missing cash could we stand?"),
        _("Nothing of it comes back in time, so all that it owes counts."),
    ),
}
"""Each question, and what helps to answer it."""
LEVERS: Mapping[str, Promise] = {
    "cut": _("Lower the limit"),
    "terms": _("Shorten the terms"),
    "cover": _("Take out cover"),
    "factor": _("Sell the receivables"),
}
HOWS: Mapping[str, Promise] = {
    "number": _("by its number"),
    "vat": _("by its VAT number"),
    "name": _("by its name"),
    "sector": _("by its sector"),
    "country": _("by its country"),
    "currency": _("by its currency"),
}


@register.filter
def dimension_label(dimension: str) -> str:
    """Return what a dimension of the book is called."""
    return str(DIMENSIONS.get(dimension, dimension))


@register.filter
def sector_label(code: str) -> str:
    """Return a sector's code with what it stands for, "not known" for none."""
    return f"{code} {sector_name(code)}" if code else gettext("not known")


@register.filter
def part_label(label: str, dimension: str) -> str:
    """Return what a part of the book is called: a country by its name, "not known" for none."""
    if not label:
        return gettext("not known")
    return country_name(label) if dimension == "country" else label


@register.filter
def country_name(code: str) -> str:
    """Return a country's name in the reader's language; a code that is none stays as it is."""
    return str(locale().territories.get(code.upper(), code))


@register.filter
def question_text(name: str) -> str:
    """Return a question of the appetite form."""
    return str(QUESTIONS[name][0]) if name in QUESTIONS else name


@register.filter
def lever_label(lever: str) -> str:
    """Return what a lever is called."""
    return str(LEVERS.get(lever, lever))


@register.filter
def how_label(how: str) -> str:
    """Return how a customer was found to be touched by a signal."""
    return str(HOWS.get(how, how))


def steps_text(steps: Sequence[tuple[str, int, str]], currency: str) -> str:
    """Return the arithmetic behind a limit as one line a person can follow."""
    told = {what: (value, unit) for what, value, unit in steps}

    def shown(what: str) -> str:
        value, unit = told[what]
        if unit == "minor":
            return money(value, currency)
        return percent(value) if unit == "ppm" else str(value)

    if "bad_year" in told:
        return gettext(
            "%(answer)s ÷ %(times)s = %(most)s: in the shipped downturn every chance of default "
            "doubles, so a usual year may cost half of what a bad one may."
        ) % {"answer": shown("answer"), "times": shown("bad_year"), "most": shown("most")}
    if "insured" in told:
        return gettext("%(whole)s less %(insured)s covered = %(most)s at most without cover.") % {
            "whole": shown("whole"),
            "insured": shown("insured"),
            "most": shown("most"),
        }
    return gettext("As answered: %(most)s at most.") % {"most": shown("most")}


@register.simple_tag
def arithmetic(line: Any, currency: str) -> str:
    """Return the arithmetic behind a line of a statement."""
    return steps_text(line.steps, currency)


@register.simple_tag
def sector_choices(chosen: str = "") -> list[tuple[str, str, bool]]:
    """Return every sector as an option: sections, each with its divisions below."""
    found = []
    for letter, name in SECTIONS.items():
        found.append((letter, f"{letter} {name}", letter == chosen))
        found += [
            (code, f"\N{EN SPACE}{code} {told}", code == chosen)
            for code, (section, told) in DIVISIONS.items()
            if section == letter
        ]
    return found


@register.inclusion_tag("web/charts/lorenz.html")
def lorenz_chart(points: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Draw the Lorenz curve: what share of the exposure the smallest customers hold."""
    line = "".join(
        f"{'M' if place == 0 else 'L'}{x * 100 / PPM:.2f} {100 - y * 100 / PPM:.2f}"
        for place, (x, y) in enumerate(points)
    )
    return {"points": points, "line": line}
