"""What an e-invoice's answer says is wrong, as a reason of the dispute policy.

Status clarification codes of the Peppol invoice response (list OPStatusReason of BIS 3), and the
French life-cycle statuses that say that an invoice is in dispute or refused.
"""

from collections.abc import Mapping

E_INVOICE_REASONS: Mapping[str, str] = {
    "REF": "no_po",
    "LEG": "tax",
    "REC": "wrong_address",
    "QUA": "quality",
    "DEL": "not_received",
    "PRI": "price",
    "QTY": "short_delivery",
    "ITM": "quality",
    "PAY": "contract",
    "UNR": "no_po",
    "FIN": "other",
    "OTH": "other",
    "207": "other",
    "210": "other",
}
"""References, legal information, receiver, quality, delivery, price, quantity, item, terms of
payment, not recognised, finance, other; in dispute, refused."""


def e_invoice_reason(code: str) -> str:
    """Return the reason a code stands for; a code of no list is returned as it is."""
    return E_INVOICE_REASONS.get(code.strip().upper(), code)
