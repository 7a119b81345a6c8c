"""Signing in: allauth's pages for staff, and the link that signs in once."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.identities import note_sign_on
from dunwell.actions.users import use_sign_in_link
from dunwell.models import User
from dunwell.queries.identities import has_identity
from dunwell.web.sign_on import vouched
from dunwell.web.staff import VOUCHED


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth: no types
    """Nobody signs up: accounts are made by an admin. Single sign-on may prove a second factor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between a password and being in: ours for the second factor."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "dunwell.web.sign_on.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how somebody confirms who they are, by the provider of single sign-on too."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not has_identity(user):
            return methods
        again = {"id": "sign_on", "description": settings.OIDC_NAME, "url": reverse("sign-on")}
        return [*methods, again]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Note a sign-in by the provider, and whether it proved a second factor."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        login = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None:
            proved = vouched(getattr(login, "claims", {}))
            request.session[VOUCHED] = proved
            note_sign_on(user=user, second_factor=proved, at=clock.now())
        return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, and sign in when it is pressed: a link scanner's GET must not burn the link.

    Whoever has set up a second factor is asked for it: a link replaces the password alone.
    """
    if request.method != "POST":
        return render(request, "web/sign_in_link.html")
    if not ratelimit.consume(request, action="login"):
        slow: HttpResponse = ratelimit.respond_429(request)
        return slow
    try:
        user = use_sign_in_link(token=token, at=clock.now())
    except Refused as refusal:
        return render(request, "web/sign_in_link.html", {"refusal": str(refusal)}, status=422)
    logout(request)
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("home"))
    return response
