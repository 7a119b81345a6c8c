"""How many requests came, how they ended and how long they took, for monitoring."""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse

SURFACES = frozenset({"api", "portal", "portal-api", "mcp", "static", "accounts", "hooks"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MeasuredMiddleware:
    """Measure around everything else, so that refusals count as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        from dunwell.web.exposition import SECONDS  # noqa: PLC0415 -- says why itself

        self.get_response, self.seconds = get_response, SECONDS

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer and note how long it took; labels are few, whatever strangers ask for."""
        start = perf_counter()
        response = self.get_response(request)
        first = request.path.split("/", 2)[1] if "/" in request.path else ""
        surface = first if first in SURFACES else "web"
        method = request.method if request.method in METHODS else "other"
        self.seconds.labels(surface, method, f"{response.status_code // 100}xx").observe(
            perf_counter() - start
        )
        return response
