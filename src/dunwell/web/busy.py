"""Whoever asks for a heavy file while there is no room for one is told when to try again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dunwell.jobs.heavy_files import Busy, count_for


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
        if not isinstance(error, Busy):
            return None
        context = {"is_own": error.is_own, "seconds": error.seconds}
        answer = render(request, "busy.html", context, status=error.status)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
