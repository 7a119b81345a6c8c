"""Every address under /portal/, with the keys of one customer's records in it.

A part that adds a path parameter names here how its record is found: `OF_CUSTOMER` by parameter, or
`OF_PAGE` for one page alone where two pages call different records the same.
"""

from django.urls import URLPattern, get_resolver, reverse

from dunwell.models import (
    AccountStatement,
    Autopay,
    AutopayCharge,
    Checkout,
    Contact,
    Conversation,
    CustomerDocument,
    DisputeCase,
    DisputeComment,
    DisputeEvidence,
    DisputeResolution,
    EarlyPaymentOffer,
    InboundAttachment,
    Item,
    ItemDocument,
    Message,
    Payment,
    PaymentPlan,
    PortalKey,
    PortalPasskey,
    PortalSeat,
    Promise,
    Receipt,
    SavedMethod,
    Settlement,
    SupplierStatement,
    Survey,
    Transfer,
)

WORDS = {"token": "none", "kind": "csv"}
"""Parameters that are words and name no record."""


def _first(model, path="customer", **more):
    """Return what finds the key of a customer's first record; 0, which no record has, for none."""

    def found(customer):
        rows = model.objects.filter(**{path: customer}, **more).order_by("pk")
        return rows.values_list("pk", flat=True).first() or 0

    return found


def _receipt_number(customer):
    found = Receipt.objects.filter(checkout__customer=customer).order_by("pk").first()
    return found.checkout.number if found else "none"


OF_CUSTOMER = {
    "seat_id": _first(PortalSeat),
    "passkey_id": _first(PortalPasskey, "person__seats__customer"),
    "key_id": _first(PortalKey),
    "item_id": _first(Item, documents__isnull=False),
    "document_id": _first(ItemDocument, "item__customer"),
    "supplier_statement_id": _first(SupplierStatement),
    "account_statement_id": _first(AccountStatement),
    "message_id": _first(Message, status="sent"),
    "payment_id": _first(Payment),
    "contact_id": _first(Contact),
    "promise_id": _first(Promise),
    "plan_id": _first(PaymentPlan),
    "settlement_id": _first(Settlement),
    "case_id": _first(DisputeCase),
    "comment_id": _first(DisputeComment, "case__customer", kind="question"),
    "evidence_id": _first(DisputeEvidence, "case__customer"),
    "resolution_id": _first(DisputeResolution, "case__customer"),
    "conversation_id": _first(Conversation, inbound__channel="portal"),
    "file_id": _first(InboundAttachment, "inbound__customer"),
    "survey_id": _first(Survey),
    "number": _receipt_number,
    "checkout_id": _first(Checkout),
    "transfer_id": _first(Transfer),
    "autopay_id": _first(Autopay),
    "method_id": _first(SavedMethod),
    "charge_id": _first(AutopayCharge, "autopay__customer"),
    "offer_id": _first(EarlyPaymentOffer),
}
"""Parameter -> the key of a record of the customer."""

OF_PAGE = {
    ("portal-paper-file", "document_id"): _first(CustomerDocument),
    ("portal-invoice-file", "kind"): lambda _: "pdf",
    ("portal-message-file", "kind"): lambda _: "in",
    ("portal-transfer-code", "kind"): lambda _: "svg",
}
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
    found = OF_PAGE.get((name, key)) or OF_CUSTOMER.get(key)
    return found(customer) if found else WORDS.get(key, 0)


def _routes(patterns, keys):
    for pattern in patterns:
        both = (*keys, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield pattern.name, both
        else:
            yield from _routes(pattern.url_patterns, both)
