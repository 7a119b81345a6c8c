"""How order checks read: the names of rules and results, and what would free an order."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.order_rules import UNKNOWN
from dunwell.queries.credit_checks import ReleaseRow
from dunwell.queries.credit_holds import CreditHoldRow
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import money
from dunwell.templatetags.sentences import spoken

register = template.Library()

RULE_LABELS: Mapping[str, Promise | str] = {
    UNKNOWN: _("Amounts not known"),
    "days_overdue": _("Oldest item overdue"),
    "overdue_amount": _("Overdue amount"),
    "limit": _("Over the limit"),
    "limit_used": _("Much of the limit used"),
    "group_limit": _("Over the group's limit"),
    "parent_limit": _("Over a parent's limit"),
    "guarantor_limit": _("Over a guarantor's limit"),
    "no_limit": _("No limit granted"),
    "limit_expired": _("Limit run out"),
    "limit_expiring": _("Limit runs out soon"),
    "limit_suspended": _("Limit suspended"),
    "insolvency": _("Insolvency"),
    "legal_matter": _("Claim in court"),
    "write_off": _("Debt written off"),
    "forced_hold": _("Held by a person"),
    "exposure_freeze": _("Exposure frozen"),
    "risk_class": _("Risk class"),
    "appetite_stop": _("Risk appetite reached"),
    "appetite_refer": _("Beyond the risk appetite"),
    "terms": _("Terms too long"),
    "order_amount": _("Order too large"),
    "review_overdue": _("Review late"),
    "dunning_level": _("Dunning level reached"),
    "broken_promises": _("Promises broken"),
    "cover_missing": _("No cover"),
    "cover_expired": _("Cover run out"),
    "cover_expiring": _("Cover runs out soon"),
    "stale_data": _("Bank data too old"),
}
RESULT_LABELS: Mapping[str, Promise | str] = {
    "passed": _("Passed"),
    "warned": _("Warned"),
    "held": _("Held"),
    "skipped": _("Not asked"),
}
RESULT_TONES = {"passed": "chip-good", "warned": "chip-warn", "held": "chip-bad"}
STATUS_TONES = {
    "held": "chip-bad",
    "raised": "chip-bad",
    "under_review": "chip-warn",
    "ready": "chip-good",
    "released": "chip-info",
    "approved": "chip-good",
}


@register.filter
def rule_label(rule: str) -> str:
    """Return what a rule of the order check is called."""
    return str(RULE_LABELS.get(rule, rule))


@register.filter
def result_label(result: str) -> str:
    """Return what an outcome is called."""
    return str(RESULT_LABELS.get(result, result))


@register.filter
def result_tone(result: str) -> str:
    """Return the CSS class that colours an outcome."""
    return RESULT_TONES.get(result, "")


@register.filter
def order_tone(status: str) -> str:
    """Return the CSS class that colours the status of an order or a hold."""
    return STATUS_TONES.get(status, "")


@register.filter
def way_text(way: ReleaseRow) -> str:
    """Return what would free an order, as a sentence in the reader's language."""
    if way.kind == "wait" and way.on is not None:
        return gettext("By itself on %(day)s") % {"day": day_text(way.on)}
    if way.amount_minor is None:
        return spoken(way.text)
    amount = {"amount": money(way.amount_minor, way.currency)}
    if way.kind == "pay":
        return gettext("Paying %(amount)s") % amount
    if way.kind == "prepay":
        return gettext("Prepaying %(amount)s") % amount
    if way.kind == "reduce":
        return gettext("An order of at most %(amount)s") % amount
    return gettext("A limit of %(amount)s") % amount


@register.simple_tag
def customer_words(hold: CreditHoldRow, ways: tuple[ReleaseRow, ...]) -> str:
    """Return a message to the customer: what is held, and what to pay for it to go on."""
    number = hold.order_number or hold.customer_number
    lines = [
        gettext("Good day,"),
        "",
        gettext("we would like to deliver your order %(number)s, and cannot yet.")
        % {"number": number},
    ]
    asked = [way_text(way) for way in ways if way.kind in {"pay", "prepay"}]
    if asked:
        lines += ["", gettext("Either of these lets it go on:")]
        lines += [f"- {text}" for text in asked]
        lines += ["", gettext("Please name the order with the payment.")]
    lines += ["", gettext("Kind regards")]
    return "\n".join(lines)


@register.simple_tag
def sales_words(hold: CreditHoldRow, ways: tuple[ReleaseRow, ...]) -> str:
    """Return a note to sales: what is held, why, and what would free it."""
    reasons = "; ".join(rule_label(reason.rule) for reason in hold.reasons)
    head = gettext("Order %(number)s of %(customer)s is held: %(reasons)s.") % {
        "number": hold.order_number or hold.customer_number,
        "customer": hold.customer_name,
        "reasons": reasons,
    }
    told = [way_text(way) for way in ways]
    return "\n".join([head, *(f"- {text}" for text in told)])
