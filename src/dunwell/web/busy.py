"""Whoever comes while there is no room, for a heavy file or to write, is told when to return."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dunwell.jobs.heavy_files import Busy, count_for
from dunwell.jobs.held_books import SECONDS, is_held

HELD = 503


class BusyMiddleware:
    """Answer 429 or 503 with Retry-After and a page, of the desk and the portal alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; who it is comes to be known further in."""
        try:
            return self.get_response(request)
        finally:
            count_for(None)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page that says when to try again; None for other troubles."""
        if isinstance(error, Busy):
            return _later(
                request, "busy.html", {"is_own": error.is_own}, error.seconds, status=error.status
            )
        if isinstance(error, OperationalError) and is_held(error):
            return _later(request, "held.html", {"back": _back(request)}, SECONDS, status=HELD)
        return None


def _later(
    request: HttpRequest, template: str, told: Mapping[str, object], seconds: int, *, status: int
) -> HttpResponse:
    answer = render(request, template, {**told, "seconds": seconds}, status=status)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _back(request: HttpRequest) -> str:
    """Return the address a form stands at: that of the page itself unless it was posted."""
    if request.method == "GET":
        return request.get_full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    return "/" + before.path.lstrip("/") if before.netloc == request.get_host() else "/"
