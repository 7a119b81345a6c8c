"""Every address under /portal/, with the keys of one customer's records in it.

A part that adds a path parameter names here how its record is found: `OF_CUSTOMER` by parameter, or
`OF_PAGE` for one page alone where two pages call different records the same.
"""

from django.urls import URLPattern, get_resolver, reverse

from dunwell.models import (
    Autopay,
    AutopayCharge,
    Checkout,
    Item,
    PortalKey,
    PortalPasskey,
    PortalSeat,
    SavedMethod,
    Transfer,
)

WORDS = {"token": "none", "kind": "csv", "name": "none", "number": "none", "slug": "none"}
"""Parameters that are words and name no record."""

OF_CUSTOMER = {
    "seat_id": lambda customer: _first(PortalSeat.objects.filter(customer=customer)),
    "passkey_id": lambda customer: _first(
        PortalPasskey.objects.filter(person__seats__customer=customer)
    ),
    "key_id": lambda customer: _first(PortalKey.objects.filter(customer=customer)),
    "item_id": lambda customer: _first(Item.objects.filter(customer=customer)),
    "checkout_id": lambda customer: _first(Checkout.objects.filter(customer=customer)),
    "transfer_id": lambda customer: _first(Transfer.objects.filter(customer=customer)),
    "autopay_id": lambda customer: _first(Autopay.objects.filter(customer=customer)),
    "method_id": lambda customer: _first(SavedMethod.objects.filter(customer=customer)),
    "charge_id": lambda customer: _first(AutopayCharge.objects.filter(autopay__customer=customer)),
}
"""Parameter -> the key of a record of the customer; 0, which no record has, where there is none."""

OF_PAGE = {}
"""(Name of the page, parameter) -> the same, for one page alone."""


def portal_addresses(customer):
    """Return name -> address of every page under /portal/, of records of a customer."""
    return {
        name: reverse(name, kwargs={key: _value(name, key, customer) for key in keys})
        for name, keys in portal_routes()
    }


def portal_routes():
    """Return (name, parameters) of every page under /portal/, those of all parts."""
    for part in get_resolver().url_patterns:
        if str(part.pattern) == "portal/":
            yield from _routes(part.url_patterns, ())


def parameters_of_records(name):
    """Return the parameters of a page that name a record."""
    found = dict(portal_routes())[name]
    return [key for key in found if key not in WORDS]


def _value(name, key, customer):
    if key in WORDS:
        return WORDS[key]
    found = OF_PAGE.get((name, key)) or OF_CUSTOMER.get(key)
    return found(customer) if found else 0


def _routes(patterns, keys):
    for pattern in patterns:
        both = (*keys, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield pattern.name, both
        else:
            yield from _routes(pattern.url_patterns, both)


def _first(rows):
    return rows.order_by("pk").values_list("pk", flat=True).first() or 0
