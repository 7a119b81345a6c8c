"""What we ask of an OpenID Connect provider beyond what allauth does: signature, nonce, issuer.

OpenID Connect Core 1.0, section 3.1.3.7. allauth trusts the connection to the token endpoint;
we check every ID token as if it had come by the browser, take claims from it alone, and never
let an address in the browser add scopes or parameters.
"""

import hashlib
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from dunwell.formats.private_addresses import is_private

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures by a public key alone: neither `none` nor a secret that is also an address."""

LEEWAY_SECONDS = 60
"""By how much the provider's clock may differ from ours."""

LONGEST_SUBJECT = 191
"""Characters of a subject that allauth's table holds; the standard allows 255."""

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def nonce_of(verifier: str) -> str:
    """Return the nonce of one attempt: bound to its PKCE secret, which no address ever shows."""
    return hashlib.sha256(f"nonce of {verifier}".encode()).hexdigest()


def identity_claims(token: str, *, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token.

    Raises OAuth2Error unless the provider's key signed it by one of `ALGORITHMS` for us, it is
    of the configured issuer, has not ended, and answers the very attempt that `nonce` is of.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        signing = [
            one
            for one in jwt.PyJWKSet.from_dict(keys).keys
            if kid in {None, one.key_id} and one.public_key_use in {None, "sig"}
        ]
        if len(signing) != 1:
            raise OAuth2Error(f"No one key of the provider is named {kid!r}.")
        claims: dict[str, Any] = jwt.decode(
            token,
            key=signing[0].key,
            algorithms=list(ALGORITHMS),
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, TypeError, AttributeError, ValueError) as error:
        raise OAuth2Error(f"The ID token does not hold: {error}") from error
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise OAuth2Error("The ID token names nobody.")
    if claims["nonce"] != nonce:
        raise OAuth2Error("The ID token answers another attempt.")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and claims.get("azp") != settings.OIDC_CLIENT_ID:
        raise OAuth2Error("The ID token was made for somebody else, too.")
    return claims


class StaffOpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth: no types
    """Talks to the provider, and believes only what its key signed for this attempt."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself; OAuth2Error where it is not the one meant."""
        found: dict[str, Any] = super().openid_config
        if found.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error(f"The provider calls itself {found.get('issuer')!r}.")
        for name in ENDPOINTS:
            if not is_private(str(found.get(name, ""))):
                raise OAuth2Error(f"The provider's {name} is not reached by https.")
        return found

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """Return the token endpoint's answer, and keep the nonce the attempt began with."""
        self._nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(self, request: HttpRequest, _app: Any, _token: Any, **kwargs: Any) -> Any:
        """Return allauth's sign-in with the checked claims of the ID token as `claims`."""
        token = kwargs["response"].get("id_token")
        if not isinstance(token, str):
            raise OAuth2Error("The provider sent no ID token.")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        claims = identity_claims(token, keys=keys, nonce=self._nonce)
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login


class StaffOpenIDProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth: no types
    """The one provider of the installation, configured by settings."""

    package = "allauth.socialaccount.providers.openid_connect"
    oauth2_adapter_class = StaffOpenIDAdapter

    def get_pkce_params(self) -> dict[str, str]:
        """Return PKCE's secret and challenge, and the nonce that goes with them."""
        made: dict[str, str] = generate_code_challenge()
        return made | {"nonce": nonce_of(made["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return who it is at the provider."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return all that is kept of the claims: the address, to tell identities apart."""
        return {"email": str(data.get("email", ""))}
