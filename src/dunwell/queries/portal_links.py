"""Links and codes that let somebody into the portal: what they open, and whether they still do."""

import re
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from dunwell.formats.mail import AddressUnknown
from dunwell.models import PortalCode, PortalLink
from dunwell.queries.link_tokens import link_token

PORTAL_LINK = "[[portal link]]"
"""Stands for the portal's address in a text until it leaves us, where the address is not set."""

PORTAL_PAGE = re.compile(r"\[\[portal link(?: (/portal/[\w/-]*))?\]\]")
"""The same, or what stands for a page within the portal: its path is in it."""

CODE = "portal_code"
"""What a code of six digits is computed for."""

DIGITS = 6
Purpose = PortalLink.Purpose


def portal_token(link: PortalLink) -> str:
    """Return the token of a link; it is stored nowhere, and each purpose has another."""
    key = link.seat_id if link.purpose == Purpose.SIGN_IN else link.customer_id
    return link_token(link.purpose, key or 0, link.nonce)


def portal_address(link: PortalLink, site: str = "") -> str:
    """Return the address a link is sent as, "" where this installation's address is not known."""
    begin = str(settings.SITE or site).rstrip("/")
    return f"{begin}{reverse('portal-link', args=[portal_token(link)])}" if begin else ""


def door_address(site: str = "") -> str:
    """Return the address of the portal's door, "" where this installation's is not known."""
    begin = str(settings.SITE or site).rstrip("/")
    return f"{begin}{reverse('portal-enter')}" if begin else ""


def told_door() -> str:
    """Return what a text says where the portal is: its address, or what stands for it."""
    return door_address() or PORTAL_LINK


def told_page(path: str) -> str:
    """Return what a text says where a portal page is: its address, or what stands for it."""
    site = str(settings.SITE).rstrip("/")
    return f"{site}{path}" if site else f"[[portal link {path}]]"


def with_door(text: str) -> str:
    """Return a text as it leaves us. Raises AddressUnknown where it needs the portal's address."""
    if PORTAL_PAGE.search(text) is None:
        return text
    site = str(settings.SITE).rstrip("/")
    if not site:
        raise AddressUnknown
    return PORTAL_PAGE.sub(lambda found: site + (found[1] or reverse("portal-enter")), text)


def code_digits(code: PortalCode) -> str:
    """Return the six digits of a code; computed from its nonce under the installation's secret."""
    token = link_token(CODE, code.pk, code.nonce)
    return str(int.from_bytes(token.encode()) % 10**DIGITS).zfill(DIGITS)


def live_links(*, at: datetime) -> QuerySet[PortalLink]:
    """Return the links that still open something.

    A contact that has another address, is gone or whose mail came back takes its links along: the
    contact is looked at each time, so that no way of changing one can forget them.
    """
    is_here = Q(is_of_contact=False) | Q(
        contact__isnull=False, contact__email__iexact=F("email"), contact__bounced_on=None
    )
    return PortalLink.objects.filter(is_here, revoked_at=None, expires_at__gt=at).filter(
        Q(purpose=Purpose.VIEW) | Q(purpose=Purpose.SIGN_IN, used_at=None, seat__ended_on=None)
    )
