"""Source documents of an SAF-T file: sales invoices, receipts, and what a receipt says it pays."""

from collections.abc import Mapping

import polars as pl
from lxml import etree

from dunwell.formats.books.controls import Control, of_file
from dunwell.formats.books.exact import exact_amount, exact_text
from dunwell.formats.books.row_store import RowStore
from dunwell.formats.books.xml_records import value
from dunwell.formats.findings import FindingLog

ITEM: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "item_number": pl.String,
    "kind": pl.String,
    "customer_number": pl.String,
    "amount": pl.String,
    "issued": pl.String,
    "due": pl.String,
    "settled": pl.String,
    "status": pl.String,
    "terms": pl.String,
    "currency": pl.String,
}
PAYMENT: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "payment_number": pl.String,
    "payment_day": pl.String,
    "payment_amount": pl.String,
    "method": pl.String,
    "reference": pl.String,
    "customer_number": pl.String,
    "currency": pl.String,
}
SETTLED: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "payment_number": pl.String,
    "item_number": pl.String,
    "payment_amount": pl.String,
    "payment_day": pl.String,
    "currency": pl.String,
}
CREDITS = frozenset({"nc", "cn", "381", "creditnote", "credit note", "crn", "rc", "credit"})
"""Types of a document that lowers the balance; NC is the Portuguese nota de crédito."""
PAID_AT_ONCE = frozenset({"fr", "vd", "tv"})
"""Portuguese documents that are invoice and receipt in one (FR), or sales for cash (VD, TV)."""
CANCELLED = "a"
"""Portuguese status of a document that was annulled."""
Line = tuple[str, int, str]
"""A line of a receipt: the document it pays, the amount (credits above zero), the customer."""


