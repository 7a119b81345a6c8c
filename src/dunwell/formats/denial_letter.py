"""The letter that denies a disputed claim, as a PDF set by typst.

Its words come from the dispute policy and are shown as text. The same letter gives the same bytes.
"""

from dataclasses import dataclass
from datetime import date

from dunwell.formats.typesetting import plain, plain_lines, shown_day, typeset

PAGE_WORDS = {"en": "Page {page} of {pages}", "de": "Seite {page} von {pages}"}
"""What stands below every page, by language; others are set in English."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DenialLetter:
    """All that the letter says; `text` is its subject, an empty line, and its paragraphs."""

    number: str
    language: str
    company: str
    sender: str
    customer: str
    customer_address: str
    text: str
    written_on: date


def denial_letter_pdf(letter: DenialLetter) -> bytes:
    """Return the PDF, dated the day it was written; raise TypesettingError as `typeset` does."""
    return typeset("denial_letter", letter_data(letter), on=letter.written_on)


def letter_data(letter: DenialLetter) -> dict[str, object]:
    """Return what the template shows: single line breaks are set as spaces, empty lines part."""
    language = letter.language if letter.language in PAGE_WORDS else "en"
    subject, _, body = letter.text.strip().partition("\n\n")
    *paragraphs, closing = body.split("\n\n") if body else [""]
    return {
        "language": language,
        "page": PAGE_WORDS[language],
        "company": plain(letter.company),
        "sender": plain_lines(letter.sender),
        "number": plain(letter.number),
        "day": [letter.written_on.year, letter.written_on.month, letter.written_on.day],
        "shown_day": shown_day(letter.written_on, language),
        "receiver": [plain(letter.customer), *plain_lines(letter.customer_address)],
        "subject": plain(subject),
        "paragraphs": [plain(" ".join(part.split())) for part in paragraphs if part.strip()],
        # the greeting and the names below it keep their lines
        "closing": plain_lines(closing),
    }
