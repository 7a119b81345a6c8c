"""What of an invoice fits the level BASIC of Factur-X; the rest stands in the PDF around it."""

from dataclasses import replace

from dunwell.engine.invoice_document import DocumentLine, DocumentParty, InvoiceDocument
from dunwell.formats.einvoice.findings import EInvoiceError

PERSON = {"contact": "", "phone": "", "email": ""}


def as_basic(document: InvoiceDocument) -> InvoiceDocument:
    """Return a document without what BASIC has no element for; all amounts stay.

    Raises EInvoiceError for a rounded amount due, which BASIC cannot say.
    """
    if document.totals.rounding_minor:
        raise EInvoiceError(
            "The amount due is rounded, and Factur-X BASIC has no room for that",
            advice="Choose the level EN 16931.",
            where="BT-114",
        )
    agent = document.representative
    pay_by = document.pay_by
    return replace(
        document,
        seller=_party(document.seller),
        buyer=_party(replace(document.buyer, trading_name="")),
        representative=agent and _party(agent),
        pay_by=pay_by and replace(pay_by, text="", account_name="", bic=""),
        lines=tuple(_line(line) for line in document.lines),
        sales_order="",
        project="",
        enclosed=(),
    )


def _party(party: DocumentParty) -> DocumentParty:
    return replace(party, legal_note="", **PERSON)


def _line(line: DocumentLine) -> DocumentLine:
    return replace(
        line,
        description="",
        seller_item="",
        buyer_item="",
        order_line="",
        allowances=tuple(
            replace(one, base_minor=None, percent_ppm=None) for one in line.allowances
        ),
    )
