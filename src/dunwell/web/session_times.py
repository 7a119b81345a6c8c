"""How long a session lives: an hour without a request, and half a day whatever happens."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from dunwell import clock
from dunwell.models import User

BEGAN, SEEN = "began_at", "seen_at"
WRITTEN_SECONDS = 300
"""Seconds after which it is written down that somebody was here; each request would be a write."""


class SessionTimesMiddleware:
    """Sign out whoever was away too long, or has been signed in for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        user = request.user
        if isinstance(user, User) and _is_over(request, user, at=clock.now()):
            logout(request)
            request.was_user_id = user.pk  # type: ignore[attr-defined]  # for `web.typed`
        return self.get_response(request)


def _is_over(request: HttpRequest, user: User, *, at: datetime) -> bool:
    now = int(at.timestamp())
    came = int(user.last_login.timestamp()) if user.last_login else now
    began = request.session.get(BEGAN, came)
    seen = request.session.get(SEEN, began)
    if now - seen >= settings.SESSION_IDLE_MINUTES * 60:
        return True
    if now - began >= settings.SESSION_COOKIE_AGE:
        return True
    if now - seen >= WRITTEN_SECONDS:
        request.session[BEGAN], request.session[SEEN] = began, now
    return False
