"""How covers, reviews and early warnings read: conditions, gaps, triggers, facts, signs."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.dates import days_count
from dunwell.templatetags.money import NO_VALUE, money
from dunwell.templatetags.reasons import percent
from dunwell.templatetags.scores import warning_label

register = template.Library()
Words = Mapping[str, Promise]

CONDITIONS: Words = {
    "max_terms_days": _("Longest terms"),
    "overdue_report_days": _("Report overdue items after"),
    "max_extension_days": _("Longest extension"),
    "stop_delivery_days": _("Stop deliveries after"),
    "claim_days": _("File the claim within"),
}
"""Labels of `engine.cover_clock.CONDITIONS`; days count from the due day but for the terms."""

GAPS: Words = {
    "not_in_force": _("no cover was in force"),
    "terms_too_long": _("terms longer than the cover allows"),
    "after_stop": _("delivered after deliveries had to stop"),
    "report_missed": _("not reported in time"),
    "claim_missed": _("not claimed in time"),
    "over_amount": _("above the amount of the cover"),
    "own_share": _("our own share"),
}
"""Labels of `engine.cover_clock.GAPS`."""

TRIGGERS: Words = {
    "blocked_order": _("Order held"),
    "external_event": _("News from a bureau"),
    "cover_expiring": _("Cover ends soon"),
    "limit_expiring": _("Limit ends soon"),
    "early_warning": _("Early warning"),
    "class_changed": _("Another risk class"),
    "over_limit": _("Over the limit"),
    "manual": _("Asked for"),
}
"""Labels of `engine.review_rules.TRIGGERS`."""

FACTS: Words = {
    "exposure": _("Exposure"),
    "limit": _("Limit"),
    "risk_class": _("Risk class"),
    "pd": _("Chance of default"),
}
OUTCOMES: Words = {
    "implemented": _("carried out"),
    "no_change": _("kept"),
    "nothing_moved": _("nothing had moved"),
    "reason_gone": _("its reason went away"),
}
STANCES: Words = {
    "hardship": _("Hardship: it tries and cannot. Agree on a plan early."),
    "refusal": _("Refusal: it can and will not. Escalate early."),
    "mixed": _("Signs of both hardship and refusal."),
    "unclear": _("Unclear: talk to them first."),
}
SIGN_TONES = {"hardship": "chip-warn", "refusal": "chip-bad"}
STATUS_TONES = {
    **dict.fromkeys(("granted", "done", "paid", "accepted", "implemented"), "chip-good"),
    **dict.fromkeys(("missed", "refused"), "chip-bad"),
    **dict.fromkeys(
        ("requested", "draft", "filed", "triggered", "pending_approval", "new"), "chip-warn"
    ),
    **dict.fromkeys(("open", "due", "refreshing", "recommendation"), "chip-info"),
}
BUREAU_DROP = _("A bureau thinks less of it")


@register.filter
def condition_label(name: str) -> str:
    """Return a condition of a cover as a phrase."""
    return str(CONDITIONS.get(name, name.replace("_", " ")))


@register.filter
def gap_label(code: str) -> str:
    """Return why a part of an open item is not covered."""
    return str(GAPS.get(code, code.replace("_", " ")))


@register.filter
def trigger_label(code: str) -> str:
    """Return what asked for a review."""
    return str(TRIGGERS.get(code, code.replace("_", " ")))


@register.filter
def trigger_text(trigger: Any) -> str:
    """Return what a trigger is about; an early warning by its own words."""
    return sign_label(trigger.text) if trigger.code == "early_warning" else trigger.text


@register.filter
def sign_label(kind: str) -> str:
    """Return a kind of early warning as a phrase."""
    return str(BUREAU_DROP) if kind == "bureau_drop" else warning_label(kind)


@register.filter
def sign_tone(sign: str) -> str:
    """Return the CSS class that colours a sign of hardship or refusal."""
    return SIGN_TONES.get(sign, "")


@register.filter
def stance_words(stance: str) -> str:
    """Return what a customer's signs come to, and what to do first."""
    return str(STANCES.get(stance, stance))


@register.filter
def outcome_label(outcome: str) -> str:
    """Return what came of a review."""
    return str(OUTCOMES.get(outcome, outcome.replace("_", " ")))


@register.filter
def status_tone(status: str) -> str:
    """Return the CSS class that colours a status of a cover, deadline, claim, review, warning."""
    return STATUS_TONES.get(status, "")


@register.filter
def fact_label(name: str) -> str:
    """Return a fact of a review as a phrase."""
    return str(FACTS.get(name, name.replace("_", " ")))


@register.simple_tag
def fact_value(value: int | str | None, unit: str, currency: str) -> str:
    """Return a fact of a review with its unit."""
    if value is None or isinstance(value, str):
        return value or NO_VALUE
    return money(value, currency) if unit == "minor" else percent(value)


@register.filter
def condition_days(days: int) -> str:
    """Return the days of a condition."""
    return days_count(days)
