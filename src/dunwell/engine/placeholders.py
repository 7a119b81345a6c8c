"""The placeholders a message text may use, and what each of them says."""

from collections.abc import Mapping

VALUES: Mapping[str, str] = {
    "customer_name": "the customer's name",
    "contact_name": "the person addressed, or the customer's name",
    "company_name": "our company's name",
    "collector_name": "who writes",
    "reply_to": "where answers reach a person: e-mail and telephone",
    "how_to_pay": "bank details; may have several lines",
    "pay_link": "address of the portal, where the customer signs in to see and pay",
    "dialogue_link": "address at which the assistant asks when it will be paid; follow_up only",
    "reference": "what the payer should quote",
    "today": "day of the message",
    "pay_by": "day by which payment is asked for",
    "item_count": "number of items asked for",
    "oldest_days_late": "lateness of the oldest item in days",
    "promise_day": "day a payment was promised for",
    "promise_amount": "amount promised, with currency",
    "debit_day": "day a direct debit is collected on",
    "mandate": "reference of the mandate it is collected under",
    "creditor_id": "our creditor identifier",
    "debit_account": "the account it is taken from, its middle hidden",
    "retry_days": "business days after which a returned debit is tried again",
    "charges_total": "interest, compensation and fees accrued and not billed, by currency",
    "total_with_charges": "what is asked for and these charges together, by currency",
    "charges_until": "last day for which interest is counted in them",
}
"""Placeholders for one value."""

BLOCKS: Mapping[str, str] = {
    "lines": "one line per item asked for",
    "credits": "one line per open credit, with its heading; nothing when there is none",
    "totals": "one line per currency: what is asked for",
    "charges": "what has accrued for late payment, with its heading: a line per item and one per "
    "currency; nothing when there is none",
}
"""Placeholders that stand alone on a line and become many lines or none."""

LINE_VALUES = ("kind", "number", "issued_on", "due_on", "days_late", "open", "currency")
"""Placeholders of the line of an item or credit; `open` is the part that is asked for."""

TOTAL_VALUES = ("total", "currency")
"""Placeholders of the line of a total."""

CHARGE_VALUES = ("kind", "number", "interest", "fees", "accrued", "currency")
"""Placeholders of the line of an item's charges; `fees` has its compensation, `accrued` is all."""

CHARGES_TOTAL_VALUES = ("accrued", "with_claim", "currency")
"""Placeholders of the line of a currency's charges; `with_claim` has what is asked for too."""
