"""Every address of the staff pages and of signing in, with keys that exist."""

from django.urls import URLPattern, get_resolver, reverse

FIXED = {
    "token": "none",
    "kind": "csv",
    "uidb36": "1",
    "key": "none",
    "pk": 1,
    "currency": "EUR",
    "week": 1,
    "run_id": "none",
    "year": 2026,
    "month": 1,
    "part_number": 1,
}


def every_address(ids):
    """Name -> address of every named route outside the API."""
    return {
        name: reverse(name, kwargs={key: FIXED[key] if key in FIXED else ids[key] for key in keys})
        for name, keys in _routes(get_resolver().url_patterns, ())
    }


def _routes(patterns, keys):
    for pattern in patterns:
        both = (*keys, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name, both
        elif pattern.namespace is None:
            yield from _routes(pattern.url_patterns, both)
