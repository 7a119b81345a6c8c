"""Words of duplicates: what two records have alike, and what a merge moves."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.functional import Promise as Words
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.queries.merge_listing import LISTED

register = template.Library()

TRAITS: Mapping[str, Words] = {
    "tax": _("Tax number"),
    "account": _("Bank account"),
    "email": _("E-mail address"),
    "name": _("Name"),
    "domain": _("Domain of the e-mail"),
}
PLACES: Mapping[str, Words] = {
    "item": _("Documents"),
    "payment": _("Payments"),
    "contact": _("Contacts"),
    "charge": _("Charges"),
    "dispute": _("Disputed parts"),
    "disputecase": _("Disputes"),
    "promise": _("Promises"),
    "hold": _("Holds"),
    "contactrestriction": _("Contact restrictions"),
    "suppression": _("Suppressed addresses"),
    "conversation": _("Conversations"),
    "order": _("Orders"),
    "credithold": _("Credit holds"),
    "mandate": _("Mandates"),
    "payee": _("Payees"),
    "payeralias": _("Names and accounts of payers"),
    "task": _("Tasks"),
    "portalseat": _("People in the portal"),
}


@register.filter
def trait_words(reasons: Iterable[str]) -> list[str]:
    """Return what two records have alike, in words."""
    return [str(TRAITS[one]) for one in reasons]


@register.filter
def moved_places(rows: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return place, words and how many; the place is empty where its rows are not listed."""
    named = [
        (place if place in LISTED else "", str(PLACES[place]), count)
        for place, count in rows.items()
        if place in PLACES
    ]
    rest = sum(count for place, count in rows.items() if place not in PLACES)
    return [*named, ("", gettext("Other rows"), rest)] if rest else named


@register.filter
def moved_words(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what moves and how many, the named kinds first and all others in one line."""
    return [(words, count) for _place, words, count in moved_places(rows)]
