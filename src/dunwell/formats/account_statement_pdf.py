"""A statement of account as a PDF, set by typst: PDF/A-3b and PDF/UA-1, the same bytes each time.

Every text reaches the template as data in one JSON document and is shown as text, whatever it
looks like: nothing of it is ever read as markup. Fonts are those inside typst, so that a
statement looks the same on every machine; characters they lack are taken from the machine's
own fonts, and where it has none either, the PDF keeps a box in their place and is a plain one.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date
from babel.numbers import format_decimal

from dunwell.engine.money import from_minor, minor_digits
from dunwell.formats.account_statement import Account, AccountDocument, digest
from dunwell.formats.account_statement_words import (
    bucket_words,
    kind_words,
    words,
    written_language,
)

TEMPLATE = Path(__file__).parent / "typst" / "account_statement.typ"
TRIES: tuple[tuple[bool, list[Any]], ...] = (
    (False, ["a-3b", "ua-1"]),
    (True, ["a-3b", "ua-1"]),
    (True, []),
)
"""With the machine's own fonts or without, and to which standards; the first that works."""
MINUS = "\N{MINUS SIGN}"
BREAK = "\N{ZERO WIDTH SPACE}"
PART = 10
LONG_WORD = re.compile(r"\S{23,}")
NO_GLYPH = "could not be displayed"
"""What typst says when no font has a character that an archival PDF needs."""


class StatementPdfError(RuntimeError):
    """The statement could not be set; the message is typst's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """Who writes, and to whom; texts as they are now, which the hash does not cover."""

    company: str
    reply_to: str
    pay_to: str
    customer: str
    address: str


def statement_pdf(document: AccountDocument, letterhead: Letterhead) -> bytes:
    """Return the PDF of a statement in its language.

    The same document and letterhead give the same bytes: its date is the last day of the span.
    Raises StatementPdfError when typst cannot set it.
    """
    data = json.dumps(_data(document, letterhead), ensure_ascii=False, sort_keys=True)
    inputs = {"statement": data}
    made_at = datetime.combine(document.to_on, time(), tzinfo=UTC)
    for with_system_fonts, standards in TRIES:
        try:
            found = _compiler(with_system_fonts=with_system_fonts).compile(
                sys_inputs=inputs, format="pdf", pdf_standards=standards, timestamp=made_at
            )
        except typst.TypstError as error:
            if standards and NO_GLYPH in str(error):
                continue
            raise StatementPdfError(f"The statement cannot be set: {error}") from error
        if isinstance(found, bytes):
            return found
    raise StatementPdfError("The statement cannot be set: typst gave no file.")


@lru_cache(maxsize=2)
def _compiler(*, with_system_fonts: bool) -> typst.Compiler:
    """Return a compiler that keeps its fonts and the parsed template from one to the next."""
    fonts = typst.Fonts(include_system_fonts=with_system_fonts)
    return typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts)


def _data(document: AccountDocument, letterhead: Letterhead) -> dict[str, object]:
    """Return everything the template shows, as text in the statement's language."""
    language = written_language(document.language)
    return {
        "language": language,
        "words": dict(words(language)),
        "number": _text(document.number),
        "sha256": digest(document),
        "day": [document.to_on.year, document.to_on.month, document.to_on.day],
        "span": f"{_day(document.from_on, language)} {words(language)['to']} "
        f"{_day(document.to_on, language)}",
        "known": _day(document.known_on, language),
        "company": _text(letterhead.company),
        "reply_to": _text(letterhead.reply_to),
        "pay_to": _lines(letterhead.pay_to),
        "customer": _text(letterhead.customer),
        "customer_number": _text(document.customer),
        "address": _lines(letterhead.address),
        "accounts": [_account(account, document, language) for account in document.accounts],
    }


def _account(account: Account, document: AccountDocument, language: str) -> dict[str, object]:
    def money(minor: int) -> str:
        return _money(minor, account.currency, language)

    shown = sum(max(minor, 0) for _, minor in account.buckets)
    return {
        "currency": account.currency,
        "opening": money(account.opening_minor),
        "opening_on": _day(document.from_on, language),
        "movements": money(account.movements_minor),
        "closing": money(account.closing_minor),
        "closing_on": _day(document.to_on, language),
        "open": money(account.open_minor),
        "overdue": money(account.overdue_minor),
        "is_credit": account.closing_minor < 0,
        "is_owed": account.closing_minor > 0,
        "buckets": [
            {
                "name": bucket_words(bucket, language),
                "amount": money(minor),
                "share": 1_000_000 * max(minor, 0) // shown if shown else 0,
            }
            for bucket, minor in account.buckets
        ],
        "lines": [
            [
                _day(line.on, language),
                kind_words(line.kind, language, other=_text(line.other)),
                _text(line.number),
                _text(line.reference),
                _day(line.due_on, language) if line.due_on else "",
                money(line.amount_minor),
                money(line.balance_minor),
            ]
            for line in account.lines
        ],
        "items": [
            [
                _day(row.issued_on, language),
                kind_words(row.kind, language),
                _text(row.number),
                _day(row.due_on, language),
                str(row.days_past_due) if row.days_past_due > 0 else "",
                money(row.amount_minor),
                money(row.open_minor),
            ]
            for row in account.open_items
        ],
        "cash": [
            [
                _day(row.value_on, language),
                _text(row.number),
                _text(row.reference),
                money(-row.unapplied_minor),
            ]
            for row in account.unapplied
        ],
        "unapplied": money(-account.unapplied_minor),
    }


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return format_date(value, "medium", locale=language)


def _money(minor: int, currency: str, language: str) -> str:
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(abs(from_minor(minor, currency)), pattern, locale=language)
    return f"{MINUS}{text}" if minor < 0 else text


def _text(value: str) -> str:
    """Return a text without control characters, which no font can show.

    A word longer than a column may be broken: it gets places where a line can end.
    """
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in value)
    return LONG_WORD.sub(lambda word: BREAK.join(_parts(word.group())), plain)


def _parts(word: str) -> list[str]:
    return [word[at : at + PART] for at in range(0, len(word), PART)]


def _lines(value: str) -> list[str]:
    parts = [_text(part).strip() for part in value.splitlines()]
    return [part for part in parts if part]
