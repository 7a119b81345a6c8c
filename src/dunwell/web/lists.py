"""The page of a list that a request asks for."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from dunwell.queries.pages import CursorError

T = TypeVar("T")


def page_asked(request: HttpRequest, read: Callable[[str], T]) -> T:
    """Return what `read` gives for the request's cursor, the first page for one that is not ours.

    An old or mistyped link still shows its list; the API refuses such a cursor.
    """
    try:
        return read(request.GET.get("cursor", ""))
    except CursorError:
        return read("")
