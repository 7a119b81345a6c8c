"""What no invoice can do without: a file that lacks it is refused by the rule that asks for it."""

from datetime import date

from dunwell.formats.einvoice.elements import Node
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.terms import Terms


def needed_text(node: Node, path: str, *, rule: str, name: str) -> str:
    """Return a text; raises EInvoiceError when it is missing."""
    found = node.text(path)
    if not found:
        raise EInvoiceError(
            f"{name} is missing",
            advice="Ask for the invoice with it.",
            where=f"{node.where}/{path}",
            rule=rule,
        )
    return found


def needed_day(node: Node, path: str, terms: Terms) -> date:
    """Return the day of issue (BT-2); raises EInvoiceError when it is missing or no day."""
    found = terms.day(node, path)
    if found is None:
        raise EInvoiceError(
            "The day of issue (BT-2) is missing or no date",
            advice="Ask for the invoice with its date.",
            where=f"{node.where}/{path}",
            rule="BR-03",
        )
    return found


def price_of(line: Node, price: Node | None, path: str, terms: Terms) -> int:
    """Return a line's net price in millionths; a line without one is a fatal finding."""
    found = terms.micros(price, path)
    if found is None:
        terms.find("BR-26", "The line has no net price (BT-146).", line.where)
    return found or 0
