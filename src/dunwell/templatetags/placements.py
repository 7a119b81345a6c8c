"""How placements read: checks, cohorts of age, and what happened."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import Placement

register = template.Library()

CHECKS: Mapping[str, Promise | str] = {
    "undisputed": _("Undisputed"),
    "demand": _("Final demand"),
    "evidence": _("Evidence"),
    "contact": _("Contact data"),
    "free": _("No agreement running"),
    "least": _("Smallest claim"),
    "country": _("Country"),
    "solvent": _("Not insolvent"),
    "age": _("Age of the debt"),
    "attorney": _("Attorney"),
}
MOMENTS: Mapping[str, Promise | str] = {
    "proposed": _("Proposed"),
    "approved": _("Approved"),
    "cancelled": _("Cancelled"),
    "transmitted": _("Handed over"),
    "accepted": _("Accepted"),
    "refused": _("Refused"),
    "collected": _("Money reported"),
    "noted": _("Note"),
    "settled": _("Settled"),
    "returned": _("Returned"),
    "legal": _("Gone to court"),
    "recalled": _("Recalled"),
    "closed": _("Closed"),
}
COHORTS: Mapping[str, Promise | str] = {
    "0-90": _("up to 90 days"),
    "91-180": _("91\N{EN DASH}180 days"),
    "181-365": _("181\N{EN DASH}365 days"),
    "366+": _("over a year"),
}


@register.filter
def check_label(code: str) -> str:
    """Return what a check of a placement is called."""
    return str(CHECKS.get(code, code))


@register.filter
def moment_label(verb: str) -> str:
    """Return what happened to a placement."""
    return str(MOMENTS.get(verb, verb))


@register.filter
def cohort_label(name: str) -> str:
    """Return what a cohort of age is called."""
    return str(COHORTS.get(name, name))


@register.filter
def placement_status(status: str) -> str:
    """Return how a status of a placement is called."""
    found = status in Placement.Status.values
    return str(Placement.Status(status).label) if found else status
