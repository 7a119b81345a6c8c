"""How predictions read: chances, the reasons of a pay date in words, what speaks for a dispute."""

from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.figures import number
from dunwell.templatetags.money import NO_VALUE

register = template.Library()

PPM = 1_000_000
LEAST_PPM, MOST_PPM = 5_000, 995_000
"""Chances beyond these are shown as "under 1 %" and "over 99 %": nothing is certain here."""

HIGH_PPM, MEDIUM_PPM = 700_000, 400_000
"""A chance of paying late is coloured as bad from the first on, as a warning from the second."""

MOST_FACTORS = 2
DISPUTE_FACTORS = {
    "customer": _("the customer's earlier disputes"),
    "segment": _("disputes in its segment"),
    "amount": _("the amount"),
    "terms": _("the days to pay"),
    "age": _("the days since it was issued"),
    "disputed": _("it is disputed already"),
}


@register.filter
def of_item(found: Mapping[int, Any], key: int) -> Any:
    """Return what is expected of one row of a list, None where nothing is."""
    return found.get(key)


@register.filter
def chance(ppm: int | None) -> str:
    """Return a chance in whole percent; close to none or to certain it says so."""
    if ppm is None:
        return NO_VALUE
    if ppm < LEAST_PPM:
        return gettext("under 1\N{NO-BREAK SPACE}%")
    if ppm > MOST_PPM:
        return gettext("over 99\N{NO-BREAK SPACE}%")
    return f"{round(ppm * 100 / PPM)}\N{NO-BREAK SPACE}%"


@register.filter
def late_chance(ppm: int) -> str:
    """Return a chance of paying late; once the day has passed nothing is left to chance."""
    return gettext("late already") if ppm == PPM else chance(ppm)


@register.filter
def late_tone(ppm: int) -> str:
    """Return the CSS class that colours a chance of paying late."""
    if ppm >= HIGH_PPM:
        return "chip-bad"
    return "chip-warn" if ppm >= MEDIUM_PPM else "chip-good"


@register.filter
def remaining(ppm: int) -> int:
    """Return the chance of the opposite."""
    return PPM - ppm


@register.filter
def reason_words(reason: Any) -> str:
    """Return the fact behind a prediction in words."""
    told = REASONS.get(reason.code)
    return told(reason.value) if told else reason.code.replace("_", " ")


@register.filter
def effect_words(days: float | None) -> str:
    """Return how far a fact moves the expected pay day; empty where that is not known."""
    if days is None:
        return ""
    size = number(str(abs(days)))
    plural = 1 if abs(days) == 1 else 2
    if days > 0:
        return ngettext("%(n)s day later", "%(n)s days later", plural) % {"n": size}
    return ngettext("%(n)s day sooner", "%(n)s days sooner", plural) % {"n": size}


@register.filter
def rests_on(items: int) -> str:
    """Return how much of the customer's own past a prediction rests on."""
    if not items:
        return gettext("No history of this customer: it rests on what other customers do")
    return ngettext(
        "It rests on %(n)d paid item of this customer",
        "It rests on %(n)d paid items of this customer",
        items,
    ) % {"n": items}


@register.filter
def dispute_words(reasons: tuple[Mapping[str, Any], ...]) -> str:
    """Return what speaks most for a dispute, the strongest first; empty when nothing does."""
    raising = [str(one["code"]) for one in reasons if int(one["log_odds_ppm"]) > 0][:MOST_FACTORS]
    return ", ".join(str(DISPUTE_FACTORS.get(code, code)) for code in raising)


def _habit(value: float | None) -> str:
    if value is None:
        return gettext("how customers without a history pay")
    days = round(value)
    if days > 0:
        return ngettext(
            "half of its items are paid at least %(n)d day late",
            "half of its items are paid at least %(n)d days late",
            days,
        ) % {"n": days}
    if days < 0:
        return ngettext(
            "half of its items are paid at least %(n)d day early",
            "half of its items are paid at least %(n)d days early",
            -days,
        ) % {"n": -days}
    return gettext("it usually pays on the due day")


def _rhythm(value: float | None) -> str:
    if value is None or round(value) < 1:
        return gettext("the weekdays and days of the month on which it pays")
    return ngettext(
        "it pays on fixed days, about every %(n)d day",
        "it pays on fixed days, about every %(n)d days",
        round(value),
    ) % {"n": round(value)}


def _book(value: float | None) -> str:
    if not value:
        return gettext("nothing else of it is overdue")
    return ngettext(
        "%(n)d item of it is overdue now", "%(n)d items of it are overdue now", round(value)
    ) % {"n": round(value)}


def _terms(value: float | None) -> str:
    days = round(value or 0)
    return ngettext("%(n)d day to pay was agreed", "%(n)d days to pay were agreed", days) % {
        "n": days
    }


def _amount(value: float | None) -> str:
    if value is None:
        return gettext("its amount")
    return gettext("its amount is %(times)s times what this customer usually is billed") % {
        "times": number(str(round(value, 1)))
    }


def _part_paid(value: float | None) -> str:
    if not value:
        return gettext("nothing of it is paid yet")
    return gettext("%(share)s of it is paid already") % {"share": chance(round(value * PPM))}


def _dispute(value: float | None) -> str:
    return gettext("it is disputed") if value else gettext("it is not disputed")


def _promise(value: float | None) -> str:
    if value is None:
        return gettext("no promise is running")
    days = round(value)
    if days < 0:
        return ngettext(
            "it was promised for %(n)d day ago", "it was promised for %(n)d days ago", -days
        ) % {"n": -days}
    return ngettext("it is promised in %(n)d day", "it is promised in %(n)d days", days) % {
        "n": days
    }


def _contact(value: float | None) -> str:
    if value is None:
        return gettext("the customer was not contacted lately")
    days = round(value)
    return ngettext(
        "the customer was contacted %(n)d day ago",
        "the customer was contacted %(n)d days ago",
        days,
    ) % {"n": days}


def _paper(value: float | None) -> str:
    if value is None:
        return gettext("how it was sent is not known")
    return gettext("it was sent on paper") if value else gettext("it was sent electronically")


def _own_items(value: float | None) -> str:
    items = round(value or 0)
    if not items:
        return gettext("this customer has paid nothing yet, so new customers are the measure")
    return ngettext(
        "%(n)d paid item of this customer is the measure",
        "%(n)d paid items of this customer are the measure",
        items,
    ) % {"n": items}


REASONS: Mapping[str, Callable[[float | None], str]] = {
    "habit": _habit,
    "rhythm": _rhythm,
    "book": _book,
    "terms": _terms,
    "amount": _amount,
    "part_paid": _part_paid,
    "dispute": _dispute,
    "promise": _promise,
    "contact": _contact,
    "paper": _paper,
    "own_items": _own_items,
}
"""Words of every code that `ml.explain` gives."""
