"""Letters as one PDF to print: each on pages of its own, its address where a window shows it.

The words of a letter are those of its message and are not changed here: lines that begin with
spaces stay lines, other paragraphs run to the width of the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from babel.dates import format_date
from pypdf import PdfReader

from dunwell.formats.account_statement_pdf import Letterhead
from dunwell.formats.account_statement_words import words, written_language
from dunwell.formats.payment_code import PaymentCodeError, iban_in, payment_code_svg
from dunwell.formats.typesetting import plain, plain_lines, shown_money, typeset

US_LETTER = ("CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
"""Countries that print on US letter; A4 elsewhere (CLDR, paper size)."""

SPECIMEN: Mapping[str, str] = {
    "en": "TEST \N{EN DASH} DO NOT POST",
    "de": "TEST \N{EN DASH} NICHT VERSENDEN",
}
"""What stands across a letter while a company only tests."""


PAY: Mapping[str, tuple[str, str]] = {
    "en": ("Pay {amount} by scanning this code with a banking app.", "Payment code"),
    "de": ("{amount} bezahlen: diesen Code mit der Banking-App scannen.", "Zahlungscode"),
}
"""What stands beside a payment code, and what a reader that cannot show it says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One letter: its words, who writes to whom, and the day it is dated.

    `demand_minor` is what it asks for in `currency`; in euro, and where the bank details name an
    IBAN, it bears a payment code.
    """

    reference: str
    language: str
    subject: str
    body: str
    on: date
    head: Letterhead
    demand_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LetterSheets:
    """A PDF of letters; `first_pages` is the page each begins on, from 1, in their order."""

    pdf: bytes
    first_pages: tuple[int, ...]
    pages: int


def letters_pdf(letters: Sequence[Letter], *, country: str, is_specimen: bool) -> LetterSheets:
    """Return letters of one company as one PDF, on the paper of its country.

    The same letters give the same bytes: the file bears the day of the newest letter. Raises
    TypesettingError when it cannot be set, ValueError without a letter.
    """
    if not letters:
        raise ValueError("there is no letter to set")
    on = max(letter.on for letter in letters)
    first = letters[0]
    pdf = typeset(
        "letters",
        {
            "paper": "us-letter" if country in US_LETTER else "a4",
            "title": plain(first.subject if len(letters) == 1 else first.head.company),
            "company": plain(first.head.company),
            "day": [on.year, on.month, on.day],
            "specimen": SPECIMEN[written_language(first.language)] if is_specimen else "",
            "letters": [_letter(letter) for letter in letters],
        },
        on=on,
    )
    reader = PdfReader(BytesIO(pdf))
    begins = tuple(_page(reader, entry) for entry in reader.outline)
    return LetterSheets(pdf=pdf, first_pages=begins, pages=len(reader.pages))


def _page(reader: PdfReader, entry: object) -> int:
    """Return the page, from 1, of an entry of the outline: the heading of a letter."""
    found = reader.get_destination_page_number(entry)  # type: ignore[arg-type]
    return 1 + (found or 0)


def _letter(letter: Letter) -> dict[str, object]:
    language = written_language(letter.language)
    told = words(language)
    return {
        "language": language,
        "words": {"number": told["customer_number"], "page": told["page"]},
        "reference": plain(letter.reference),
        "sender": plain(letter.head.company),
        "address": [plain(letter.head.customer), *plain_lines(letter.head.address)],
        "on": format_date(letter.on, "long", locale=language),
        "subject": plain(letter.subject),
        "parts": _paragraphs(letter.body),
        "code": _code(letter, language),
    }


def _code(letter: Letter, language: str) -> dict[str, str] | None:
    """Return the payment code of a letter with its words, None where there is none for it."""
    try:
        svg = payment_code_svg(
            name=letter.head.company,
            iban=iban_in(letter.head.pay_to),
            amount_minor=letter.demand_minor,
            currency=letter.currency,
            text=letter.reference,
        )
    except PaymentCodeError:
        return None
    text, alt = PAY[language]
    amount = f"{shown_money(letter.demand_minor, letter.currency, language)} {letter.currency}"
    return {"svg": svg, "text": text.format(amount=amount), "alt": alt}


def _paragraphs(body: str) -> list[dict[str, object]]:
    """Return the paragraphs of a body; lists are those whose lines begin with spaces."""
    found: list[dict[str, object]] = []
    for part in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line for line in part.split("\n") if line.strip()]
        is_list = any(line.startswith("  ") for line in lines)
        # a greeting, a bank detail and a signature keep their lines; prose is wrapped anew
        prose = not is_list and max((len(line) for line in lines), default=0) > PROSE
        shown = [plain(line).strip() for line in lines]
        if shown:
            found.append({"is_list": is_list, "lines": [" ".join(shown)] if prose else shown})
    return found


PROSE = 60
"""A paragraph with a line longer than this was wrapped by hand; others keep their lines."""
