"""The request as staff pages see it: somebody is acting for a company, on some day."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from dunwell import clock, walls
from dunwell.actions.gate import Actor, staff
from dunwell.actions.users import lacks_second_factor
from dunwell.jobs.heavy_files import count_for
from dunwell.models import Company, User
from dunwell.queries.companies import chosen_company, companies_of
from dunwell.queries.identities import sign_on_way
from dunwell.web.typed import keep_typed, page_of, typed_on
from dunwell.web.visits import noted, visit

OPEN_PATHS = (
    *("/accounts/", "/sign-in/", "/static/", "/api/", "/language/", "/apply/", "/hooks/"),
    *("/unsubscribe/", "/portal/", "/portal-api/", "/mcp/"),
    *("/health/", "/ready/", "/metrics/"),
)
"""Pages that work without a company: sign-in itself, and the API with its own tokens."""

PARTNER_PATHS = ("/partner/", "/theme/", "/company/")
"""All that somebody of an agency reaches besides sign-in: every other page is not there."""

CLOSED = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "socialaccount_connections",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
    }
)
"""Pages of allauth that do not exist here: nobody signs up, and no mail gives access. Whoever
is locked out gets a sign-in link from an admin, and an address is changed by an admin alone."""


OWN_PROOFS = frozenset(
    {
        "account_change_password",
        "account_set_password",
        "mfa_login_webauthn",
    }
)
"""Pages of our own passwords and passkeys, absent where single sign-on is the only way in."""

VOUCHED = "second_factor_vouched"
"""Key of a session whose second factor the provider of single sign-on asked for."""


class StaffRequest(HttpRequest):
    """A request by a signed-in member of staff."""

    user: User
    actor: Actor
    as_of: date
    companies: list[Company]
    LANGUAGE_CODE: str
    htmx: HtmxDetails


class SignInMiddleware(LoginRequiredMiddleware):
    """Lead every page to sign-in, but let the API answer 401 by its own tokens."""

    def process_request(self, request: HttpRequest) -> None:
        """Take a session key that no database could look up for none at all."""
        if "\0" in (request.session.session_key or ""):
            request.session = type(request.session)()
        if request.session.get(VOUCHED):
            request.user.second_factor_vouched = True  # type: ignore[union-attr]  # or nobody

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Return a redirect to sign-in for a visitor, None to go on; 404 for closed pages."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in CLOSED:
            raise Http404
        way = sign_on_way()
        if (
            way is not None
            and way.is_only
            and (name in OWN_PROOFS or (name == "account_login" and request.method == "POST"))
        ):
            raise Http404
        if request.path.startswith(("/api/", "/portal-api/")):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Lead to sign-in, and on to the page that was asked for or where the form stands.

        What somebody typed whose session ended meanwhile is kept for when they are back.
        """
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        was = getattr(request, "was_user_id", None)
        if was is not None:
            keep_typed(request, view_func, user_id=was)
        return redirect_to_login(page_of(request), self.get_login_url(view_func))


class StaffMiddleware:
    """Put the actor and the company's own day on every signed-in request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: PLR0911  one gate each
        """Answer one request; an outsider gets 403, who lacks a second factor is led to it."""
        user = request.user
        if not user.is_authenticated or request.path.startswith(OPEN_PATHS):
            return self._private(request)
        at = clock.now()
        companies = companies_of(user, at=at)
        if not companies:
            return self._unkept(render(request, "web/no_company.html", status=403))
        company = chosen_company(companies, request.session.get("company_id"))
        actor = staff(user, company, at=at)
        walls.enter(company.pk)
        count_for(actor)
        known = cast("StaffRequest", request)
        known.actor, known.companies = actor, companies
        known.as_of = clock.today(company.zone)
        if lacks_second_factor(user, actor):
            return self._unkept(redirect("mfa_index"))
        if actor.is_partner and not request.path.startswith(PARTNER_PATHS):
            if request.path == "/":
                return self._unkept(redirect("partner-placements"))
            return self._unkept(render(request, "404.html", status=404))
        if user.language:
            translation.activate(user.language)
            known.LANGUAGE_CODE = user.language
        if actor.access_id is not None:
            return self._unkept(visit(request, actor, self.get_response))
        return self._private(request)

    def _private(self, request: HttpRequest) -> HttpResponse:
        """Answer; nothing that a person or a program was told may stay in a cache."""
        response = self.get_response(request)
        actor = getattr(request, "actor", None)
        if actor is not None and actor.access_id is not None:
            response = noted(request, actor, response)
        if request.path.startswith("/api/") or request.user.is_authenticated:
            return self._unkept(response)
        return response

    def _unkept(self, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame shows: the company, the day and the rights."""
    if not hasattr(request, "actor"):
        return {}
    known = cast("StaffRequest", request)
    return {
        "actor": known.actor,
        "company": known.actor.company,
        "companies": known.companies,
        "as_of": known.as_of,
        "rights": known.actor.rights,
        "areas": None if known.actor.access_id is None else known.actor.areas,
        "typed_before": lambda: typed_on(request),
    }
