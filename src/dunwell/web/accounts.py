"""Signing in: allauth's pages for staff, and the link that signs in once."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.users import use_sign_in_link


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth: no types
    """Nobody signs up: accounts are made by an admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False


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
