"""How the credit policy, its decisions and its replays read on pages."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_conditions import YES, When
from dunwell.engine.credit_fact_names import FLAG
from dunwell.engine.credit_tables import LimitRow
from dunwell.engine.segments_rules import Condition
from dunwell.queries.appetite_names import limit_label
from dunwell.queries.credit_reason_words import label_told, reason_told, value_told
from dunwell.templatetags.money import money, reader_language

register = template.Library()
register.filter("limit_label", limit_label)

OUTCOME_LABELS: Mapping[str, Promise | str] = {
    "approve": _("Approve"),
    "refer": _("Refer to a person"),
    "decline": _("Decline"),
}
OUTCOME_TONES: Mapping[str, str] = {
    "approve": "chip-good",
    "refer": "chip-warn",
    "decline": "chip-bad",
}
RISK_TONES: Mapping[str, str] = {"low": "chip-good", "medium": "chip-warn", "high": "chip-bad"}
CONDITION_LABELS: Mapping[str, Promise | str] = {
    "deposit": _("deposit"),
    "guarantee": _("guarantee"),
    "insurance": _("credit insurance"),
}
KIND_LABELS: Mapping[str, Promise | str] = {
    "outcome": _("Decisions"),
    "class": _("Classes"),
    "limit": _("Limits"),
    "over_limit": _("Above the limit"),
    "order": _("Orders"),
    "loss": _("Lost debts"),
    "sales": _("Sales"),
}
SIDE_LABELS: Mapping[str, Promise | str] = {
    "approve": _("Customers approved"),
    "refer": _("Customers referred to a person"),
    "decline": _("Customers declined"),
    "limit_minor": _("Limits proposed"),
    "expected_loss_minor": _("Expected loss of a year"),
}
THEN_LABELS: Mapping[str, Promise | str] = {
    "stop": _("nothing more on credit"),
    "refer": _("a person decides"),
    "watch": _("it is shown here"),
}


@register.filter
def outcome_label(outcome: str) -> str:
    """Return how the outcome of a credit decision is called."""
    return str(OUTCOME_LABELS.get(outcome, outcome))


@register.filter
def outcome_tone(outcome: str) -> str:
    """Return the chip of an outcome."""
    return OUTCOME_TONES.get(outcome, "")


@register.filter
def risk_tone(risk: str) -> str:
    """Return the chip of a risk."""
    return RISK_TONES.get(risk, "")


@register.filter
def condition_label(condition: str) -> str:
    """Return how a condition of credit is called."""
    return str(CONDITION_LABELS.get(condition, condition))


@register.filter
def change_label(kind: str) -> str:
    """Return how a kind of change of a replay is called."""
    return str(KIND_LABELS.get(kind, kind))


@register.filter
def side_label(name: str) -> str:
    """Return how a figure of both sides of a replay is called."""
    return str(SIDE_LABELS.get(name, name))


@register.filter
def then_label(then: str) -> str:
    """Return what follows from a limit of the appetite."""
    return str(THEN_LABELS.get(then, then))


@register.filter
def fact_name(name: str) -> str:
    """Return what a fact is called."""
    return label_told(name)


@register.filter
def reason_words(text: str) -> str:
    """Return a reason of a decision in the reader's language."""
    return reason_told(str(text), reader_language())


@register.simple_tag
def change_words(kind: str, value: str, currency: str) -> str:
    """Return one side of a change: a limit as an amount, a decision by its name."""
    if kind in {"limit", "over_limit"}:
        return money(int(value), currency)
    return outcome_label(value) if kind != "class" else value


@register.simple_tag
def conditions(when: When, currency: str) -> str:
    """Return conditions as a line."""
    kinds = dict(when.kinds)
    told = [
        _condition(one, currency, is_flag=kinds.get(one.fact) == FLAG) for one in when.conditions
    ]
    return gettext(" and ").join(told)


def _condition(one: Condition, currency: str, *, is_flag: bool) -> str:
    label, listed = label_told(one.fact), gettext(" or ").join(one.words)
    if is_flag:
        value = gettext("yes") if one.words[0] == YES else gettext("no")
        return f"{label}: {value}"
    if one.words:
        told = (
            gettext("%(fact)s is not %(words)s")
            if one.is_not
            else gettext("%(fact)s is %(words)s")
        )
        return told % {"fact": label, "words": listed}
    low, high = (
        None
        if bound is None
        else value_told(one.fact, bound, reader_language(), currency=currency)
        for bound in (one.low, one.high)
    )
    if high is None:
        return gettext("%(fact)s from %(low)s") % {"fact": label, "low": low}
    if low is None:
        return gettext("%(fact)s up to %(high)s") % {"fact": label, "high": high}
    told = gettext("%(fact)s from %(low)s up to %(high)s")
    return told % {"fact": label, "low": low, "high": high}


@register.simple_tag
def limit_words(row: LimitRow, currency: str) -> str:
    """Return how a row of the table of limits comes about."""
    if not row.bases:
        return money(max(row.fixed_minor, row.least_minor), currency)
    shares = [
        gettext("%(share)s of %(fact)s")
        % {"share": share(base.share_ppm), "fact": _inner(base.fact)}
        for base in row.bases
    ]
    between = gettext(" or ") if row.take == "highest" else gettext(" and at most ")
    return between.join(shares)


@register.simple_tag
def gauge_words(gauge: Gauge, currency: str) -> str:
    """Return what is used of a limit of the appetite, and the most."""
    used, most = (
        share(value) if gauge.is_share else money(value, currency)
        for value in (gauge.value, gauge.limit.most)
    )
    return f"{used} / {most}"


@register.filter
def share(ppm: int) -> str:
    """Return a share in percent, to the hundredth: small probabilities are what matters here."""
    return value_told("asked_share_ppm", ppm, reader_language())


@register.filter
def bar_width(ppm: int) -> str:
    """Return a share as the width of a bar, at most all of it."""
    return f"{min(max(ppm, 0), 1_000_000) / 10_000:.1f}"


def _inner(name: str) -> str:
    """Return a fact's label as it stands within a line: English begins it small."""
    label = label_told(name)
    is_english = reader_language().startswith("en")
    return f"{label[:1].lower()}{label[1:]}" if is_english else label
