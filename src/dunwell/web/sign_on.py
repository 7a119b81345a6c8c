"""Single sign-on by OpenID Connect: there and back, and the identity tied to an account.

Off unless DUNWELL_OIDC_ISSUER is set; then every page here is absent.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
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
from dunwell.actions.identities import SIGN_ON, tie_by_address, tie_identity, untie_identity
from dunwell.actions.users import FRESH_SECONDS
from dunwell.models import User
from dunwell.templatetags.sentences import spoken
from dunwell.web.openid import LEEWAY_SECONDS, StaffOpenIDAdapter

REFUSED = 422
UNKNOWN = 403
UNREACHED = 502
View = Callable[..., HttpResponse]
_confirmed: Callable[[View], View] = reauthentication_required

log = logging.getLogger(__name__)


def vouched(claims: dict[str, Any]) -> bool:
    """Return whether the provider says it asked for a second factor, by a value we configured."""
    methods = claims.get("amr")
    told = set(methods) if isinstance(methods, list) else set()
    return bool(settings.OIDC_SECOND_FACTOR & (told | {claims.get("acr")}))


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
        at = clock.now()
        claims, began = sociallogin.claims, sociallogin.state.get("data") or {}
        subject, email = sociallogin.account.uid, str(claims.get("email", ""))
        try:
            if began.get("user") is not None:
                self._proved(request, sociallogin, subject=subject, email=email, at=at)
            if (
                not sociallogin.is_existing
                and settings.OIDC_MATCH_EMAIL
                and claims.get("email_verified") is True
                and tie_by_address(subject=subject, email=email, at=at)
            ):
                sociallogin.lookup()
        except Refused as refusal:
            raise ImmediateHttpResponse(_failed(request, spoken(refusal), REFUSED)) from refusal
        if not sociallogin.is_existing:
            log.warning("sign_on.unknown", extra={"issuer": settings.OIDC_ISSUER})
            told = gettext("Nobody here is known under this identity%(address)s.") % {
                "address": f" ({email})" if email else ""
            }
            raise ImmediateHttpResponse(_failed(request, told, UNKNOWN))

    def on_authentication_error(
        self, request: HttpRequest, _provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,  # noqa: ARG002  allauth's names
    ) -> None:  # fmt: skip
        """Say that it did not work, in one way for every cause; the log has the cause."""
        log.warning("sign_on.failed", extra={"error": str(error), "cause": str(exception or "")})
        told = gettext("The sign-in was given up, has expired, or its answer does not hold.")
        raise ImmediateHttpResponse(_failed(request, told, UNKNOWN))

    def _proved(
        self, request: HttpRequest, sociallogin: Any, *, subject: str, email: str, at: datetime
    ) -> None:
        """Tie the identity of somebody signed in, or take it as a fresh proof, and lead back."""
        user = cast("User", request.user)
        asked = sociallogin.claims.get("auth_time")
        if sociallogin.state["data"]["user"] != user.pk:
            raise Refused(gettext("You signed out meanwhile; begin again."))
        if not isinstance(asked, int) or at.timestamp() - asked > FRESH_SECONDS + LEEWAY_SECONDS:
            raise Refused(gettext("The provider did not ask you anew who you are; begin again."))
        if sociallogin.state.get("process") == "connect":
            tie_identity(user=user, subject=subject, email=email, at=at)
            messages.success(request, gettext("Tied. From now on you can sign in with it."))
            raise ImmediateHttpResponse(redirect("sign-on"))
        if sociallogin.user.pk != user.pk:
            raise Refused(gettext("This identity is not tied to your account."))
        record_authentication(request, user, "socialaccount", reauthenticated=True)
        raise ImmediateHttpResponse(redirect(sociallogin.get_redirect_url(request)))


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth: no types
    """Asks for our second factor, unless the provider proved one and that is configured."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return allauth's answer, or go on."""
        login = (self.login.signal_kwargs or {}).get("sociallogin")
        if vouched(getattr(login, "claims", {})):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


def _if_configured(view: View) -> View:
    """Let a page exist only where single sign-on does."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OIDC_ISSUER or kwargs.pop("provider_id", SIGN_ON) != SIGN_ON:
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
    tied = SocialAccount.objects.filter(user=cast("User", request.user), provider=SIGN_ON).first()
    onward = get_next_redirect_url(request) or ""
    context = {"tied": tied, "name": settings.OIDC_NAME, "onward": onward}
    return render(request, "web/sign_on.html", context)


@never_cache
@require_POST
@_if_configured
@_confirmed
def untie(request: HttpRequest) -> HttpResponse:
    """Untie the identity."""
    try:
        untie_identity(user=cast("User", request.user), at=clock.now())
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
    provider = get_adapter().get_provider(request, SIGN_ON)
    known = request.user.pk
    extra = {} if known is None else {"max_age": "0", "prompt": "login"}
    try:
        answer = provider.redirect(
            request,
            process,
            next_url=get_next_redirect_url(request) or reverse("home"),
            data={"user": known},
            auth_params=extra,
        )
    except (OAuth2Error, OSError, KeyError, ValueError) as error:
        log.warning("sign_on.unreached", extra={"cause": str(error)})
        told = gettext("%(name)s cannot be reached now.") % {"name": settings.OIDC_NAME}
        return _failed(request, told, UNREACHED)
    context = {"address": answer["Location"], "name": settings.OIDC_NAME}
    return render(request, "web/sign_on_leaving.html", context)


def _failed(request: HttpRequest, told: str, status: int) -> HttpResponse:
    return render(request, "web/sign_on_failed.html", {"refusal": told}, status=status)
