"""One electronic invoice from bytes: whichever syntax it has, with what is wrong with it."""

from dataclasses import dataclass

from lxml import etree

from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.formats.einvoice.cii_read import currency_of, read_cii, renamed
from dunwell.formats.einvoice.elements import Node, local_name, parsed, unread
from dunwell.formats.einvoice.findings import FATAL, WARNING, EInvoiceError, Finding
from dunwell.formats.einvoice.names import specification
from dunwell.formats.einvoice.pdf import invoice_in_pdf
from dunwell.formats.einvoice.recognise import (
    CII_XML,
    CREDIT,
    OLD,
    PDF,
    UBL,
    known_root,
    national_ubl,
    recognised,
)
from dunwell.formats.einvoice.schema import schema_findings
from dunwell.formats.einvoice.sums import sum_findings
from dunwell.formats.einvoice.terms import Terms
from dunwell.formats.einvoice.ubl_read import read_ubl

SYNTAXES = {
    UBL: "UBL 2.1 invoice",
    CREDIT: "UBL 2.1 credit note",
    CII_XML: "UN/CEFACT CII",
    OLD: "ZUGFeRD 1.0",
}
"""How people call what a file is."""

LINELESS = ("MINIMUM", "BASIC WL")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadInvoice:
    """An electronic invoice that was read."""

    document: InvoiceDocument
    syntax: str
    """UBL, CREDIT, CII_XML or OLD of `recognise`."""
    in_pdf: bool
    specification: str
    """How people call what it says it keeps to; empty for none we know."""
    findings: tuple[Finding, ...]
    """What reading found; its rules are checked elsewhere (`jobs.invoice_rules`)."""
    not_carried: tuple[str, ...]
    """Places of what the file says beyond the document; empty: it converts without loss."""
    xml: bytes
    """The invoice itself, also of a PDF."""

    @property
    def is_lossless(self) -> bool:
        """Whether all the file says is in the document."""
        return not self.not_carried

    @property
    def syntax_name(self) -> str:
        """How people call what the file is."""
        name = SYNTAXES[self.syntax]
        return f"{name} in a PDF" if self.in_pdf else name

    @property
    def is_fatal(self) -> bool:
        """Whether reading found what makes its figures unfit for use."""
        return any(one.level == FATAL for one in self.findings)


def read_einvoice(data: bytes) -> ReadInvoice:
    """Return the invoice that a file is: UBL, CII, or a Factur-X or ZUGFeRD PDF.

    Raises EInvoiceError that names what the file is instead, or what it lacks to be an invoice.
    """
    syntax, root = recognised(data)
    xml = data
    if syntax == PDF:
        xml = invoice_in_pdf(data)
        root = parsed(xml)
        syntax = known_root(root)
    if root is None:  # pragma: no cover -- a PDF alone has none, and it has its invoice's now
        raise EInvoiceError("The file holds no XML", advice="Send the invoice itself.")
    clean = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return _read(root, syntax, xml=clean, in_pdf=xml is not data)


def _read(root: etree._Element, syntax: str, *, xml: bytes, in_pdf: bool) -> ReadInvoice:
    node = Node(root, set())
    if syntax in {UBL, CREDIT}:
        if dialect := national_ubl(node.text("CustomizationID")):
            raise EInvoiceError(
                f"This is {dialect}, which is not read here",
                advice="Ask for the invoice by EN 16931 (Peppol BIS Billing 3, XRechnung).",
                where="CustomizationID",
            )
        terms = Terms(node.text("DocumentCurrencyCode"))
        document = read_ubl(node, terms)
        name = specification(node.text("CustomizationID"))
        schema = schema_findings(root, syntax, name)
    else:
        name = specification(_guideline(root))
        schema = schema_findings(root, syntax, name)
        if syntax == OLD:
            renamed(root)
        terms = Terms(currency_of(node))
        document = read_cii(node, terms)
    findings = (*schema, *terms.findings, *_shape(document, name), *sum_findings(document))
    return ReadInvoice(
        document=document,
        syntax=syntax,
        in_pdf=in_pdf,
        specification=name,
        findings=findings,
        not_carried=unread(root, node.seen),
        xml=xml,
    )


def _guideline(root: etree._Element) -> str:
    """Return what a CII says it keeps to (BT-24), in the names of either version."""
    for one in root.iter():
        if local_name(one) == "GuidelineSpecifiedDocumentContextParameter":
            return "".join(str(text) for text in one.itertext()).strip()
    return ""


def _shape(document: InvoiceDocument, name: str) -> list[Finding]:
    found = []
    if not document.seller.name:
        found.append(
            Finding(rule="BR-06", level=FATAL, text="The seller has no name.", where="BT-27")
        )
    if not document.buyer.name:
        found.append(
            Finding(rule="BR-07", level=FATAL, text="The buyer has no name.", where="BT-44")
        )
    if not document.lines:
        is_meant = name.endswith(LINELESS)
        found.append(
            Finding(
                rule="BR-16",
                level=WARNING if is_meant else FATAL,
                text=(
                    f"{name} carries no lines; only the totals can be read."
                    if is_meant
                    else "The invoice has no lines."
                ),
                where="BG-25",
            )
        )
    return found
