"""The routes of the product as the code declares them, and as the table lists them."""

import inspect
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.urls import URLPattern, get_resolver

from dunwell.web.staff import CLOSED

TABLE = Path(__file__).with_name("routes.yaml")
APIS = ("api/v1/", "portal-api/v1/")
OUTSIDE = (
    *("apply/", "feedback-link/", "follow-up/", "guest/", "health/", "hooks/", "loopback-bank/"),
    *("mcp/", "metrics/", "ready/", "unsubscribe/"),
)
"""Where nobody signs in: a secret in the address, a token, or a form for everybody."""


@dataclass(frozen=True)
class Route:
    """One address: who is let in there, by which right, and the methods its view takes."""

    place: str
    right: str
    methods: tuple[str, ...]


def declared():
    """Name -> route of every address outside the two APIs, as the decorators of its view say."""
    return {
        pattern.name or path: Route(_place(path, pattern), *_declared(pattern.callback))
        for path, pattern in _walk(get_resolver().url_patterns, "")
        if not path.startswith(APIS)
    }


def listed():
    """Name -> route, as the table lists them."""
    found = {}
    for place, groups in yaml.safe_load(TABLE.read_text(encoding="utf-8")).items():
        for heading, names in groups.items() if place != "sent" else ():
            right, *methods = heading.split()
            route = Route(place, "" if right == "-" else right, tuple(methods))
            assert not found.keys() & set(names), names
            found |= dict.fromkeys(names, route)
    return found


def sent():
    """Name -> the rights of which the action behind a form asks for one, where its page does not."""
    rows = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["sent"]
    return {name: frozenset(rights.split()) for rights, names in rows.items() for name in names}


def _walk(patterns, path):
    for pattern in patterns:
        at = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield at, pattern
        else:
            yield from _walk(pattern.url_patterns, at)


def _place(path, pattern):
    if pattern.name in CLOSED:
        return "closed"
    if path.startswith("portal/"):
        return "portal"
    if path.startswith("accounts/"):
        return "account"
    is_open = getattr(pattern.callback, "login_required", True) is False
    return "outside" if path.startswith(OUTSIDE) or is_open else "staff"


def _declared(view):
    """(right, methods) in the decorators of a view; a view of allauth declares neither."""
    right, methods = "", ()
    while inspect.isfunction(view):
        held = inspect.getclosurevars(view).nonlocals
        if isinstance(held.get("right"), str):
            right = held["right"]
        if "request_method_list" in held:
            methods = tuple(sorted(held["request_method_list"]))
        view = getattr(view, "__wrapped__", None)
    return right, methods
