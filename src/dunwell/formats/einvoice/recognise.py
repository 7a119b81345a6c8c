"""What a file is: an invoice we read, or something else, which is named and refused."""

import re
from dataclasses import dataclass

from lxml import etree

from dunwell.formats.einvoice.elements import local_name, parsed
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.names import CII, UBL_CREDIT_NOTE, UBL_INVOICE, ZUGFERD_1

MOST_BYTES = 20 * 1024 * 1024
"""Bytes of one file."""

MOST_XML_BYTES = 10 * 1024 * 1024
"""Bytes of the invoice itself; attachments count, as they are inside it."""

PDF, UBL, CREDIT, CII_XML, OLD = "pdf", "ubl-invoice", "ubl-credit-note", "cii", "zugferd-1"

READ = {
    (UBL_INVOICE, "Invoice"): UBL,
    (UBL_CREDIT_NOTE, "CreditNote"): CREDIT,
    (CII, "CrossIndustryInvoice"): CII_XML,
    (ZUGFERD_1, "CrossIndustryDocument"): OLD,
}
"""Roots of what we read."""

ASK = "Ask for the invoice as UBL, CII (XRechnung, Peppol BIS) or Factur-X."
UBL_SPACE = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(?P<name>\w+)-2$")
UBL_OTHERS = {
    "Order": "a purchase order",
    "OrderResponse": "an answer to an order",
    "OrderChange": "a change of an order",
    "OrderCancellation": "a cancelled order",
    "DespatchAdvice": "a despatch advice",
    "ReceiptAdvice": "a receipt advice",
    "ApplicationResponse": "a response to a document, not a document",
    "Catalogue": "a catalogue",
    "Statement": "an account statement",
    "Reminder": "a reminder",
    "RemittanceAdvice": "a remittance advice",
    "DebitNote": "a debit note",
    "SelfBilledInvoice": "a self-billed invoice",
    "SelfBilledCreditNote": "a self-billed credit note",
    "FreightInvoice": "a freight invoice",
    "UtilityStatement": "a utility statement",
    "Quotation": "a quotation",
}
"""Other UBL documents."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """How a format that we do not read is known by its root, and what it is called."""

    space: str
    root: str
    name: str

    def fits(self, space: str, root: str) -> bool:
        """Return whether a root element is this format's."""
        return re.search(self.space, space, re.IGNORECASE) is not None and (
            re.fullmatch(self.root, root) is not None
        )


FOREIGN = (
    Foreign("fatturapa|fatture/v1", "FatturaElettronica(Semplificata)?", "a FatturaPA (Italy)"),
    Foreign("ebinterface", "Invoice", "an ebInterface invoice (Austria)"),
    Foreign("facturae", "Facturae", "a Facturae invoice (Spain)"),
    Foreign("crd.gov.pl", "Faktura", "a KSeF FA invoice (Poland)"),
    Foreign("", "Faktura", "a KSeF FA invoice (Poland)"),
    Foreign("", "cXML", "a cXML message (Ariba)"),
    Foreign("sfti:documents|svefaktura", "Invoice", "a Svefaktura (Sweden)"),
    Foreign("isdoc", "(Invoice|CommonDocument)", "an ISDOC invoice (Czechia)"),
    Foreign("finvoice", "Finvoice", "a Finvoice (Finland)"),
    Foreign("", "Finvoice", "a Finvoice (Finland)"),
    Foreign("teapps", "INVOICE_CENTER", "a TEAPPSXML invoice (Finland)"),
    Foreign("", "INVOICE", "an openTRANS invoice"),
    Foreign("opentrans", ".*", "an openTRANS document"),
    Foreign("osa/", "(InvoiceData|Invoice)", "a NAV Online Számla invoice (Hungary)"),
    Foreign("gs1:ecom:invoice|ean.ucc", ".*", "a GS1 XML invoice"),
    Foreign("sat.gob.mx", "Comprobante", "a CFDI (Mexico)"),
    Foreign("portalfiscal", "(nfeProc|NFe)", "a nota fiscal (Brazil)"),
    Foreign("e-fff|efff", ".*", "an e-FFF invoice (Belgium)"),
    Foreign("CrossIndustryOrder|SCRDMCCBDACIOMessage", ".*", "an Order-X order, not an invoice"),
    Foreign("CrossIndustryOrder", ".*", "an Order-X order, not an invoice"),
    Foreign("CrossDomainAcknowledgement", ".*", "a response to an invoice, not an invoice"),
    Foreign("StandardBusinessDocumentHeader", ".*", "a Peppol envelope (SBDH) around a document"),
    Foreign("schemas.xmlsoap.org|soap-envelope", ".*", "a SOAP message"),
    Foreign("iso:std:iso:20022", "Document", "a bank message (ISO 20022)"),
    Foreign("xhtml", "html", "a web page"),
    Foreign("", "(html|HTML)", "a web page"),
    Foreign("purl.oclc.org/dsdl/svrl", ".*", "a report of a validation, not an invoice"),
)
"""First that fits wins."""

