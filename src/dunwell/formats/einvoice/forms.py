"""The forms in which an invoice of ours is handed out, and the file each of them is."""

import re
from collections.abc import Callable

from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.pdf import write_facturx
from dunwell.formats.einvoice.ubl_write import write_ubl

XML, PDF = "application/xml", "application/pdf"

WRITERS: dict[str, tuple[Callable[[InvoiceDocument, str], bytes], str]] = {
    "en16931_ubl": (write_ubl, "en16931"),
    "en16931_cii": (write_cii, "en16931"),
    "xrechnung_ubl": (write_ubl, "xrechnung"),
    "xrechnung_cii": (write_cii, "xrechnung"),
    "peppol": (write_ubl, "peppol"),
}
"""Forms that are XML: which syntax, and which specification."""

LEVELS = {
    "facturx": "en16931",
    "facturx_xrechnung": "xrechnung",
    "facturx_basic": "basic",
    "facturx_extended": "extended",
}
"""Forms that are a PDF with the XML inside, and their level."""

FORMS = (*WRITERS, *LEVELS)
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def einvoice_of(
    document: InvoiceDocument, form: str, *, pdf: bytes = b""
) -> tuple[bytes, str, str]:
    """Return an invoice in one of FORMS: its bytes, media type and file name.

    Factur-X needs the invoice for people to read as `pdf`, a PDF/A. Raises EInvoiceError for
    an unknown form, and for an invoice that the form cannot hold.
    """
    name = UNSAFE.sub("-", document.number).strip("-.") or "invoice"
    if form in WRITERS:
        write, key = WRITERS[form]
        return write(document, key), XML, f"{name}.xml"
    if form in LEVELS:
        return write_facturx(document, pdf, level=LEVELS[form]), PDF, f"{name}.pdf"
    raise EInvoiceError(
        f"There is no form {form[:40]!r} of an invoice",
        advice=f"Choose one of {', '.join(FORMS)}.",
    )
