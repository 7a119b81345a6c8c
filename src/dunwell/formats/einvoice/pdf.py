"""Factur-X and ZUGFeRD: the invoice inside a PDF, taken out and put in (PDF/A-3)."""

import io
import logging
from collections.abc import Iterator

import facturx
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.names import FACTURX_LEVELS
from dunwell.formats.einvoice.recognise import MOST_XML_BYTES

INVOICE_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""How the invoice inside a PDF is called, compared in lower case."""

OTHER_NAMES = {"order-x.xml": "a PDF with an Order-X order, not an invoice"}

EMBEDDED_LEVELS = {"xrechnung": "en16931"}
"""The levels that the library knows an XRechnung by, whose schema is that of EN 16931."""

DAMAGE = (
    *(PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(RecursionError, NotImplementedError, OSError),
)
"""What reading a damaged PDF may raise."""

logging.getLogger("facturx").setLevel(logging.CRITICAL)


def invoice_in_pdf(data: bytes) -> bytes:
    """Return the XML of the invoice inside a PDF; raises EInvoiceError when there is none."""
    try:
        found = dict(_attachments(data))
    except DAMAGE as error:
        raise EInvoiceError(
            f"The PDF cannot be read: {str(error)[:120] or type(error).__name__}",
            advice="Ask for the file as it left the system that made it.",
        ) from error
    for name in INVOICE_NAMES:
        if name in found:
            return found[name]
    for name, what in OTHER_NAMES.items():
        if name in found:
            raise EInvoiceError(
                f"This is {what}, which is not read here", advice="Ask for the invoice."
            )
    raise EInvoiceError(
        "This is a plain PDF: there is no electronic invoice (factur-x.xml) inside",
        advice="Ask for it as Factur-X, ZUGFeRD, UBL or CII; a PDF alone is for people to read.",
    )


def write_facturx(document: InvoiceDocument, pdf: bytes, *, level: str = "en16931") -> bytes:
    """Return a PDF/A-3 with the invoice inside as CII of one of FACTURX_LEVELS.

    `pdf` is the invoice for people to read, itself a PDF/A, or the result is none. Raises
    EInvoiceError for a level we do not write, for an invoice the level's schema does not hold,
    and for bytes that are no PDF.
    """
    if level not in FACTURX_LEVELS:
        raise EInvoiceError(
            f"There is no level {level[:40]!r} to write",
            advice=f"Choose one of {', '.join(FACTURX_LEVELS)}.",
        )
    if not pdf.startswith(b"%PDF-"):
        raise EInvoiceError("The printed invoice is no PDF", advice="Make the PDF first.")
    xml = write_cii(document, level)
    kind = "credit note" if document.kind == "381" else "invoice"
    try:
        made = facturx.generate_from_binary(
            pdf,
            xml,
            flavor="factur-x",
            level=EMBEDDED_LEVELS.get(level, level),
            check_xsd=True,
            check_schematron=False,
            pdf_metadata={
                "author": document.seller.name,
                "keywords": f"Factur-X, {kind}",
                "title": f"{document.seller.name}: {kind} {document.number}",
                "subject": f"{kind.capitalize()} {document.number} of {document.issued_on}",
            },
            afrelationship="data" if level == "basic" else "alternative",
        )
    # the library raises bare Exception for a file its schema refuses
    except Exception as error:
        raise EInvoiceError(
            f"Invoice {document.number[:40]} does not fit Factur-X {level}: {str(error)[-300:]}",
            advice="Choose another level, or complete the invoice.",
        ) from error
    return bytes(made)


def _attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise ValueError("it is encrypted")
    for one in reader.attachment_list:
        name = (one.name or "").rpartition("/")[2].lower()
        if name not in INVOICE_NAMES and name not in OTHER_NAMES:
            continue
        content = one.content
        if len(content) > MOST_XML_BYTES:
            raise ValueError("the invoice inside is too large")
        yield name, content
