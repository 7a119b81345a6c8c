"""Words of cash application: why a payment waits, tiers, shortfalls, how sure a proposal is."""

from collections.abc import Sequence
from typing import Any

from babel.numbers import format_percent
from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.models import MatchCase
from dunwell.queries.match_quality import QualityRow
from dunwell.templatetags.events import event_look
from dunwell.templatetags.match_words import OWNERS, told_reason, told_tier, told_why
from dunwell.templatetags.money import NO_VALUE, locale, money_input

register = template.Library()
PPM = 1_000_000
PPM_PER_PERCENT = 10_000
FEWEST_COLUMNS = 8
"""A chart of few weeks leaves the rest of its width empty."""
Status = MatchCase.Status

REASONS = {
    "no_match": _("No open item fits"),
    "prepayment": _("Payment in advance"),
    "overpayment": _("More than is open"),
    "other_currency": _("Items of another currency"),
    "unsure": _("Not sure enough to post"),
    "over_budget": _("Beyond the budget for small differences"),
    "hold_ended": _("What it was held for has ended"),
    "sanctioned": _("A name on the sanctions list"),
    "compliance_review": _("Compliance wants to see it"),
    "on_hold": _("The item is on hold"),
    "frozen": _("The item is frozen"),
    "hold": _("The item is on hold"),
    "legal": _("The text speaks of a legal matter"),
    "legal_hold": _("Legal hold"),
    "disputed": _("The item is disputed"),
    "contested": _("Pays, yet speaks of a dispute"),
    "held_customer": _("Nothing is posted for this customer"),
    "other_company": _("Meant for another company"),
    "returned": _("A returned payment"),
    "outgoing": _("No money came in"),
    "post_dated": _("Its day has not come"),
    "duplicate": _("A second payment of the same"),
    "possible_duplicate": _("Perhaps a second payment"),
    "already_paid": _("What it names is paid"),
    "escalate_word": _("A word to be looked at"),
    "by_hand": _("Held by a person"),
    "released": _("Released by a person"),
    "undone": _("Taken back"),
    "on_account": _("Left on account"),
}
SHORTFALLS = {
    "discount": _("discount"),
    "late_discount": _("discount, too late"),
    "unearned_discount": _("discount not earned"),
    "fee": _("bank fee"),
    "fx": _("exchange difference"),
    "part": _("part payment, still open"),
    "short": _("short, still open"),
    "unexplained": _("unexplained, still open"),
    "netting": _("netted with what we owe"),
    "freight": _("freight deducted"),
    "pricing": _("price deducted"),
    "promotion": _("promotion deducted"),
    "damage": _("damage deducted"),
    "quality": _("quality deducted"),
    "returns": _("returns deducted"),
    "shortage": _("shortage deducted"),
    "tax": _("tax deducted"),
    "penalty": _("penalty deducted"),
    "other": _("deducted"),
}
TONES = {
    Status.EXCEPTION: "chip-warn",
    Status.HELD: "chip-bad",
    Status.PARKED: "chip-info",
    Status.POSTED: "chip-good",
    Status.DECIDED: "chip-good",
}


@register.filter
def case_reason(code: str) -> str:
    """Return why a payment waits, in words; a code without words as it is."""
    return str(REASONS.get(code, code.replace("_", " ").capitalize()))


@register.filter
def shortfall_words(kind: str) -> str:
    """Return what a shortfall is."""
    return str(SHORTFALLS.get(kind, kind.replace("_", " ")))


@register.filter
def tier_words(tier: str) -> str:
    """Return a tier as words: what was read, and from what."""
    name = tier.partition(":")[2] or tier
    return told_tier(name) if name else gettext("No match")


@register.filter
def match_reason(text: str) -> str:
    """Return one reason why a payment is read as it is."""
    return told_reason(text)


@register.filter
def match_why(case: MatchCase) -> str:
    """Return the sentence why a case is where it is."""
    return told_why(case)


@register.filter
def owner_words(name: str) -> str:
    """Return who looks at a held payment; a name that a person wrote as it is."""
    return str(OWNERS.get(name, name))


@register.filter
def tier_end(tier: str) -> str:
    """Return what a tier leads to: posting without a person, or a proposal."""
    return gettext("posted by itself") if tier.startswith("auto:") else gettext("proposed")


@register.filter
def sure(ppm: int) -> str:
    """Return how sure a proposal is, as a whole percentage that never claims more."""
    return gettext("%(percent)d %%") % {"percent": ppm // PPM_PER_PERCENT}


@register.filter
def case_tone(status: str) -> str:
    """Return the colour of a status."""
    return TONES.get(Status(status), "")


@register.filter
def case_event(verb: str) -> str:
    """Return what an event says happened."""
    return str(event_look(verb).label)


@register.simple_tag
def decimal_sign() -> str:
    """Return the reader's decimal sign."""
    return money_input(1, "EUR").strip("01") or "."


@register.filter
def share_of(ppm: int | None) -> str:
    """Return a share as a percentage with one decimal, a dash for none."""
    if ppm is None:
        return NO_VALUE
    return format_percent(ppm / PPM, "0.0 %", locale=locale())


@register.inclusion_tag("web/charts/straight.html")
def quality_chart(weeks: Sequence[QualityRow]) -> dict[str, Any]:
    """Draw the straight-through rate per week, oldest left; the table beside has the figures."""
    rows = [row for row in reversed(weeks) if row.week_on]
    step = 100 / max(len(rows), FEWEST_COLUMNS)
    columns = [
        {
            "x": place * step + step * 0.1,
            "width": step * 0.8,
            "y": 100 - (row.straight_ppm or 0) / PPM * 100,
            "height": (row.straight_ppm or 0) / PPM * 100,
        }
        for place, row in enumerate(rows)
    ]
    return {
        "columns": columns,
        "first": rows[0].week_on if rows else None,
        "last": rows[-1].week_on if rows else None,
        "full": PPM,
        "none": 0,
    }
