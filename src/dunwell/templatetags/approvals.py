"""How requests for approval read: what is asked for, who may decide, and where it leads."""

from collections.abc import Mapping

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import Role
from dunwell.templatetags.authority_words import ACT_LABELS

register = template.Library()

RISK_LABELS: Mapping[str, Promise | str] = {
    "low": _("low risk"),
    "medium": _("medium risk"),
    "high": _("high risk"),
    "": _("risk not known"),
}
PAGES: Mapping[str, str] = {
    "settlement": "settlement",
    "creditapplication": "application",
    "paymentplan": "plan",
    "incentive": "incentive",
    "exposurefreeze": "freeze",
    "creditlimit": "limit",
    "credithold": "credit-hold",
    "disputeresolution": "dispute-resolution",
}
"""The page of a subject, by the name of its model; others are shown on the customer's page."""


@register.filter
def act_label(act: str) -> str:
    """Return what an act of the authority policy is called."""
    return str(ACT_LABELS.get(act, act))


@register.filter
def risk_label(risk: str) -> str:
    """Return how a customer's risk is called."""
    return str(RISK_LABELS.get(risk, risk))


@register.filter
def role_label(role: str) -> str:
    """Return how a role is called."""
    return str(Role(role).label) if role in Role.values else role


@register.simple_tag
def subject_address(subject: str, subject_id: int) -> str:
    """Return the address of what a request is about, empty when it has no page of its own."""
    if subject not in PAGES:
        return ""
    try:
        return reverse(PAGES[subject], args=[subject_id])
    except NoReverseMatch:
        return ""
