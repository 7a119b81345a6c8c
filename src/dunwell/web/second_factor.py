"""Secrets of second factors are sealed before allauth writes them."""

from allauth.mfa.adapter import DefaultMFAAdapter

from dunwell.formats.sealing import opened, sealed
from dunwell.models.sealed import SIGN_IN, keyring


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the seed of an authenticator and of recovery codes."""

    def encrypt(self, text: str) -> str:
        """Return a secret sealed."""
        return sealed(text, ring=keyring(), place=SIGN_IN)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret opened; raise SealError where it cannot be."""
        return opened(encrypted_text, ring=keyring(), place=SIGN_IN)
