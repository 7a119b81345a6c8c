"""Who calls the API: a bearer token, or a signed-in member of staff in the browser."""

import re
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from dunwell import clock, walls
from dunwell.actions.gate import Actor, Forbidden, program, staff
from dunwell.actions.users import check_owner, lacks_second_factor, must_confirm
from dunwell.jobs.heavy_files import count_for
from dunwell.models import User
from dunwell.queries.advisor_areas import may_open
from dunwell.queries.companies import chosen_company, companies_of
from dunwell.queries.tokens import live_token

PARTNER_PATH = "/api/v1/partner/"
"""All of the API that somebody of an agency reaches."""

FRESH_PATHS = re.compile(
    r"/api/v1/(users|tokens|payees|refunds|checkout-refunds|payment-providers|webhooks|bureaus"
    r"|channels|mailboxes|mandates|advisors|agencies/\d+/seats|checkouts/\d+/refunds"
    r"|bank/accounts|books/locks/(unlock|\d+/decide)|duty-overrides|access-reviews"
    r"|desk-exports|connections|company)"
    r"(/|$)"
)
"""What a browser's session may change within ten minutes of a password, code or passkey alone."""

FRESH_FILES = re.compile(r"/api/v1/desk-exports/\w+/file$")
"""And what it may take away within them."""

SAFE = ("GET", "HEAD")
"""All that an advisor or auditor may ask for."""


class ApiRequest(HttpRequest):
    """A request to the API: somebody or something acts for a company, on its day."""

    actor: Actor
    as_of: date
    at: datetime


def refuse_too_long(request: HttpRequest) -> None:
    """Raise HttpError 413 for a body above the import limit, before any of it is read.

    It stands before the ways of signing in: the CSRF check of a session reads the body.
    """
    told = request.META.get("CONTENT_LENGTH") or "0"
    if told.isdigit() and int(told) > settings.IMPORT_LIMIT_BYTES:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        raise HttpError(413, f"The request is larger than {most} MB; split the files.")


class TokenAuth(HttpBearer):
    """`Authorization: Bearer dw_...`: the token's own rights in its own company."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the acting program, or None (401) for a token that is unknown, old or revoked.

        Raises HttpError 403 while its owner has no second factor and needs one.
        """
        at = clock.now()
        found = live_token(token, at=at)
        if found is None:
            return None
        try:
            actor = program(found, at=at)
        except Forbidden:
            return None
        try:
            check_owner(found, actor)
        except Forbidden as error:
            raise HttpError(403, str(error)) from None
        return _act(request, actor)


class SessionAuth(APIKeyCookie):
    """The browser's session, with Django's CSRF check on every write."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002
        """Return the signed-in person as an actor, or None (401).

        Raises HttpError 403 for a person whose roles need a second factor that is not set up.
        """
        user = request.user
        if not isinstance(user, User):
            return None
        at = clock.now()
        companies = companies_of(user, at=at)
        if not companies:
            return None
        company = chosen_company(companies, request.session.get("company_id"))
        actor = staff(user, company, at=at)
        if lacks_second_factor(user, actor):
            raise HttpError(403, "Set up a second factor first.")
        if (FRESH_FILES if request.method in SAFE else FRESH_PATHS).match(
            request.path
        ) and must_confirm(actor, request.session, at=at):
            raise HttpError(403, "Confirm first that it is you: /accounts/reauthenticate/.")
        return _act(request, actor)


def _act(request: HttpRequest, actor: Actor) -> Actor:
    if actor.is_partner and not request.path.startswith(PARTNER_PATH):
        raise HttpError(403, "The agency's own placements are under /partner; nothing else is.")
    if actor.access_id is not None and not (
        request.method in SAFE and may_open(request.path, actor.areas)
    ):
        raise HttpError(403, "An advisor only looks, and only into the areas of its access.")
    walls.enter(actor.company.pk)
    count_for(actor)
    request.actor = actor  # type: ignore[attr-defined]
    request.at = clock.now()  # type: ignore[attr-defined]
    request.as_of = clock.today(actor.company.zone)  # type: ignore[attr-defined]
    return actor
