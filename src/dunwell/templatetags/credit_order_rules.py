"""How the rules of the order check, what passes them, and the reviews of a policy read."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.order_rules import PARAMETERS, Exclusion, OrderRule, Scope
from dunwell.templatetags.credit_policies import share
from dunwell.templatetags.credit_words import trigger_label
from dunwell.templatetags.dates import days_count
from dunwell.templatetags.money import money
from dunwell.templatetags.orders import rule_label

register = template.Library()

GRACE_DAYS = ("days_overdue", "review_overdue", "stale_data")
"""Rules whose days are tolerated, not looked at ahead."""

SIDES: Mapping[str, Promise | str] = {
    "order": _("at the order"),
    "picking": _("at picking"),
    "delivery": _("at delivery"),
}
PARTIES: Mapping[str, Promise | str] = {
    "company": _("companies"),
    "person": _("persons"),
    "public": _("public bodies"),
}


@register.filter
def severity_label(severity: str) -> str:
    """Return what a rule does where it is broken."""
    told = {
        "hold": pgettext("order rule", "hold"),
        "warn": pgettext("order rule", "warn"),
        "off": pgettext("order rule", "off"),
    }
    return told.get(severity, severity)


@register.simple_tag
def rule_bounds(row: OrderRule, currency: str) -> list[str]:
    """Return the bounds of a row as phrases, those it does not state by their standard."""
    found = [
        _bound(row, name, row.value(name), currency)
        for name in PARAMETERS[row.rule]
        if row.value(name) or not name.startswith("tolerance")
    ]
    if row.classes:
        listed = ", ".join(one or gettext("without a class") for one in row.classes)
        found.append(gettext("classes %(names)s") % {"names": listed})
    for name, days in row.checkpoints.items():
        told = str(SIDES[name])
        if days:
            told = gettext("%(side)s with %(days)s of grace") % {
                "side": told,
                "days": days_count(days),
            }
        found.append(told)
    return [*found, *scope_words(row.scope)]


@register.simple_tag
def exclusion_words(one: Exclusion, currency: str) -> list[str]:
    """Return which orders an exclusion lets pass, as phrases."""
    found = []
    if one.prepaid_ppm:
        found.append(gettext("at least %(share)s prepaid") % {"share": share(one.prepaid_ppm)})
    if one.below_minor is not None:
        amount = money(one.below_minor, currency)
        found.append(gettext("worth less than %(amount)s") % {"amount": amount})
    if one.types:
        found.append(gettext("of type %(names)s") % {"names": ", ".join(one.types)})
    return [*found, *scope_words(one.scope)]


@register.filter
def skipped_rules(one: Exclusion) -> str:
    """Return the rules an exclusion passes."""
    if one.skips:
        return ", ".join(rule_label(name) for name in one.skips)
    return gettext("every rule but those that stop the customer itself")


@register.filter
def trigger_labels(codes: Sequence[str]) -> str:
    """Return what asks for a review out of turn, as a line."""
    return ", ".join(trigger_label(code) for code in codes)


def scope_words(scope: Scope) -> list[str]:
    """Return whom a row is for, as phrases; none where it is for everybody."""
    listed = [
        (
            gettext("classes %(names)s"),
            [one or gettext("without a class") for one in scope.risk_classes],
        ),
        (gettext("segments %(names)s"), scope.segments),
        (gettext("customers %(names)s"), scope.customers),
        ("%(names)s", [str(PARTIES.get(one, one)) for one in scope.parties]),
        (gettext("countries %(names)s"), scope.countries),
    ]
    return [told % {"names": ", ".join(names)} for told, names in listed if names]


def _bound(row: OrderRule, name: str, value: int, currency: str) -> str:
    if name == "days":
        return _within(row, days_count(value))
    told = {
        "extra_days": gettext("%(value)s more than agreed are tolerated"),
        "most_minor": gettext("at most %(value)s"),
        "over_minor": gettext("above %(value)s"),
        "tolerance_minor": gettext("%(value)s over the limit are tolerated"),
        "tolerance_ppm": gettext("%(value)s over the limit are tolerated"),
        "used_ppm": gettext("from %(value)s of the limit used"),
        "level": gettext("from level %(value)s"),
        "count": gettext("from %(value)s on"),
    }
    shown = str(value)
    if name.endswith("_days"):
        shown = days_count(value)
    elif name.endswith("_minor"):
        shown = money(value, currency)
    elif name.endswith("_ppm"):
        shown = share(value)
    return told[name] % {"value": shown}


def _within(row: OrderRule, days: str) -> str:
    if row.rule in GRACE_DAYS:
        return gettext("%(days)s are tolerated") % {"days": days}
    if row.rule.endswith("_expiring"):
        return gettext("%(days)s ahead") % {"days": days}
    return gettext("within %(days)s") % {"days": days}
