"""WebAuthn as the portal uses it: what browsers are asked, and whether the answers are genuine.

Challenges live in the session and are taken out before an answer is looked at, so none is
answered twice. User verification is required: a passkey is two factors by itself.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dunwell.models import PortalPasskey, PortalPerson

STATE_KEY = "portal_webauthn"
LONGEST_ANSWER = 20_000


class PasskeyError(ValueError):
    """What a passkey answered cannot be trusted; the message is for the person."""


def asked_new(request: HttpRequest, person: PortalPerson) -> HttpResponse:
    """Return, for the browser, what a new passkey of a person is made from."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=f"portal-{person.pk}".encode(),
            name=person.email,
            display_name=person.name or person.email,
        ),
        credentials=_credentials(person),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[STATE_KEY] = {"for": "create", **state}
    return JsonResponse(dict(options))


def asked(request: HttpRequest, person: PortalPerson | None) -> HttpResponse:
    """Return, for the browser, what passkeys sign; of one person, or of whoever has one here."""
    options, state = _server(request).authenticate_begin(
        credentials=_credentials(person) if person else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[STATE_KEY] = {"for": "get", **state}
    return JsonResponse(dict(options))


def made(request: HttpRequest) -> tuple[str, bytes, int]:
    """Return a new passkey's id, what is kept of it, and its counter; raise PasskeyError."""
    state, told = _answer(request, "create")
    try:
        found = _server(request).register_complete(state, told)
    except (ValueError, TypeError, KeyError) as error:
        raise PasskeyError(_untrue()) from error
    data = found.credential_data
    if data is None:
        raise PasskeyError(_untrue())
    return websafe_encode(data.credential_id), bytes(data), found.counter


def checked(request: HttpRequest) -> tuple[PortalPasskey, int]:
    """Return the passkey that signed, and its counter; raise PasskeyError for a wrong answer."""
    state, told = _answer(request, "get")
    try:
        answer = AuthenticationResponse.from_dict(told)
        passkey = (
            PortalPasskey.objects.filter(credential_id=websafe_encode(answer.raw_id))
            .select_related("person")
            .first()
        )
        if passkey is None:
            raise PasskeyError(_untrue())
        _server(request).authenticate_complete(state, [_credential(passkey)], answer)
        data: AuthenticatorData = answer.response.authenticator_data
    except (ValueError, TypeError, KeyError) as error:
        raise PasskeyError(_untrue()) from error
    return passkey, data.counter


def _answer(request: HttpRequest, purpose: str) -> tuple[Any, Any]:
    """Return the open challenge, which is closed by that, and the browser's answer."""
    state = request.session.pop(STATE_KEY, None)
    text = request.POST.get("credential", "")
    if not isinstance(state, dict) or state.get("for") != purpose or len(text) > LONGEST_ANSWER:
        raise PasskeyError(_untrue())
    try:
        return state, json.loads(text)
    except ValueError as error:
        raise PasskeyError(_untrue()) from error


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    origin = f"{request.scheme}://{host}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host.rpartition(":")[0] or host, name="Dunwell"),
        verify_origin=lambda told: told == origin,
    )


def _credentials(person: PortalPerson) -> list[AttestedCredentialData]:
    return [_credential(passkey) for passkey in PortalPasskey.objects.filter(person=person)]


def _credential(passkey: PortalPasskey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def _untrue() -> str:
    return gettext("The passkey could not be checked. Try again, or use a link by mail.")
