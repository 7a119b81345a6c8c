"""Reading the figures of an invoice: what is no figure, or too fine, becomes a finding."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from dunwell.engine.money import LARGEST_MINOR, minor_digits
from dunwell.formats.einvoice.elements import Node
from dunwell.formats.einvoice.figures import MICRO_DIGITS, PERCENT_DIGITS, read_date
from dunwell.formats.einvoice.findings import FATAL, WARNING, EInvoiceError, Finding

LONGEST_NUMBER = 40
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)$")
"""An XML decimal: no exponent, no grouping."""

CURRENCY = re.compile(r"[A-Z]{3}$")
NO_RULE = "DUNWELL-"


class Terms:
    """Reads terms of one invoice in one currency, and keeps what it found wrong with them."""

    def __init__(self, currency: str) -> None:
        if not CURRENCY.match(currency):
            raise EInvoiceError(
                f"The invoice names no currency ({currency[:20] or 'nothing'})",
                advice="Every invoice states its currency with three letters, such as EUR.",
                where="BT-5",
                rule="BR-05",
            )
        self.currency = currency
        self.findings: list[Finding] = []

    def find(self, rule: str, text: str, where: str, *, level: str = FATAL) -> None:
        """Keep a finding."""
        self.findings.append(Finding(rule=rule, level=level, text=text, where=where))

    def amount(self, node: Node | None, path: str, *, currency: str = "") -> int | None:
        """Return an amount in minor units, None when there is none.

        One with more decimals than its currency has is rounded, with a fatal finding.
        """
        name = currency or self.currency
        return self._number(node, path, minor_digits(name), f"{name} is counted in", FATAL)

    def sum_of(self, node: Node | None, path: str) -> int:
        """Return an amount in minor units, 0 when there is none."""
        return self.amount(node, path) or 0

    def needed(self, node: Node | None, path: str, *, rule: str, name: str) -> int:
        """Return an amount that every invoice has; raises EInvoiceError without it."""
        found = self.amount(node, path)
        if found is None:
            raise EInvoiceError(
                f"{name} is missing",
                advice="Ask for the invoice with all its totals.",
                where=path,
                rule=rule,
            )
        return found

    def micros(self, node: Node | None, path: str) -> int | None:
        """Return a quantity or price in millionths; finer is rounded, with a warning."""
        return self._number(node, path, MICRO_DIGITS, "are kept here", WARNING)

    def ppm(self, node: Node | None, path: str) -> int | None:
        """Return a percent as ppm of 1; finer is rounded, with a warning."""
        return self._number(node, path, PERCENT_DIGITS, "are kept of a percent", WARNING)

    def day(self, node: Node | None, path: str) -> date | None:
        """Return a day, None when there is none; what is no day is a finding."""
        text = "" if node is None else node.text(path)
        if not text:
            return None
        found = read_date(text)
        if found is None and node is not None:
            self.find(f"{NO_RULE}DATE", f"{text[:40]!r} is no date.", f"{node.where}/{path}")
        return found

    def _number(
        self, node: Node | None, path: str, digits: int, kept: str, level: str
    ) -> int | None:
        text = "" if node is None else node.text(path)
        if node is None or not text:
            return None
        where = f"{node.where}/{path}" if path else node.where
        number = decimal(text)
        if number is None:
            raise EInvoiceError(
                f"{text[:40]!r} is no number",
                advice="Ask for the invoice with figures written as 1234.56.",
                where=where,
            )
        if abs(number) > LARGEST_MINOR // 10**digits:
            raise EInvoiceError(
                f"{text[:40]} is larger than a ledger can hold",
                advice="Check the file; no invoice is this large.",
                where=where,
            )
        scaled = number.scaleb(digits)
        whole = scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        if whole != scaled:
            self.find(
                "BR-DEC" if level == FATAL else f"{NO_RULE}DECIMALS",
                f"{text[:40]} has more decimals than the {digits} that {kept}.",
                where,
                level=level,
            )
        return int(whole)


def decimal(text: str) -> Decimal | None:
    """Return an XML decimal, None when the text is none or absurdly long."""
    if len(text) > LONGEST_NUMBER or not PLAIN.match(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def is_true(text: str) -> bool:
    """Return whether an XML boolean says yes."""
    return text.strip().lower() in {"true", "1"}
