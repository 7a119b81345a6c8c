"""Identities at the provider of single sign-on."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from dunwell.models import User


def has_identity(user: User) -> bool:
    """Return whether single sign-on is configured and one identity signs the person in."""
    return bool(settings.OIDC_ISSUER) and SocialAccount.objects.filter(user=user).exists()
