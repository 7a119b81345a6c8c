"""Second factors: their secrets are sealed before allauth writes them, wrong ones are noted."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from dunwell.formats.sealing import opened, sealed
from dunwell.models.sealed import SIGN_IN, keyring
from dunwell.web.accounts import failed_sign_in


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the seed of an authenticator and of recovery codes."""

    def encrypt(self, text: str) -> str:
        """Return a secret sealed."""
        return sealed(text, ring=keyring(), place=SIGN_IN)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret opened; raise SealError where it cannot be."""
        return opened(encrypted_text, ring=keyring(), place=SIGN_IN)


class _NotedCode:
    """A form that asks for a code and notes a wrong one."""

    user: Any

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]  # of allauth's form
        failed_sign_in(context.request, login=self.user.username, by="code")


class NotedCodeForm(_NotedCode, AuthenticateForm):  # type: ignore[misc]  # allauth: no types
    """The question for a code at sign-in."""


class NotedCodeAgainForm(_NotedCode, ReauthenticateForm):  # type: ignore[misc]
    """The question for a code of somebody signed in."""


class _NotedPasskey:
    """A form that takes a passkey's answer and notes one that does not hold."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form
        except forms.ValidationError:
            login = self.user.username if self.user is not None else ""
            failed_sign_in(context.request, login=login, by="passkey")
            raise


class NotedPasskeyForm(_NotedPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The question for a passkey as second factor."""


class NotedPasskeyAloneForm(_NotedPasskey, LoginWebAuthnForm):  # type: ignore[misc]
    """The question for a passkey in place of a password."""


class NotedPasskeyAgainForm(_NotedPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The question for a passkey of somebody signed in."""
