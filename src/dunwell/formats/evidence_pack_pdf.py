"""The evidence of a claim as a PDF, set by typst: PDF/A-3b and PDF/UA-1, the same bytes each time.

As with statements of account, every text reaches the template as data in one JSON document and
is shown as text, whatever it looks like: nothing of it is ever read as markup.
"""

import json
import re
import unicodedata
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from dunwell.engine.money import from_minor, minor_digits
from dunwell.formats.evidence_pack import Evidence, Party
from dunwell.formats.evidence_pack_words import pack_language, pack_words

TEMPLATE = Path(__file__).parent / "typst" / "evidence_pack.typ"
TRIES: tuple[tuple[bool, list[Any]], ...] = (
    (False, ["a-3b", "ua-1"]),
    (True, ["a-3b", "ua-1"]),
    (True, []),
)
"""With the machine's own fonts or without, and to which standards; the first that works."""
MINUS = "\N{MINUS SIGN}"
BREAK = "\N{ZERO WIDTH SPACE}"
LONG_WORD = re.compile(r"\S{23,}")
PART = 10
MOST_TEXT = 400
"""Characters of a note in the table; `history.csv` and `claim.json` hold all of it."""
NO_GLYPH = "could not be displayed"
"""What typst says when no font has a character that an archival PDF needs."""
PPM = 1_000_000


class EvidencePdfError(RuntimeError):
    """The evidence could not be set; the message is typst's."""


def evidence_pdf(evidence: Evidence) -> bytes:
    """Return the PDF of a claim in its company's language, dated on its day.

    The same evidence gives the same bytes. Raises EvidencePdfError when typst cannot set it.
    """
    inputs = {"claim": json.dumps(_data(evidence), ensure_ascii=False, sort_keys=True)}
    made_at = datetime.combine(evidence.as_of, time(), tzinfo=UTC)
    for with_system_fonts, standards in TRIES:
        try:
            found = _compiler(with_system_fonts=with_system_fonts).compile(
                sys_inputs=inputs, format="pdf", pdf_standards=standards, timestamp=made_at
            )
        except typst.TypstError as error:
            if standards and NO_GLYPH in str(error):
                continue
            raise EvidencePdfError(f"The evidence cannot be set: {error}") from error
        if isinstance(found, bytes):
            return found
    raise EvidencePdfError("The evidence cannot be set: typst gave no file.")


@lru_cache(maxsize=2)
def _compiler(*, with_system_fonts: bool) -> typst.Compiler:
    """Return a compiler that keeps its fonts and the parsed template from one to the next."""
    fonts = typst.Fonts(include_system_fonts=with_system_fonts)
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts)


def _data(evidence: Evidence) -> dict[str, object]:
    """Return everything the template shows, as text in the pack's language."""
    language = pack_language(evidence.language)
    words = pack_words(language)
    rate = format_percent(evidence.commission_ppm / PPM, "0.##%", locale=language)
    day = evidence.as_of
    return {
        "language": language,
        "words": dict(words),
        "day": [day.year, day.month, day.day],
        "company": _text(evidence.company),
        "pay_to": _lines(evidence.pay_to),
        "placement": _text(evidence.placement),
        "currency": evidence.currency,
        "facts": [
            [words["placement"], _text(evidence.placement)],
            [words["agency"], _text(evidence.agency)],
            [words["as_of"], _day(day, language)],
            [words["commission"], rate],
            [words["reason"], _text(evidence.reason)],
        ],
        "debtor": _debtor(evidence.debtor, words),
        **_tables(evidence, language),
    }


def _debtor(debtor: Party, words: Any) -> dict[str, object]:
    facts = [
        [words["number"], _text(debtor.number)],
        [words["country"], _text(debtor.country)],
        [words["vat_id"], _text(debtor.vat_id)],
    ]
    return {
        "name": _text(debtor.name),
        "address": _lines(debtor.address),
        "facts": [row for row in facts if row[1]],
        "reach": [[_text(text) for text in row] for row in debtor.reach],
    }


def _tables(evidence: Evidence, language: str) -> dict[str, object]:
    def money(minor: int) -> str:
        return _money(minor, evidence.currency, language)

    def day(value: date | None) -> str:
        return _day(value, language) if value else ""

    return {
        "items": [
            [
                _text(item.number),
                _text(item.reference),
                day(item.issued_on),
                day(item.due_on),
                str(item.days_past_due),
                money(item.amount_minor),
                money(item.open_minor),
                money(item.interest_minor),
                money(item.fees_minor),
            ]
            for item in evidence.items
        ],
        "totals": [
            money(evidence.open_minor),
            money(sum(item.interest_minor for item in evidence.items)),
            money(sum(item.fees_minor for item in evidence.items)),
        ],
        "bookings": [
            [day(row.on), _text(row.item), _text(row.source), _text(row.number),
             money(row.amount_minor)]
            for row in evidence.bookings
        ],
        "history": [
            [day(row.on), _text(row.kind), _text(row.channel), _text(row.result),
             _text(row.text)[:MOST_TEXT]]
            for row in evidence.contacts
        ],
        "agreements": [
            [_text(row.kind), _text(row.number), _text(row.status), day(row.made_on),
             day(row.due_on), day(row.ended_on), money(row.amount_minor)]
            for row in evidence.agreements
        ],
        "disputes": [
            [_text(row.item), _text(row.reason), day(row.opened_on), day(row.closed_on),
             _text(row.outcome), money(row.amount_minor)]
            for row in evidence.disputes
        ],
    }  # fmt: skip


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return format_date(value, "medium", locale=language)


def _money(minor: int, currency: str, language: str) -> str:
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(abs(from_minor(minor, currency)), pattern, locale=language)
    return f"{MINUS}{text}" if minor < 0 else text


def _text(value: str) -> str:
    """Return a text without control characters; a word longer than a column may be broken."""
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in value)
    return LONG_WORD.sub(lambda word: BREAK.join(_parts(word.group())), plain)


def _parts(word: str) -> list[str]:
    return [word[at : at + PART] for at in range(0, len(word), PART)]


def _lines(value: str) -> list[str]:
    parts = [_text(part).strip() for part in value.splitlines()]
    return [part for part in parts if part]
