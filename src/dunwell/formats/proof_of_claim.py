"""A claim in an insolvency as a PDF, set by typst: PDF/A-3b, PDF/UA-1, the same bytes each time.

Texts reach the template as data and are shown as text. It is written in English or German and
lists every item with its interest up to the day the proceedings opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.formats.typesetting import plain, shown_day, shown_money, typeset

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

    Raises TypesettingError when typst cannot set it.
    """
    return typeset("proof_of_claim", _data(claim), on=claim.opened_on)


def _data(claim: ProofOfClaim) -> dict[str, object]:
    language = "de" if claim.language.startswith("de") else "en"
    w = WORDS[language]

    def day(value: date) -> str:
        return shown_day(value, language)

    def money(minor: int) -> str:
        return shown_money(minor, claim.currency, language)

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
        "number": plain(claim.number),
        "company": plain(claim.company),
        "day": [claim.opened_on.year, claim.opened_on.month, claim.opened_on.day],
        "facts": [[name, plain(value)] for name, value in facts if value],
        "heads": [w[key] for key in ("item", "issued", "due", "principal", "interest", "total")],
        "lines": [
            [
                plain(line.number),
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
