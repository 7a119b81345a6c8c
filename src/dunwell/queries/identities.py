"""Single sign-on as it is configured, and the identities at its provider."""

from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from dunwell.models import User

SIGN_ON = "sign-on"
"""Name under which allauth keeps the one provider of OpenID Connect."""

SAML_SIGN_ON = "sign-on-saml"
"""Name of the one provider of SAML: what it calls people is of another kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignOnWay:
    """How people of the house sign in at a provider."""

    kind: str
    """SIGN_ON or SAML_SIGN_ON; identities are kept under it."""
    provider: str
    """What the provider calls itself."""
    name: str
    is_only: bool
    matches_email: bool
    second_factor: frozenset[str]


def sign_on_way() -> SignOnWay | None:
    """Return how people sign in at a provider; None where single sign-on is not configured."""
    if settings.SAML_PROVIDER:
        return SignOnWay(
            kind=SAML_SIGN_ON,
            provider=settings.SAML_PROVIDER,
            name=settings.SAML_NAME,
            is_only=settings.SAML_ONLY,
            matches_email=settings.SAML_MATCH_EMAIL,
            second_factor=settings.SAML_SECOND_FACTOR,
        )
    if settings.OIDC_ISSUER:
        return SignOnWay(
            kind=SIGN_ON,
            provider=settings.OIDC_ISSUER,
            name=settings.OIDC_NAME,
            is_only=settings.OIDC_ONLY,
            matches_email=settings.OIDC_MATCH_EMAIL,
            second_factor=settings.OIDC_SECOND_FACTOR,
        )
    return None


def counts_factors_elsewhere() -> bool:
    """Return whether a second factor that the provider asked for stands for ours."""
    way = sign_on_way()
    return way is not None and bool(way.second_factor)


def identity_of(user: User) -> SocialAccount | None:
    """Return the identity that signs the person in; None without one, or without a provider."""
    way = sign_on_way()
    if way is None:
        return None
    return SocialAccount.objects.filter(user=user, provider=way.kind).first()


def person_of(kind: str, subject: str) -> User | None:
    """Return the person that an identity signs in, whose account is open; None for nobody."""
    tied = SocialAccount.objects.filter(provider=kind, uid=subject, user__is_active=True)
    found = tied.select_related("user").first()
    return None if found is None else found.user
