"""How access to the portal reads: whom it is about, and what a program may."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import PortalPerson
from dunwell.queries.portal_seats import masked_email

register = template.Library()

RIGHTS: Mapping[str, Promise | str] = {
    "portal.view": _("look"),
    "portal.ask": _("promise and query"),
    "portal.pay": _("pay"),
    "portal.manage": _("manage access"),
}


@register.filter
def portal_rights(rights: Sequence[str]) -> str:
    """Return what a program may, in words."""
    return ", ".join(str(RIGHTS.get(right, right)) for right in rights)


@register.filter
def person_shown(person: PortalPerson) -> str:
    """Return what colleagues are shown of a person: the name, or an address they cannot read."""
    return person.name or masked_email(person.email)
