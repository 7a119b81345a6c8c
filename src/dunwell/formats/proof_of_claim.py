"""A claim in an insolvency as a PDF, set by typst: PDF/A-3b, PDF/UA-1, the same bytes each time.

Texts reach the template as data and are shown as text. It is written in English or German and
lists every item with its interest up to the day the proceedings opened.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date
from babel.numbers import format_decimal

from dunwell.engine.money import from_minor, minor_digits

TEMPLATE = Path(__file__).parent / "typst" / "proof_of_claim.typ"
STANDARDS: tuple[tuple[bool, list[Any]], ...] = (
    (False, ["a-3b", "ua-1"]),
    (True, ["a-3b", "ua-1"]),
    (True, []),
)
"""With the machine's own fonts or without, and to which standards; the first that works."""

_EN = {
    "title": "Proof of claim",
    "page": "Page {page} of {pages}",
    "creditor": "Creditor",
    "debtor": "Debtor",
    "court": "Court",
    "reference": "File number",
    "opened": "Proceedings opened on",
    "file_by": "To be filed by",
    "number": "Our reference",
    "pay_to": "Payment to",
    "item": "Document",
    "issued": "Issued",
    "due": "Due",
    "principal": "Principal",
    "interest": "Interest",
    "total": "Total",
    "note": "Amounts in {currency}. Interest is claimed up to {opened}.",
    "place_date": "Place, date",
    "signature": "Signature",
}
_DE = {
    "title": "Forderungsanmeldung",
    "page": "Seite {page} von {pages}",
    "creditor": "Gläubiger",
    "debtor": "Schuldner",
    "court": "Gericht",
    "reference": "Aktenzeichen",
    "opened": "Verfahren eröffnet am",
    "file_by": "Anzumelden bis",
    "number": "Unser Zeichen",
    "pay_to": "Zahlung an",
    "item": "Beleg",
    "issued": "Ausgestellt",
    "due": "Fällig",
    "principal": "Hauptforderung",
    "interest": "Zinsen",
    "total": "Summe",
    "note": "Beträge in {currency}. Zinsen sind bis {opened} angemeldet.",
    "place_date": "Ort, Datum",
    "signature": "Unterschrift",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "de": _DE}


class ProofPdfError(RuntimeError):
    """The claim could not be set; the message is typst's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimLine:
    """One item claimed, in minor units."""

    number: str
    issued_on: date
    due_on: date
    amount_minor: int
    interest_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofOfClaim:
    """All that the document says; `language` other than German is written in English."""

    number: str
    language: str
    company: str
    pay_to: str
    customer: str
    address: str
    court: str
    reference: str
    currency: str
    opened_on: date
    file_by_on: date | None
    lines: tuple[ClaimLine, ...]

    @property
    def claim_minor(self) -> int:
        """Return the sum of principal and interest."""
        return sum(line.amount_minor + line.interest_minor for line in self.lines)


def proof_of_claim_pdf(claim: ProofOfClaim) -> bytes:
    """Return the PDF; the same claim gives the same bytes, dated the day of the opening.

    Raises ProofPdfError when typst cannot set it.
    """
    inputs = {"claim": json.dumps(_data(claim), ensure_ascii=False, sort_keys=True)}
    made_at = datetime.combine(claim.opened_on, time(), tzinfo=UTC)
    said = "typst gave no file."
    for with_system_fonts, standards in STANDARDS:
        try:
            found = _compiler(with_system_fonts=with_system_fonts).compile(
                sys_inputs=inputs, format="pdf", pdf_standards=standards, timestamp=made_at
            )
        except typst.TypstError as error:
            said = str(error)
            continue
        if isinstance(found, bytes):
            return found
    raise ProofPdfError(f"The claim cannot be set: {said}")


@lru_cache(maxsize=2)
def _compiler(*, with_system_fonts: bool) -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=with_system_fonts)
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts)


def _data(claim: ProofOfClaim) -> dict[str, object]:
    language = "de" if claim.language.startswith("de") else "en"
    w = WORDS[language]

    def day(value: date) -> str:
        return format_date(value, "medium", locale=language)

    def money(minor: int) -> str:
        digits = minor_digits(claim.currency)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text: str = format_decimal(from_minor(minor, claim.currency), pattern, locale=language)
        return text

    facts = (
        (w["creditor"], claim.company),
        (w["debtor"], ", ".join(filter(None, (claim.customer, *claim.address.splitlines())))),
        (w["court"], claim.court),
        (w["reference"], claim.reference),
        (w["opened"], day(claim.opened_on)),
        (w["file_by"], day(claim.file_by_on) if claim.file_by_on else ""),
        (w["number"], claim.number),
        (w["pay_to"], ", ".join(claim.pay_to.splitlines())),
    )
    principal = sum(line.amount_minor for line in claim.lines)
    interest = sum(line.interest_minor for line in claim.lines)
    return {
        "language": language,
        "words": dict(w),
        "number": _plain(claim.number),
        "company": _plain(claim.company),
        "day": [claim.opened_on.year, claim.opened_on.month, claim.opened_on.day],
        "facts": [[name, _plain(value)] for name, value in facts if value],
        "heads": [w[key] for key in ("item", "issued", "due", "principal", "interest", "total")],
        "lines": [
            [
                _plain(line.number),
                day(line.issued_on),
                day(line.due_on),
                money(line.amount_minor),
                money(line.interest_minor),
                money(line.amount_minor + line.interest_minor),
            ]
            for line in claim.lines
        ],
        "totals": [
            w["total"],
            "",
            "",
            money(principal),
            money(interest),
            money(claim.claim_minor),
        ],
        "note": w["note"].format(currency=claim.currency, opened=day(claim.opened_on)),
    }


def _plain(value: str) -> str:
    """Return a text without control characters, which no font can show."""
    return "".join(sign if sign.isprintable() else " " for sign in value)
