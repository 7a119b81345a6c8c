"""The claim in an insolvency as a PDF: what it says, in two languages, the same bytes each time."""

from datetime import date
from io import BytesIO

from pypdf import PdfReader

from dunwell.formats.proof_of_claim import ClaimLine, ProofOfClaim, proof_of_claim_pdf

LINES = (
    ClaimLine(number="R-1", issued_on=date(2026, 1, 2), due_on=date(2026, 2, 1),
              amount_minor=1_000_00, interest_minor=8_44),
    ClaimLine(number="#set text(red)", issued_on=date(2026, 1, 3), due_on=date(2026, 2, 2),
              amount_minor=234_50, interest_minor=0),
)  # fmt: skip


def claim(**changes):
    values = {
        "number": "LM-7", "language": "en", "company": "Northwind", "pay_to": "IBAN DE00",
        "customer": "Acme", "address": "Street 1\nBerlin", "court": "AG Charlottenburg",
        "reference": "36 IN 7/26", "currency": "EUR", "opened_on": date(2026, 3, 1),
        "file_by_on": date(2026, 4, 15), "lines": LINES, **changes,
    }  # fmt: skip
    return ProofOfClaim(**values)


def text_of(data):
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_it_lists_every_item_with_its_interest_and_what_they_sum_to():
    text = text_of(proof_of_claim_pdf(claim()))
    for part in (
        "Proof of claim", "36 IN 7/26", "AG Charlottenburg", "Apr 15, 2026", "R-1", "1,000.00",
        "8.44", "1,008.44", "#set text(red)", "234.50", "1,234.50", "1,242.94",
        "Interest is claimed up to Mar 1, 2026",
    ):  # fmt: skip
        assert part in text, part


def test_a_german_customer_reads_german_and_the_bytes_stay_the_same():
    first = proof_of_claim_pdf(claim(language="de", file_by_on=None))
    assert "Forderungsanmeldung" in text_of(first) and "1.242,94" in text_of(first)
    assert "Anzumelden bis" not in text_of(first)
    assert proof_of_claim_pdf(claim(language="de", file_by_on=None)) == first
