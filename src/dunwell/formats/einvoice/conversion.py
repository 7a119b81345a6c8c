"""An electronic invoice in another syntax, where nothing it says is lost."""

from collections.abc import Callable
from dataclasses import dataclass

from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.findings import FATAL, EInvoiceError
from dunwell.formats.einvoice.forms import UNSAFE
from dunwell.formats.einvoice.reading import read_einvoice
from dunwell.formats.einvoice.ubl_write import write_ubl

SHOWN = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """A syntax and specification to convert to."""

    label: str
    write: Callable[[InvoiceDocument, str], bytes]
    profile: str


CONVERSIONS = {
    "ubl": Conversion(label="UBL, EN 16931", write=write_ubl, profile="en16931"),
    "cii": Conversion(label="CII, EN 16931", write=write_cii, profile="en16931"),
    "xrechnung_ubl": Conversion(label="UBL, XRechnung", write=write_ubl, profile="xrechnung"),
    "xrechnung_cii": Conversion(label="CII, XRechnung", write=write_cii, profile="xrechnung"),
    "peppol": Conversion(label="UBL, Peppol BIS 3", write=write_ubl, profile="peppol"),
    "peppol_cii": Conversion(label="CII, Peppol BIS 3", write=write_cii, profile="peppol"),
}


def converted(data: bytes, to: str) -> tuple[bytes, str]:
    """Return a file's invoice as one of CONVERSIONS, and a file name.

    Raises EInvoiceError for a file that is no invoice, one whose figures are broken, and one
    that says what the other syntax would not carry: the places are named.
    """
    if to not in CONVERSIONS:
        raise EInvoiceError(
            f"There is no format {to[:40]!r} to convert to",
            advice=f"Choose one of {', '.join(CONVERSIONS)}.",
        )
    read = read_einvoice(data)
    for one in read.findings:
        if one.level == FATAL:
            raise EInvoiceError(
                one.text.rstrip("."),
                advice="An invoice that breaks its own rules is not converted.",
                where=one.where,
                rule=one.rule,
            )
    if not read.is_lossless:
        places = ", ".join(read.not_carried[:SHOWN])
        more = len(read.not_carried) - SHOWN
        raise EInvoiceError(
            f"Converting would lose what stands at {places}"
            + (f" and {more} other places" if more > 0 else ""),
            advice="Use the file as it is.",
        )
    chosen = CONVERSIONS[to]
    name = UNSAFE.sub("-", read.document.number).strip("-.") or "invoice"
    made = chosen.write(read.document, chosen.profile)
    back = read_einvoice(made).document
    if _facts(back) != _facts(read.document):
        raise EInvoiceError(
            "The other syntax has no room for all of this invoice",
            advice="Use the file as it is.",
        )
    return made, f"{name}-{to.replace('_', '-')}.xml"


def _facts(document: InvoiceDocument) -> dict[str, object]:
    """Return a document's fields without the two that name the specification."""
    return {
        name: getattr(document, name)
        for name in document.__dataclass_fields__
        if name not in {"customization", "profile"}
    }
