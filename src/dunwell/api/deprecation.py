"""Tells callers of what ends (`api.endings`) in the headers of every answer that it concerns."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from django.http import HttpRequest, HttpResponse

from dunwell.api import api, endings
from dunwell.api.endings import Ending, Operation, headers

ROUTE = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of an address that is a value, as Django writes it."""


class DeprecationMiddleware:
    """Puts Deprecation, Sunset and Link on answers of what ends, refusals among them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever, with the headers of the operation that was asked for."""
        response = self.get_response(request)
        if endings.ENDINGS and request.resolver_match is not None:
            path = "/" + ROUTE.sub(r"{\1}", request.resolver_match.route)
            told = _headers(endings.ENDINGS).get((request.method or "", path), {})
            for name, value in told.items():
                response.headers[name] = value
        return response


@cache
def _headers(found: tuple[Ending, ...]) -> Mapping[Operation, Mapping[str, str]]:
    """Return the headers by operation; the document is read once, as the table does not change."""
    return headers(api.get_openapi_schema(), found)
