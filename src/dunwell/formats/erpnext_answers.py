"""What ERPNext refuses and why, and what a limit or hold changes in a customer there.

Errors as in frappe/app.py and frappe/exceptions.py: `exc_type` names the exception,
`_server_messages` holds what a person is told.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dunwell.formats.connection_rows import OutsideChange, OutsideError, OutsideFault
from dunwell.formats.erpnext_rows import amount
from dunwell.formats.outside_answers import (
    FORBIDDEN,
    GONE,
    SERVER_FAULT,
    UNKNOWN,
    Answer,
    read_json,
    words,
)

REFUSED = 417
_TAG = re.compile(r"<[^>]*>")


class ErpnextRefusal(Exception):
    """ERPNext refused a request; `kind` is the class of its exception there."""

    def __init__(self, text: str, *, kind: str = "", status: int = REFUSED) -> None:
        super().__init__(text)
        self.kind, self.status = kind, status

    def of(self, what: str) -> OutsideError:
        """Return the fault where it was something read: nothing can be taken in then."""
        if self.status in {UNKNOWN, FORBIDDEN}:
            return OutsideError(
                OutsideFault.CREDENTIALS, f"ERPNext does not allow reading {what}: {self}"
            )
        fault = OutsideFault.VERSION if self.status == GONE else OutsideFault.SCHEMA
        return OutsideError(fault, f"ERPNext does not answer for {what}: {self}")


def refusal(answer: Answer) -> ErpnextRefusal:
    """Return why an answer is no; raise OutsideError for a failure of the server itself."""
    told = read_json(answer, who="ERPNext")
    document = told if isinstance(told, dict) else {}
    kind = str(document.get("exc_type", ""))
    text = _message(document) or str(document.get("exception", "")) or kind
    if not kind and answer.status >= SERVER_FAULT:
        raise OutsideError(
            OutsideFault.UNREACHABLE, f"ERPNext failed (status {answer.status}): {words(text)}"
        )
    shown = words(_TAG.sub(" ", text)) or f"status {answer.status}"
    return ErpnextRefusal(shown, kind=kind, status=answer.status)


def held(document: Mapping[str, Any], one: OutsideChange) -> tuple[str, dict[str, Any]]:
    """Return the hold of a customer before, and the values that set it: none where it stands.

    Frozen, not disabled: a frozen customer gets no new orders, deliveries and invoices, while
    those who may edit frozen entries still book what it pays.
    """
    before = "1" if document["is_frozen"] else ""
    return before, {} if before == one.value else {"is_frozen": int(bool(one.value))}


def limited(
    document: Mapping[str, Any], one: OutsideChange, *, company: str, currency: str
) -> tuple[str, dict[str, Any]]:
    """Return the limit before, and the table of limits by company with ours changed in it.

    A table that is saved replaces the one there: rows of other companies are sent as they were
    read. Raises ErpnextRefusal for a limit that cannot be said there.
    """
    if one.value and one.currency != currency:
        raise ErpnextRefusal(f"limits of {company} are in {currency}")
    now = Decimal(one.value or 0)
    if one.value and now <= 0:
        raise ErpnextRefusal("0 means no limit in ERPNext; hold the customer instead")
    rows = [dict(row) for row in document.get("credit_limits") or ()]
    ours = next((row for row in rows if row["company"] == company), None)
    was = amount(ours["credit_limit"]) if ours else Decimal(0)
    before = format(was.normalize(), "f")
    if was == now:
        return before, {}
    if ours is None:
        rows.append({"company": company, "credit_limit": now})
    else:
        ours["credit_limit"] = now
    return before, {"credit_limits": rows}


def _message(document: Mapping[str, Any]) -> str:
    """Return the messages for a person: a JSON list of JSON documents there."""
    try:
        several = json.loads(document.get("_server_messages") or "[]")
        return " ".join(str(json.loads(one).get("message", "")) for one in several)
    except (ValueError, TypeError, AttributeError):
        return ""
