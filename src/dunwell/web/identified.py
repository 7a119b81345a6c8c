"""Somebody whom the provider of single sign-on names, whichever protocol it spoke.

Tied where that was asked for or is configured, taken as a fresh proof of whoever is signed in, or
led out: a stranger gets nothing, and no account or right is made here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.identities import tie_by_address, tie_identity
from dunwell.actions.users import FRESH_SECONDS
from dunwell.models import User
from dunwell.queries.identities import SignOnWay, sign_on_way
from dunwell.templatetags.sentences import spoken

REFUSED = 422
UNKNOWN = 403
LEEWAY_SECONDS = 60
"""By how much the provider's clock may differ from ours."""

CONNECT = "connect"
"""What somebody signed in began: to tie the identity to their account."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Whom the provider names, and what somebody had begun."""

    subject: str
    email: str
    is_verified: bool
    """Whether the provider vouches for the address."""
    asked_at: object
    """Seconds at which the person proved who they are; anything else counts as not told."""
    process: str
    began_as: object
    """Key of whoever was signed in when it began; None for nobody."""
    onward: str


def way_or_404(kind: str = "") -> SignOnWay:
    """Return how people sign in at a provider; raise Http404 for none, or one of another kind."""
    way = sign_on_way()
    if way is None or kind not in {"", way.kind}:
        raise Http404
    return way


def claims_of(signal_kwargs: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what the provider said of somebody coming in; None where they came in otherwise."""
    kwargs = signal_kwargs or {}
    if "sign_on" in kwargs:
        return cast("Mapping[str, Any]", kwargs["sign_on"])
    login = kwargs.get("sociallogin")
    return None if login is None else getattr(login, "claims", {})


def vouched(claims: Mapping[str, Any]) -> bool:
    """Return whether the provider says it asked for a second factor, by a value we configured."""
    way = sign_on_way()
    methods = claims.get("amr")
    told = set(methods) if isinstance(methods, list) else set()
    return way is not None and bool(way.second_factor & (told | {claims.get("acr")}))


def identified(request: HttpRequest, named: Named, *, way: SignOnWay, known: User | None) -> User:
    """Return the person to sign in; `known` is whom the identity is tied to.

    Raises ImmediateHttpResponse with the page for everybody else: led back with an identity tied
    or a fresh proof, or refused.
    """
    at = clock.now()
    try:
        if named.began_as is not None:
            _proved(request, named, way=way, known=known, at=at)
        if known is None and way.matches_email and named.is_verified:
            known = tie_by_address(kind=way.kind, subject=named.subject, email=named.email, at=at)
    except Refused as refusal:
        raise ImmediateHttpResponse(failed(request, spoken(refusal), REFUSED)) from refusal
    if known is None:
        log.warning("sign_on.unknown", extra={"issuer": way.provider})
        told = gettext("Nobody here is known under this identity%(address)s.") % {
            "address": f" ({named.email})" if named.email else ""
        }
        raise ImmediateHttpResponse(failed(request, told, UNKNOWN))
    return known


def does_not_hold(request: HttpRequest, *, error: object, cause: object) -> HttpResponse:
    """Say that it did not work, in one way for every cause; the log has the cause."""
    log.warning("sign_on.failed", extra={"error": str(error), "cause": str(cause or "")})
    told = gettext("The sign-in was given up, has expired, or its answer does not hold.")
    return failed(request, told, UNKNOWN)


def failed(request: HttpRequest, told: str, status: int) -> HttpResponse:
    """Return the page of a sign-on that came to nothing."""
    return render(request, "web/sign_on_failed.html", {"refusal": told}, status=status)


def _proved(
    request: HttpRequest, named: Named, *, way: SignOnWay, known: User | None, at: datetime
) -> None:
    """Tie the identity of somebody signed in, or take it as a fresh proof, and lead back."""
    user = cast("User", request.user)
    asked = named.asked_at
    if named.began_as != user.pk:
        raise Refused(gettext("You signed out meanwhile; begin again."))
    if not isinstance(asked, int) or at.timestamp() - asked > FRESH_SECONDS + LEEWAY_SECONDS:
        raise Refused(gettext("The provider did not ask you anew who you are; begin again."))
    if named.process == CONNECT:
        tie_identity(user=user, kind=way.kind, subject=named.subject, email=named.email, at=at)
        messages.success(request, gettext("Tied. From now on you can sign in with it."))
        raise ImmediateHttpResponse(redirect("sign-on"))
    if known is None or known.pk != user.pk:
        raise Refused(gettext("This identity is not tied to your account."))
    record_authentication(request, user, "socialaccount", reauthenticated=True)
    raise ImmediateHttpResponse(redirect(named.onward))
