"""A statement of account as PDF, set by typst: archival, accessible, the same bytes each time."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

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
from dunwell.formats.typesetting import TypesettingError, plain, plain_lines, typeset

MINUS = "\N{MINUS SIGN}"


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
    try:
        return typeset("account_statement", _data(document, letterhead), on=document.to_on)
    except TypesettingError as error:
        raise StatementPdfError(str(error)) from error


def _data(document: AccountDocument, letterhead: Letterhead) -> dict[str, object]:
    """Return everything the template shows, as text in the statement's language."""
    language = written_language(document.language)
    return {
        "language": language,
        "words": dict(words(language)),
        "number": plain(document.number),
        "sha256": digest(document),
        "day": [document.to_on.year, document.to_on.month, document.to_on.day],
        "span": f"{_day(document.from_on, language)} {words(language)['to']} "
        f"{_day(document.to_on, language)}",
        "known": _day(document.known_on, language),
        "company": plain(letterhead.company),
        "reply_to": plain(letterhead.reply_to),
        "pay_to": plain_lines(letterhead.pay_to),
        "customer": plain(letterhead.customer),
        "customer_number": plain(document.customer),
        "address": plain_lines(letterhead.address),
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
                kind_words(line.kind, language, other=plain(line.other)),
                plain(line.number),
                plain(line.reference),
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
                plain(row.number),
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
                plain(row.number),
                plain(row.reference),
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
