"""The roles a table of an export may have, and the fields of each: the targets of a mapping."""

from collections.abc import Mapping

ROLES = (
    "items",
    "payments",
    "allocations",
    "customers",
    "disputes",
    "orders",
    "order_lines",
    "other",
)


DATE_FIELDS = frozenset(
    {"issued", "due", "settled", "posted", "payment_day", "order_day", "opened_day", "closed_day"}
)


AMOUNT_FIELDS = frozenset(
    {
        "amount",
        "open_amount",
        "applied_amount",
        "debit",
        "credit",
        "payment_amount",
        "unapplied_amount",
        "credit_limit",
        "dispute_amount",
        "order_amount",
        "unit_price",
        "quantity",
    }
)


CUSTOMER_DETAILS = (
    "customer_name",
    "country",
    "language",
    "email",
    "phone",
    "segment",
    "terms",
    "parent",
    "street",
    "street2",
    "postcode",
    "city",
    "region",
    "party",
    "zones",
    "vat_number",
    "sector",
    "iban",
    "contact_last_name",
    "contact_first_name",
)
"""What is said of a customer beside its number, as text."""

_CUSTOMER = ("customer_number", *CUSTOMER_DETAILS, "currency", "credit_limit")
ROLE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "items": (
        "item_number",
        "item_key",
        "instalment",
        "kind",
        "amount",
        "open_amount",
        "applied_amount",
        "debit",
        "credit",
        "side",
        "issued",
        "due",
        "settled",
        "posted",
        "status",
        "is_disputed",
        "is_paper",
        "reference",
        "company_code",
        "payment_number",
        *_CUSTOMER,
    ),
    "payments": (
        "payment_number",
        "payment_day",
        "payment_amount",
        "method",
        "reference",
        "item_number",
        "customer_number",
        "customer_name",
        "currency",
        "company_code",
        "unapplied_amount",
    ),
    "allocations": ("payment_number", "item_number", "payment_amount", "payment_day", "currency"),
    "customers": ("customer_alias", *_CUSTOMER),
    "disputes": (
        "dispute_number",
        "item_number",
        "customer_number",
        "dispute_reason",
        "dispute_amount",
        "opened_day",
        "closed_day",
        "status",
        "currency",
    ),
    "orders": (
        "item_number",
        "amount",
        "issued",
        "customer_number",
        "customer_name",
        "status",
        "currency",
        "reference",
        "terms",
    ),
    "order_lines": ("item_number", "quantity", "unit_price", "amount"),
    "other": (),
}
"""The fields a table of each role may have; these are the targets of a mapping."""


TRANSLATED: Mapping[str, Mapping[str, str]] = {
    "items": {"payment_day": "settled", "payment_amount": "applied_amount"},
    "payments": {
        "amount": "payment_amount",
        "applied_amount": "payment_amount",
        "credit": "payment_amount",
        "issued": "payment_day",
        "settled": "payment_day",
        "posted": "payment_day",
        "item_key": "item_number",
    },
    "disputes": {
        "amount": "dispute_amount",
        "issued": "opened_day",
        "settled": "closed_day",
        "item_key": "item_number",
    },
    "orders": {"order_number": "item_number", "order_day": "issued", "order_amount": "amount"},
    "order_lines": {"order_number": "item_number", "order_amount": "amount"},
}
"""What a header means in a table of that role when it says something more general."""


REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "items": (
        ("customer_number", "customer_name"),
        ("amount", "open_amount", "debit", "credit"),
        ("issued", "due", "posted"),
    ),
    "payments": (("payment_amount",),),
    "customers": (("customer_number", "customer_name"),),
    "orders": (("item_number",), ("customer_number", "customer_name")),
    "order_lines": (("item_number",), ("quantity",), ("unit_price",)),
    "disputes": (("item_number",),),
}
"""Per role: of each group at least one field must be mapped."""


_WORDS = (
    "home local base tax vat discount promise promised delivery shipped ship required "
    "paperless late days rate count previous next average tva mwst steuer iva remise "
    "rabatt skonto mahn dunning reminder exposure updated modified reports employee "
    "office line product order sales rep manager risk"
)
FOREIGN_WORDS = frozenset(_WORDS.split())
"""Words that turn a partly matching header into something else."""
