"""The files of a batch of letters: PDFs of a hundred letters each, and a manifest of them.

Each letter begins on a sheet of its own and is printed on one side, so that sheets are pages.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from io import RawIOBase

from dunwell.formats.exports import Value, write_csv
from dunwell.formats.letters_pdf import LetterSheets, letters_pdf
from dunwell.formats.mail import AddressUnknown
from dunwell.formats.postcodes import postcode_in
from dunwell.formats.typesetting import TypesettingError
from dunwell.formats.zip_entries import zip_entry
from dunwell.models import Company, Message
from dunwell.queries.letters import batch_letters, letter_of

PART = 100
"""Letters in one PDF: set in well under a second, and still a stack a person can hold."""
MANIFEST = "manifest.csv"
MANIFEST_JSON = "manifest.json"
COLUMNS = (
    *("file", "first_page", "pages", "sheets", "message", "message_id", "customer_number"),
    *("customer", "address", "postcode", "country", "language", "subject", "sha256"),
    "file_sha256",
)
"""`sha256` is that of the letter's words, as they are kept; `file_sha256` of the PDF it is in."""


def part_name(number: int) -> str:
    """Return the name of a part, from 1."""
    return f"letters-{number:03d}.pdf"


def parts_of(letters: int) -> list[tuple[int, int, int]]:
    """Return (number, first, last) of each part of so many letters, all from 1."""
    starts = range(0, letters, PART)
    return [(n, at + 1, min(at + PART, letters)) for n, at in enumerate(starts, 1)]


def letter_part(company: Company, batch_id: int, number: int) -> bytes | None:
    """Return one part's PDF, None where there is none. Raises TypesettingError."""
    letters = batch_letters(company, batch_id)[(number - 1) * PART : number * PART]
    return _set(company, letters).pdf if letters and number > 0 else None


def letter_pdf(message: Message) -> bytes:
    """Return one letter as it will be printed. Raises TypesettingError."""
    return _set(message.company, [message]).pdf


def letters_zip(company: Company, batch_id: int) -> Iterator[bytes]:
    """Yield the zip of a batch piece by piece: its parts, and the manifest last.

    The same batch gives the same bytes. Raises TypesettingError.
    """
    letters, stream = batch_letters(company, batch_id), _Pieces()
    rows: list[tuple[Value, ...]] = []
    on = max((letter.as_of for letter in letters), default=date(1980, 1, 1))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, first, last in parts_of(len(letters)):
            part = letters[first - 1 : last]
            sheets = _set(company, part)
            archive.writestr(zip_entry(part_name(number), on=on), sheets.pdf)
            rows += _manifest(part_name(number), part, sheets)
            yield from stream.taken()
        archive.writestr(zip_entry(MANIFEST, on=on), write_csv(COLUMNS, rows))
        told = {"company": company.name, "batch": batch_id, "letters": len(letters)}
        listed = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        document = json.dumps({**told, "manifest": listed}, ensure_ascii=False, indent=1)
        archive.writestr(zip_entry(MANIFEST_JSON, on=on), document)
    yield from stream.taken()


def _set(company: Company, letters: Sequence[Message]) -> LetterSheets:
    try:
        sheets = [letter_of(letter) for letter in letters]
    except AddressUnknown as error:
        raise TypesettingError(str(error)) from error
    return letters_pdf(
        sheets,
        country=company.country,
        is_specimen=company.sending == Company.Sending.TEST,
    )


def _manifest(
    name: str, letters: Sequence[Message], sheets: LetterSheets
) -> Iterator[tuple[Value, ...]]:
    digest = hashlib.sha256(sheets.pdf).hexdigest()
    ends = (*sheets.first_pages[1:], sheets.pages + 1)
    for letter, first, end in zip(letters, sheets.first_pages, ends, strict=True):
        customer = letter.customer
        address = ", ".join(line for line in customer.address.splitlines() if line.strip())
        yield (
            *(name, first, end - first, end - first, letter.pk, letter.message_id),
            *(customer.number, customer.name, address, postcode_in(customer.address)),
            *(customer.country, letter.language, letter.subject, letter.body_sha256, digest),
        )


class _Pieces(RawIOBase):
    """What a zip writes, given away piece by piece; it cannot be wound back."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._waiting.append(piece)
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self._waiting = self._waiting, []
        yield from pieces