class SaftDocuments:
    """Collects sales invoices and payments; their lines are told before the document ends."""

    def __init__(self) -> None:
        """Begin without a document."""
        self.currency = ""
        self.invoices = Control(part="sales invoices")
        self.payments = Control(part="payments")
        self.items = RowStore(ITEM)
        self.paid = RowStore(PAYMENT)
        self.settled = RowStore(SETTLED)
        self.discounts = 0
        self.cancelled = 0
        self._sides = [0, 0]
        self._lines: list[Line] = []

    def take_invoice_line(self, line: etree._Element) -> None:
        """Add a line of an invoice to what its part of the file should come to."""
        debit, credit = _sides(line, "InvoiceLineAmount")
        if debit is None or credit is None:
            self.invoices.unreadable += 1
            return
        self._sides[0] += debit
        self._sides[1] += credit

    def take_payment_line(self, line: etree._Element) -> None:
        """Keep a line of a receipt until the receipt ends."""
        debit, credit = _sides(line, "PaymentLineAmount")
        if debit is None or credit is None:
            self.payments.unreadable += 1
            return
        self._sides[0] += debit
        self._sides[1] += credit
        self.discounts += bool(exact_amount(value(line, "SettlementAmount") or "0"))
        document = value(line, "SourceDocumentID/OriginatingON", "SourceDocumentID")
        if value(line, "SupplierID") and not value(line, "CustomerID"):
            return
        self._lines.append((document, credit - debit, value(line, "CustomerID")))

    def end_invoice(self, invoice: etree._Element) -> None:
        """Keep an invoice or credit note with all its document totals."""
        self.invoices.entries += 1
        status = value(invoice, "DocumentStatus/InvoiceStatus", "InvoiceStatus").casefold()
        is_void = status == CANCELLED
        debit, credit = self._ended(self.invoices, is_void=is_void)
        self.cancelled += is_void
        kind = value(invoice, "InvoiceType").casefold()
        is_credit = kind in CREDITS
        day = value(invoice, "InvoiceDate")[:10]
        gross = value(
            invoice,
            "DocumentTotals/GrossTotal",
            "InvoiceDocumentTotals/GrossTotal",
            "GrossTotal",
        )
        amount = gross or exact_text(abs(credit - debit))
        paid = day if kind in PAID_AT_ONCE and not is_void else None
        state = "cancelled" if is_void else ("paid" if paid else None)
        self.items.add(
            (
                self.invoices.entries,
                value(invoice, "InvoiceNo") or None,
                "credit note" if is_credit else "invoice",
                value(invoice, "CustomerID", "CustomerInfo/CustomerID") or None,
                _lowered(amount) if is_credit else amount,
                day or None,
                value(invoice, "DueDate", "PaymentDueDate", "Settlement/PaymentDueDate") or None,
                paid,
                state,
                value(invoice, "PaymentTerms", "Settlement/PaymentTerms") or None,
                self.currency or None,
            )
        )

    def end_payment(self, payment: etree._Element) -> None:
        """Keep a receipt per customer it names, and what of it pays which document."""
        self.payments.entries += 1
        status = value(payment, "DocumentStatus/PaymentStatus", "PaymentStatus").casefold()
        lines, self._lines = self._lines, []
        self._ended(self.payments, is_void=status == CANCELLED)
        if status == CANCELLED:
            self.cancelled += 1
            return
        whole = value(payment, "CustomerID")
        if not lines and whole:
            amount = exact_amount(value(payment, "DocumentTotals/GrossTotal", "GrossTotal") or "0")
            lines = [("", amount or 0, whole)]
        owners = list(dict.fromkeys(customer or whole for _, _, customer in lines))
        for owner in filter(None, owners):
            self._keep(
                payment,
                [line for line in lines if (line[2] or whole) == owner],
                owner=owner,
                is_sole=len(owners) == 1,
            )

    def report(self, *, name: str, log: FindingLog, detected: dict[str, str | int]) -> None:
        """Log what differs from the file's own totals, and what was left out."""
        for control in (self.invoices, self.payments):
            control.report(name=name, log=log, detected=detected)
        if self.discounts:
            log.rows(
                of_file(name),
                code="settlement_discounts",
                value=str(self.discounts),
                action="kept",
                severity="warning",
                reason="so many lines of receipts grant a discount; only money is put on the "
                "documents, so the discount stays open until it is credited",
            )

    def _keep(
        self, payment: etree._Element, lines: list[Line], *, owner: str, is_sole: bool
    ) -> None:
        number = value(payment, "PaymentRefNo", "TransactionID")
        number = number if is_sole else f"{number}/{owner}"
        day = value(payment, "TransactionDate", "PaymentDate")[:10]
        total = sum(amount for _, amount, _ in lines)
        row = self.payments.entries
        if total > 0:
            way = value(payment, "PaymentMethod/PaymentMechanism", "PaymentMethod")
            self.paid.add(
                (
                    *(row, number, day, exact_text(total), way or None),
                    *(value(payment, "Description") or None, owner, self.currency or None),
                )
            )
        for source, item, amount in _laid(number, lines, total):
            self.settled.add((row, source, item, exact_text(amount), day, self.currency or None))

    def _ended(self, control: Control, *, is_void: bool) -> tuple[int, int]:
        """Return debit and credit of the document that ends; an annulled one counts in none."""
        debit, credit = self._sides
        self._sides = [0, 0]
        if not is_void:
            control.debit += debit
            control.credit += credit
        return debit, credit


def _laid(number: str, lines: list[Line], total: int) -> list[tuple[str, str, int]]:
    """Return (source, document, amount) of a receipt: credit notes it uses go before its money."""
    room = [(document, -amount) for document, amount, _ in lines if amount < 0 and document]
    room.append((number, max(total, 0)))
    found: list[tuple[str, str, int]] = []
    for document, amount, _ in lines:
        left = amount if document else 0
        for at, (source, has) in enumerate(room):
            if (taken := min(left, has)) > 0:
                found.append((source, document, taken))
                room[at] = (source, has - taken)
                left -= taken
    return found


def _sides(line: etree._Element, amount: str) -> tuple[int | None, int | None]:
    """Return debit and credit of a line: two elements, or one with an indicator."""
    sides: list[int | None] = []
    for side in ("DebitAmount", "CreditAmount"):
        text = value(line, f"{side}/Amount", side)
        sides.append(exact_amount(text) if text else 0)
    text = value(line, f"{amount}/Amount", amount)
    if not text or sides != [0, 0]:
        return sides[0], sides[1]
    told = exact_amount(text)
    is_debit = value(line, "DebitCreditIndicator").casefold().startswith("d")
    return (told, 0) if is_debit else (0, told)


def _lowered(amount: str) -> str:
    return amount if amount.startswith("-") else f"-{amount}"
