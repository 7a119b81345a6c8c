"""Single sign-on: there, back by OpenID Connect, and the identity tied to an account.

Off unless DUNWELL_OIDC_ISSUER or DUNWELL_SAML_PROVIDER is set; without, every page is absent. The
way back by SAML is `saml_sign_on`.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.identities import untie_identity
from dunwell.models import User
from dunwell.queries.identities import (
    SAML_SIGN_ON,
    SIGN_ON,
    identity_of,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web import saml_sign_on
from dunwell.web.identified import (
    Named,
    claims_of,
    does_not_hold,
    failed,
    identified,
    vouched,
    way_or_404,
)
from dunwell.web.openid import StaffOpenIDAdapter

UNREACHED = 502
View = Callable[..., HttpResponse]
_confirmed: Callable[[View], View] = reauthentication_required

log = logging.getLogger(__name__)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth: no types
    """Decides who an identity is; makes no account, and gives no right."""

    def list_apps(
        self, _request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider of the settings, and none of any other origin."""
        app = SocialApp(
            provider="openid_connect",
            provider_id=SIGN_ON,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER.rstrip("/")},
        )
        fits = provider in {None, SIGN_ON, "openid_connect"} and client_id in {None, app.client_id}
        return [app] if settings.OIDC_ISSUER and fits else []

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """Refuse every sign-up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie the identity where that was asked for or is configured; lead strangers out."""
        claims, state = sociallogin.claims, sociallogin.state
        named = Named(
            subject=sociallogin.account.uid,
            email=str(claims.get("email", "")),
            is_verified=claims.get("email_verified") is True,
            asked_at=claims.get("auth_time"),
            process=str(state.get("process")),
            began_as=(state.get("data") or {}).get("user"),
            onward=sociallogin.get_redirect_url(request) or reverse("home"),
        )
        known = cast("User", sociallogin.user) if sociallogin.is_existing else None
        identified(request, named, way=way_or_404(), known=known)
        if known is None:
            sociallogin.lookup()

    def on_authentication_error(
        self, request: HttpRequest, _provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,  # noqa: ARG002  allauth's names
    ) -> None:  # fmt: skip
        """Say that it did not work."""
        raise ImmediateHttpResponse(does_not_hold(request, error=error, cause=exception))


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth: no types
    """Asks for our second factor, unless the provider proved one and that is configured."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return allauth's answer, or go on."""
        if vouched(claims_of(self.login.signal_kwargs) or {}):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


def _if_configured(view: View) -> View:
    """Let a page exist only where single sign-on does."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        way_or_404()
        if kwargs.pop("provider_id", SIGN_ON) != SIGN_ON:
            raise Http404
        return view(request, *args, **kwargs)

    return page


@login_not_required
@never_cache
@require_POST
@_if_configured
def leave(request: HttpRequest) -> HttpResponse:
    """Lead to the provider; whoever is signed in comes back with a fresh proof."""
    return _leave(request, "login")


@never_cache
@require_POST
@_if_configured
@_confirmed
def tie(request: HttpRequest) -> HttpResponse:
    """Lead to the provider to tie the identity found there to the account."""
    return _leave(request, "connect")


@login_not_required
@never_cache
@require_GET
@_if_configured
def come_back(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, once, and sign in whoever it is of."""
    way_or_404(SIGN_ON)
    if not ratelimit.consume(request, action="login"):
        slow: HttpResponse = ratelimit.respond_429(request)
        return slow
    view = OAuth2CallbackView.adapter_view(StaffOpenIDAdapter(request, SIGN_ON))
    answer: HttpResponse = view(request)
    return answer


@never_cache
@require_GET
@_if_configured
def identity(request: HttpRequest) -> HttpResponse:
    """Show the identity that signs the account in, to tie, untie or prove it."""
    onward = get_next_redirect_url(request) or ""
    tied = identity_of(cast("User", request.user))
    context = {"tied": tied, "name": way_or_404().name, "onward": onward}
    return render(request, "web/sign_on.html", context)


@never_cache
@require_POST
@_if_configured
@_confirmed
def untie(request: HttpRequest) -> HttpResponse:
    """Untie the identity."""
    try:
        untie_identity(user=cast("User", request.user), kind=way_or_404().kind, at=clock.now())
    except Refused as refusal:
        messages.error(request, spoken(refusal))
    else:
        messages.success(request, gettext("Untied. It no longer signs you in."))
    return redirect("sign-on")


def _leave(request: HttpRequest, process: str) -> HttpResponse:
    """Show a page that leads on by itself.

    A redirect after a form would be stopped by our own content security policy (`form-action`),
    at whichever host the provider hands on to.
    """
    if not ratelimit.consume(request, action="login"):
        slow: HttpResponse = ratelimit.respond_429(request)
        return slow
    way = way_or_404()
    onward = get_next_redirect_url(request) or reverse("home")
    lead = saml_sign_on.begin if way.kind == SAML_SIGN_ON else _lead_by_openid
    try:
        address = lead(request, process, onward)
    except (OAuth2Error, OSError, KeyError, ValueError, RuntimeError) as error:
        log.warning("sign_on.unreached", extra={"cause": str(error)})
        told = gettext("%(name)s cannot be reached now.") % {"name": way.name}
        return failed(request, told, UNREACHED)
    return render(request, "web/sign_on_leaving.html", {"address": address, "name": way.name})


def _lead_by_openid(request: HttpRequest, process: str, onward: str) -> str:
    known = request.user.pk
    extra = {} if known is None else {"max_age": "0", "prompt": "login"}
    provider = get_adapter().get_provider(request, SIGN_ON)
    answer = provider.redirect(
        request, process, next_url=onward, data={"user": known}, auth_params=extra
    )
    return str(answer["Location"])
