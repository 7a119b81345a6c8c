"""Platforms that post answers to invoices: their rows, addresses and secrets."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from dunwell.models import Company, InvoicePlatform, InvoiceResponse
from dunwell.queries.link_tokens import link_token, signing_secret

PURPOSE, SIGNED = "invoice-platform", "invoice-platform-secret"


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoicePlatformRow:
    """A platform, how many answers came by it, and when the last one did."""

    id: int
    name: str
    is_active: bool
    responses: int
    last_at: datetime | None


def invoice_platform_rows(company: Company) -> tuple[InvoicePlatformRow, ...]:
    """Return the platforms of a company by name, those switched off last."""
    told = {
        by: (n, last)
        for by, n, last in InvoiceResponse.objects.filter(
            company=company, door=InvoiceResponse.Door.PLATFORM
        )
        .values_list("by")
        .annotate(n=Count("pk"), last=Max("recorded_at"))
        .order_by("by")
    }
    rows = []
    for one in InvoicePlatform.objects.filter(company=company).order_by("-is_active", "name"):
        n, last = told.get(program_name(one), (0, None))
        rows.append(
            InvoicePlatformRow(
                id=one.pk, name=one.name, is_active=one.is_active, responses=n, last_at=last
            )
        )
    return tuple(rows)


def program_name(platform: InvoicePlatform) -> str:
    """Return the name under which a platform acts."""
    return f"platform {platform.name}"[:150]


def platform_token(platform: InvoicePlatform) -> str:
    """Return the token in the address a platform posts to; a new nonce ends it."""
    return link_token(PURPOSE, platform.pk, platform.nonce)


def platform_secret(platform: InvoicePlatform) -> str:
    """Return what posts of a platform are signed with: computed, never stored."""
    return signing_secret(SIGNED, platform.pk, platform.nonce)


def posted_platform(platform_id: int, token: str) -> InvoicePlatform | None:
    """Return the platform an address belongs to, None for any other token."""
    platform = (
        InvoicePlatform.objects.select_related("company")
        .filter(pk=platform_id, is_active=True)
        .first()
    )
    if platform is None or not hmac.compare_digest(
        platform_token(platform).encode(), token.encode("utf-8", "replace")
    ):
        return None
    return platform
