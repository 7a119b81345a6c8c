"""What is downloaded is saved and never shown: one rule for every file there is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CLOSED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""A file may be of an outsider: no browser runs what is in it, guesses its type or keeps it."""


class AttachmentMiddleware:
    """Put the headers of a download on every one: of the desk, the portal and the API.

    It stands within the middleware of the page's own policy, which leaves a stated one alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.get_response(request)
        if response.get("Content-Disposition", "").startswith("attachment"):
            for name, value in CLOSED.items():
                response.headers[name] = value
        return response
