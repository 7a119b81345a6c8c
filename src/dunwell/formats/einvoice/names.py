"""Names of the standards: namespaces, and the specifications an invoice says it keeps to."""

from dataclasses import dataclass

from dunwell.formats.einvoice.findings import EInvoiceError

UBL_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
UBL_CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"

ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"

EN16931 = "urn:cen.eu:en16931:2017"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""Process (BT-23) of Peppol BIS Billing 3 and XRechnung 3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A specification we write: its name, BT-24, and BT-23."""

    name: str
    customization: str
    process: str = ""


PROFILES = {
    "en16931": Profile(name="EN 16931", customization=EN16931),
    "xrechnung": Profile(
        name="XRechnung 3.0",
        customization=f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
        process=BILLING,
    ),
    "peppol": Profile(
        name="Peppol BIS Billing 3.0",
        customization=f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        process=BILLING,
    ),
    "basic": Profile(
        name="Factur-X BASIC", customization=f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic"
    ),
    "extended": Profile(
        name="Factur-X EXTENDED",
        customization=f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended",
    ),
}

UBL_PROFILES = ("en16931", "xrechnung", "peppol")
CII_PROFILES = ("en16931", "xrechnung", "peppol", "basic", "extended")
FACTURX_LEVELS = ("en16931", "xrechnung", "basic", "extended")

SPECIFICATIONS = (
    ("xrechnung", "XRechnung"),
    ("poacc:billing", "Peppol BIS Billing 3.0"),
    ("poacc:selfbilling", "Peppol self-billing"),
    ("extended-ctc-fr", "Factur-X EXTENDED CTC FR"),
    ("factur-x.eu:1p0:minimum", "Factur-X MINIMUM"),
    ("factur-x.eu:1p0:basicwl", "Factur-X BASIC WL"),
    ("factur-x.eu:1p0:basic", "Factur-X BASIC"),
    ("factur-x.eu:1p0:extended", "Factur-X EXTENDED"),
    ("zugferd.de:2p0:minimum", "ZUGFeRD 2.0 MINIMUM"),
    ("zugferd.de:2p0:basicwl", "ZUGFeRD 2.0 BASIC WL"),
    ("zugferd.de:2p0:basic", "ZUGFeRD 2.0 BASIC"),
    ("zugferd.de:2p0:extended", "ZUGFeRD 2.0 EXTENDED"),
    ("ferd:crossindustrydocument:invoice:1p0:basic", "ZUGFeRD 1.0 BASIC"),
    ("ferd:crossindustrydocument:invoice:1p0:comfort", "ZUGFeRD 1.0 COMFORT"),
    ("ferd:crossindustrydocument:invoice:1p0:extended", "ZUGFeRD 1.0 EXTENDED"),
    ("ferd:invoice:", "ZUGFeRD 1.0"),
)
"""What stands in BT-24, most telling first, and how people call it."""


def profile(key: str, allowed: tuple[str, ...]) -> Profile:
    """Return one of the profiles we write; raises EInvoiceError for any other."""
    if key not in allowed:
        raise EInvoiceError(
            f"There is no profile {key[:40]!r} to write here",
            advice=f"Choose one of {', '.join(allowed)}.",
            where="BT-24",
        )
    return PROFILES[key]


def specification(customization: str) -> str:
    """Return how people call the specification of a BT-24; empty when it says none we know."""
    low = customization.strip().lower()
    for mark, name in SPECIFICATIONS:
        if mark in low:
            return name
    return "EN 16931" if low.startswith(EN16931) else ""
