"""Signing in: allauth's pages for staff, and the link that signs in once."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.identities import note_sign_on
from dunwell.actions.sign_ins import note_sign_in, note_sign_out
from dunwell.actions.users import use_sign_in_link
from dunwell.formats.client_addresses import client_address
from dunwell.jobs.sign_ins import begin_noting_failure
from dunwell.models import User
from dunwell.queries.identities import identity_of, sign_on_way
from dunwell.templatetags.sentences import spoken
from dunwell.web.identified import claims_of, vouched
from dunwell.web.staff import VOUCHED

log = logging.getLogger(__name__)


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth: no types
    """Nobody signs up: accounts are made by an admin. Single sign-on may prove a second factor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from, for limits, sessions and the log, as the API does."""
        found = client_address(
            direct=str(request.META.get("REMOTE_ADDR", "")),
            forwarded=str(request.headers.get("X-Forwarded-For", "")),
            proxies=settings.PROXIES if settings.HTTPS else (),
        )
        if not found:
            raise PermissionDenied("The connection has no address, so no limit would hold for it.")
        return found

    def get_login_stages(self) -> list[str]:
        """Return what stands between a password and being in: ours for the second factor."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "dunwell.web.sign_on.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how somebody confirms who they are, by the provider of single sign-on too."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        way = sign_on_way()
        if way is None or identity_of(user) is None:
            return methods
        again = {"id": "sign_on", "description": way.name, "url": reverse("sign-on")}
        return [*methods, again]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Note who came in, by what, and by which second factor."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        claims = claims_of(kwargs.get("signal_kwargs"))
        if claims is not None:
            proved = vouched(claims)
            request.session[VOUCHED] = proved
            note_sign_on(user=user, second_factor=proved, at=clock.now())
        else:
            by, second_factor = _proofs(request, user)
            note_sign_in(user=user, by=by, second_factor=second_factor, at=clock.now())
        return answer

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt; one beyond the limit stands in the log."""
        try:
            super().pre_authenticate(request, **credentials)
        except forms.ValidationError:
            log.warning(
                "sign_in.limited", extra={"by": "password", "client": self.get_client_ip(request)}
            )
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password, or a name that nobody has; the log has both, without the name."""
        login = credentials.get("username") or credentials.get("email") or ""
        failed_sign_in(request, login=login, by="password")

    def logout(self, request: HttpRequest) -> None:
        """Note who leaves."""
        if isinstance(request.user, User):
            note_sign_out(user=request.user, at=clock.now())
        super().logout(request)


def failed_sign_in(request: HttpRequest, *, login: str, by: str) -> None:
    """Note an attempt that failed: in the log, and in the trail of the person's companies.

    The name stays out of the log: people type their password there.
    """
    log.warning("sign_in.failed", extra={"by": by, "client": get_adapter().get_client_ip(request)})
    begin_noting_failure(login=login, by=by, at=clock.now())


def _proofs(request: HttpRequest, user: User) -> tuple[str, str]:
    """Return by what somebody comes in, and by which second factor."""
    proofs = get_authentication_records(request, user)
    second: dict[str, Any] = next((one for one in reversed(proofs) if one["method"] == "mfa"), {})
    factor = str(second.get("type", ""))
    if second.get("passwordless"):
        return "passkey", factor
    return ("password" if any(one["method"] == "password" for one in proofs) else "link"), factor


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
        failed_sign_in(request, login="", by="link")
        return render(request, "web/sign_in_link.html", {"refusal": spoken(refusal)}, status=422)
    get_adapter().logout(request)
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("home"))
    return response
