"""How often a caller may ask the API: so many requests a minute per token and per address.

All worker processes of a machine count together (`jobs.request_counts`); several machines apart.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from dunwell import clock
from dunwell.formats.client_addresses import client_address
from dunwell.jobs.request_counts import Counter

PREFIX = "/api/"
WINDOW_SECONDS = 60
logger = logging.getLogger(__name__)


counter = Counter()


class ThrottleMiddleware:
    """Answer 429 above the limits, before anything is read, and say what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count a request to the API; where the counts cannot be kept it goes through."""
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        now = int(clock.now().timestamp())
        began = now - now % WINDOW_SECONDS
        wait = began + WINDOW_SECONDS - now
        policies, left = [], []
        for name, caller, most in callers(request):
            try:
                number = counter.count(f"{name}:{caller}", began)
            except sqlite3.Error:
                logger.exception("requests cannot be counted")
                continue
            policies.append(f'"{name}";q={most};w={WINDOW_SECONDS}')
            left.append(f'"{name}";r={max(most - number, 0)};t={wait}')
            if number > most:
                return _told(refused(name, most=most, wait=wait), policies, left)
        return _told(self.get_response(request), policies, left)


def callers(request: HttpRequest) -> Iterator[tuple[str, str, int]]:
    """Yield what is counted: the address, then the token or session, each with its limit."""
    if settings.API_ADDRESS_LIMIT:
        yield "address", address_of(request), settings.API_ADDRESS_LIMIT
    told = request.headers.get("Authorization") or request.COOKIES.get(
        settings.SESSION_COOKIE_NAME
    )
    if settings.API_LIMIT and told:
        yield "token", hashlib.sha256(told.encode()).hexdigest(), settings.API_LIMIT


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from: behind HTTPS as our proxies say, else the connection."""
    return client_address(
        direct=str(request.META.get("REMOTE_ADDR", "")),
        forwarded=str(request.headers.get("X-Forwarded-For", "")),
        proxies=settings.PROXIES if settings.HTTPS else (),
    )


def refused(name: str, *, most: int, wait: int) -> JsonResponse:
    """Return the answer that says how long to wait; nothing was done."""
    whose = "token" if name == "token" else "address"
    detail = (
        f"At most {most} requests a minute are taken from one {whose}; nothing was done. "
        f"Send the same again in {wait} seconds."
    )
    return JsonResponse({"detail": detail}, status=429, headers={"Retry-After": str(wait)})


def _told(response: HttpResponse, policies: list[str], left: list[str]) -> HttpResponse:
    """Return the answer with what is allowed and what is left of it."""
    if policies:
        response["RateLimit-Policy"], response["RateLimit"] = ", ".join(policies), ", ".join(left)
    return response
