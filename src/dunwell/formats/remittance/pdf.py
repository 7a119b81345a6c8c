"""Text of PDF remittance advices; pictures of text are refused, nothing is guessed from them."""

import io
import logging
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from dunwell.formats.bank.statement import StatementError

PDF = b"%PDF"
MOST_PAGES = 100
"""Advices of real payers have a page for each 30 to 60 documents."""
MOST_TEXT = 2_000_000
"""Characters of text that are read."""
LEAST_TEXT = 20
"""Letters and digits below which a document is taken for a picture of text."""
DAMAGED = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    AssertionError,
    LookupError,
    OSError,
    MemoryError,
)
"""What the reader of PDF documents raises for damaged ones."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
# It tells every oddity of a document; what cannot be read is refused here with a sentence.


def is_pdf(content: bytes) -> bool:
    """Return whether the bytes are a PDF document; a few bytes may stand before its mark."""
    return PDF in content[:1024]


def pdf_text(content: bytes, name: str) -> str:
    """Return the text of a PDF, columns parted by blanks as they stand on the page.

    Raises StatementError for one that is damaged, encrypted, too long, or has no text.
    """
    try:
        text = "\n".join(_pages(content, name))
    except StatementError:
        raise
    except DAMAGED as error:
        raise StatementError(
            name,
            "whole file",
            f"the PDF is damaged ({type(error).__name__}). Ask the payer for it again",
        ) from error
    if sum(character.isalnum() for character in text) < LEAST_TEXT:
        raise StatementError(
            name,
            "whole file",
            "the PDF holds a picture of text and no text. Ask the payer for the advice as a sheet "
            "or mail, or enter it by hand",
        )
    return text


def _pages(content: bytes, name: str) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise StatementError(
            name, "whole file", "the PDF is locked by a password. Ask the payer for an open one"
        )
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise StatementError(
            name,
            f"page {MOST_PAGES + 1}",
            f"the PDF has {count} pages; {MOST_PAGES} are read. Send the advice alone",
        )
    size = 0
    for page in reader.pages:
        text = _page(page.extract_text(extraction_mode="layout"), page.extract_text())
        size += len(text)
        if size > MOST_TEXT:
            raise StatementError(name, "whole file", "the PDF holds more text than an advice")
        yield text


def _page(by_place: str, in_order: str) -> str:
    """Return the text by its place on the page, unless that reading lost some of it."""
    kept = sum(map(str.isalnum, by_place))
    return by_place if kept >= sum(map(str.isalnum, in_order)) else in_order
