"""The terms of a payment plan as a PDF set by typst: the text that was offered, line by line.

The same terms give the same bytes. Who accepted stands below them, with the hash of the text.
"""

from dataclasses import dataclass
from datetime import date

from dunwell.formats.typesetting import plain, plain_lines, shown_day, typeset

PAGE_WORDS = {"en": "Page {page} of {pages}", "de": "Seite {page} von {pages}"}
"""What stands below every page, by language; others are set in English."""

ACCEPTED = {
    "en": "Accepted by {name} on {day}.",
    "de": "Angenommen von {name} am {day}.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTermsLetter:
    """All that the PDF says; `text` is the terms as `plan_terms_text` wrote them."""

    number: str
    language: str
    company: str
    sender: str
    customer: str
    customer_address: str
    text: str
    sha256: str
    offered_on: date
    accepted_by: str = ""
    accepted_on: date | None = None


def plan_letter_pdf(letter: PlanTermsLetter) -> bytes:
    """Return the PDF, dated the day of the offer; raise TypesettingError as `typeset` does."""
    return typeset("plan_letter", letter_data(letter), on=letter.offered_on)


def letter_data(letter: PlanTermsLetter) -> dict[str, object]:
    """Return what the template shows; two blanks before a line indent it by three millimetres."""
    language = letter.language if letter.language in PAGE_WORDS else "en"
    title, *lines = letter.text.rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    signed = ""
    if letter.accepted_by and letter.accepted_on is not None:
        signed = ACCEPTED[language].format(
            name=letter.accepted_by, day=shown_day(letter.accepted_on, language)
        )
    return {
        "language": language,
        "page": PAGE_WORDS[language],
        "company": plain(letter.company),
        "sender": plain_lines(letter.sender),
        "number": plain(letter.number),
        "day": [letter.offered_on.year, letter.offered_on.month, letter.offered_on.day],
        "shown_day": shown_day(letter.offered_on, language),
        "receiver": [plain(letter.customer), *plain_lines(letter.customer_address)],
        "title": plain(title.strip()),
        "lines": [
            {"text": plain(line.strip()), "indent": 5 if line.startswith("  ") else 0}
            for line in lines
        ],
        "signed": [plain(signed)] if signed else [],
        "sha256": letter.sha256,
    }
