"""API tokens and answered requests."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dunwell.models import ApiToken, Company
from dunwell.queries.companies import owner_has_second_factor
from dunwell.queries.prepared import prepared


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenRow:
    """One line of the token list; the token itself is stored nowhere."""

    id: int
    name: str
    owner: str
    rights: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def live_token(token: str, *, at: datetime) -> ApiToken | None:
    """Return the token's record if it is neither unknown, expired nor revoked.

    It says `has_second_factor` of its owner, so that no call asks once more.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    return next(iter(_live(digest, at)), None)


@prepared
def _live(digest: str, at: datetime) -> QuerySet[ApiToken]:
    found = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at))
    return (
        found.filter(token_hash=digest, revoked_at=None, user__is_active=True)
        .select_related("company", "user")
        .annotate(has_second_factor=owner_has_second_factor())
        .order_by("pk")[:1]
    )


def token_rows(company: Company) -> list[TokenRow]:
    """Return the company's tokens, newest first."""
    found = ApiToken.objects.filter(company=company).select_related("user").order_by("-id")
    return [
        TokenRow(
            id=token.pk,
            name=token.name,
            owner=token.user.username,
            rights=tuple(token.rights),
            created_at=token.created_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
        )
        for token in found
    ]