MAGIC = (
    (b"PK\x03\x04", "a ZIP archive, or an Office file"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"RIFF", "an image or sound (RIFF)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file or Outlook message"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF text"),
    (b"%!PS", "a PostScript print"),
    (b"UNA", "an EDIFACT message"),
    (b"UNB+", "an EDIFACT message"),
    (b"ISA*", "an X12 message"),
    (b"ISA~", "an X12 message"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
"""How files begin, and what they are."""

MESSAGE = re.compile(rb"UNH\+[^+]*\+(?P<type>[A-Z]{6})")
SET = re.compile(rb"ST[*|~^](?P<type>\d{3})[*|~^]")
ADVICE_BY_NAME = {
    "a ZIP archive, or an Office file": "Unpack it, or send archives on the page for many files.",
}


def recognised(data: bytes) -> tuple[str, etree._Element | None]:
    """Return what a file is (PDF, UBL, CREDIT, CII_XML or OLD) and the root of its XML.

    Raises EInvoiceError that names what it is instead, and for one beyond MOST_BYTES.
    """
    if not data.strip():
        raise EInvoiceError("The file is empty", advice="Export or save it again.")
    if len(data) > MOST_BYTES:
        raise EInvoiceError(
            f"The file has {len(data) // 1024**2} MB; {MOST_BYTES // 1024**2} MB are read",
            advice="Send the invoice without its large attachments.",
        )
    if b"%PDF-" in data[:1024]:
        return PDF, None
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, name in MAGIC:
        if start.startswith(mark):
            raise _not(_message(data, name))
    if not _may_be_xml(data):
        raise _not(_text(start))
    if len(data) > MOST_XML_BYTES:
        raise EInvoiceError(
            f"The XML has {len(data) // 1024**2} MB; {MOST_XML_BYTES // 1024**2} MB are read",
            advice="Send the invoice without its large attachments.",
        )
    root = parsed(data)
    return known_root(root), root


def known_root(root: etree._Element) -> str:
    """Return what an XML is by its root; raises EInvoiceError that names what it is instead."""
    space = etree.QName(root).namespace or ""
    name = local_name(root)
    found = READ.get((space, name))
    if found:
        return found
    if (match := UBL_SPACE.match(space)) is not None:
        what = UBL_OTHERS.get(match["name"], f"a UBL {match['name'][:40]}")
        raise _not(f"{what} (UBL {match['name'][:40]})")
    if "oioubl" in space.lower() or space.startswith("http://rep.oio.dk"):
        raise _not("an OIOXML invoice (Denmark)")
    for one in FOREIGN:
        if one.fits(space, name):
            raise _not(one.name)
    raise _not(f"XML with the root {name[:60]}" + (f" of {space[:80]}" if space else ""))


def national_ubl(customization: str) -> str:
    """Return the name of a UBL dialect older than EN 16931; empty for none."""
    low = customization.lower()
    if "oioubl" in low:
        return "an OIOUBL invoice (Denmark)"
    if "www.cenbii.eu" in low or "bii.eu:transaction" in low:
        return "an invoice of Peppol BIS 2 (CEN BII), which ended in 2019"
    return ""


def _message(data: bytes, name: str) -> str:
    if "EDIFACT" in name and (found := MESSAGE.search(data[:4096])) is not None:
        return f"an EDIFACT {found['type'].decode()} message"
    if "X12" in name and (found := SET.search(data[:4096])) is not None:
        return f"an X12 {found['type'].decode()} message"
    return name


def _may_be_xml(data: bytes) -> bool:
    start = data[:64]
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")):
        return True
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _text(start: bytes) -> str:
    if start.startswith((b"{", b"[")):
        return "JSON data"
    if b"\x00" in start:
        return "a file of a kind we do not know"
    return "a text or table, not an electronic invoice"


def _not(what: str) -> EInvoiceError:
    advice = ADVICE_BY_NAME.get(what, ASK)
    return EInvoiceError(f"This is {what}, which is not read here", advice=advice)
