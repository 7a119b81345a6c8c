"""Single sign-on by SAML: a request to the provider, and its answer from another site's form.

The form comes across sites, so the browser sends no session with it. What it brought is checked
and taken there, once, and put into a signed cookie of a minute; a redirect then leads to a page of
our own, which has the session, and with it the request that the answer has to answer.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.saml_answers import take_answer
from dunwell.connectors.webhook_http import PORTS, WebhookDoor
from dunwell.formats.saml_answers import Answer, read_answer
from dunwell.formats.saml_parties import (
    LARGEST,
    Desk,
    Provider,
    SamlError,
    read_provider,
    sign_on_request,
    write_metadata,
)
from dunwell.models.sealed import KeyringError, SealError
from dunwell.queries.identities import SAML_SIGN_ON, SignOnWay, person_of
from dunwell.queries.saml_keys import opening_keys, saml_certificate
from dunwell.web.identified import Named, does_not_hold, identified, way_or_404

BEGUN = "saml_begun"
"""Key of a session with the requests that wait for an answer."""

MOST_BEGUN = 5
"""Requests that wait in one session: windows in which somebody began."""

WAITS = timedelta(minutes=10)
ANSWER_SECONDS = 60
SALT = "saml-answer"
KEPT_SECONDS = 3600
"""How long metadata fetched from an address are used before they are fetched again."""


def begin(request: HttpRequest, process: str, onward: str) -> str:
    """Return the address that asks the provider, and remember the request in the session.

    Whoever is signed in is asked anew who they are. Raises SamlError or WebhookError where the
    provider's metadata cannot be had.
    """
    known = request.user.pk
    anew = known is not None
    request_id, address = sign_on_request(_provider(), _desk(request), anew=anew)
    begun = [request_id, clock.now().timestamp(), process, onward, known]
    request.session[BEGUN] = [*request.session.get(BEGUN, ()), begun][-MOST_BEGUN:]
    return address


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, once; no form token, for the form is another site's.

    It signs nobody in by itself: the page it leads to asks the session for its request.
    """
    way = way_or_404(SAML_SIGN_ON)
    if not ratelimit.consume(request, action="login"):
        slow: HttpResponse = ratelimit.respond_429(request)
        return slow
    at = clock.now()
    try:
        told = read_answer(
            request.POST.get("SAMLResponse", ""),
            provider=_provider(),
            desk=replace(_desk(request), keys=opening_keys(at=at)),
            at=at,
        )
        take_answer(
            provider=way.provider, assertion_id=told.assertion_id, ends_at=told.ends_at, at=at
        )
    except (SamlError, Refused, RuntimeError, KeyringError, SealError) as error:
        return does_not_hold(request, error="saml", cause=error)
    led = HttpResponse(status=303, headers={"Location": reverse("saml-answered")})
    led.set_cookie(
        _cookie(), signing.dumps(_carried(told), salt=SALT), max_age=ANSWER_SECONDS,
        secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip
    return led


@login_not_required
@never_cache
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """Sign in whom the provider named, in the browser that asked, or lead back with a proof."""
    way = way_or_404(SAML_SIGN_ON)
    try:
        carried = signing.loads(request.COOKIES[_cookie()], salt=SALT, max_age=ANSWER_SECONDS)
        begun = _begun(request, carried["request"])
    except (KeyError, BadSignature, SamlError) as error:
        response = does_not_hold(request, error="saml", cause=error)
    else:
        response = _come_in(request, carried, begun, way=way)
    response.delete_cookie(_cookie(), samesite="Lax")
    return response


@login_not_required
@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """Show what the provider needs to know of us."""
    way_or_404(SAML_SIGN_ON)
    return HttpResponse(
        write_metadata(replace(_desk(request), certificate=saml_certificate())),
        content_type="application/samlmetadata+xml",
    )


def _come_in(
    request: HttpRequest, carried: dict[str, Any], begun: list[Any], *, way: SignOnWay
) -> HttpResponse:
    _id, _at, process, onward, began_as = begun
    named = Named(
        subject=carried["subject"],
        email=carried["email"],
        # SAML has no word for it: who switches matching on says that addresses are the house's
        is_verified=True,
        asked_at=carried["proved_at"],
        process=process,
        began_as=began_as,
        onward=onward,
    )
    try:
        user = identified(request, named, way=way, known=person_of(way.kind, named.subject))
    except ImmediateHttpResponse as led:
        return cast("HttpResponse", led.response)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    record_authentication(request, user, "socialaccount", provider=way.kind, uid=named.subject)
    answer: HttpResponse = perform_login(
        request,
        user,
        redirect_url=onward,
        signal_kwargs={"sign_on": {"acr": carried["context"]}},
    )
    return answer


def _begun(request: HttpRequest, request_id: str) -> list[Any]:
    """Return the request of this session that an answer is to, and forget it."""
    waiting = request.session.get(BEGUN, [])
    found = [one for one in waiting if one[0] == request_id]
    request.session[BEGUN] = [one for one in waiting if one[0] != request_id]
    if not found:
        raise SamlError("the answer is to no request of this browser")
    if clock.now().timestamp() - found[0][1] >= WAITS.total_seconds():
        raise SamlError("the answer came after ten minutes")
    return cast("list[Any]", found[0])


def _carried(told: Answer) -> dict[str, Any]:
    return {
        "request": told.request_id,
        "subject": told.subject,
        "email": told.email,
        "context": told.context,
        "proved_at": int(told.proved_at.timestamp()),
    }


def _cookie() -> str:
    return "__Host-saml" if settings.HTTPS else "saml"


def _desk(request: HttpRequest) -> Desk:
    return Desk(
        entity_id=settings.SAML_ENTITY_ID or request.build_absolute_uri(reverse("saml-metadata")),
        answers=request.build_absolute_uri(reverse("saml-answer")),
        encrypted_only=settings.SAML_ENCRYPTED_ONLY,
    )


def _provider() -> Provider:
    data = settings.SAML_METADATA.encode() or _fetched(settings.SAML_METADATA_URL)
    return read_provider(data, entity_id=settings.SAML_PROVIDER)


def _fetched(address: str) -> bytes:
    key = f"saml-metadata:{address}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        # the operator set it, so it may lie inside the house
        kept = WebhookDoor(inside=(_place(address),)).fetch(address, most_bytes=LARGEST)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _place(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"
