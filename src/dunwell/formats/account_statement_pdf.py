"""A statement of account as PDF, set by typst: archival, accessible, the same bytes each time."""

from dataclasses import dataclass

from dunwell.formats.account_statement import Account, AccountDocument, digest
from dunwell.formats.account_statement_words import (
    bucket_words,
    kind_words,
    words,
    written_language,
)
from dunwell.formats.typesetting import plain, plain_lines, shown_day, shown_money, typeset


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
    Raises TypesettingError when typst cannot set it.
    """
    return typeset("account_statement", _data(document, letterhead), on=document.to_on)


def _data(document: AccountDocument, letterhead: Letterhead) -> dict[str, object]:
    """Return everything the template shows, as text in the statement's language."""
    language = written_language(document.language)
    return {
        "language": language,
        "words": dict(words(language)),
        "number": plain(document.number),
        "sha256": digest(document),
        "day": [document.to_on.year, document.to_on.month, document.to_on.day],
        "span": f"{shown_day(document.from_on, language)} {words(language)['to']} "
        f"{shown_day(document.to_on, language)}",
        "known": shown_day(document.known_on, language),
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
        return shown_money(minor, account.currency, language)

    shown = sum(max(minor, 0) for _, minor in account.buckets)
    return {
        "currency": account.currency,
        "opening": money(account.opening_minor),
        "opening_on": shown_day(document.from_on, language),
        "movements": money(account.movements_minor),
        "closing": money(account.closing_minor),
        "closing_on": shown_day(document.to_on, language),
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
                shown_day(line.on, language),
                kind_words(line.kind, language, other=plain(line.other)),
                plain(line.number),
                plain(line.reference),
                shown_day(line.due_on, language) if line.due_on else "",
                money(line.amount_minor),
                money(line.balance_minor),
            ]
            for line in account.lines
        ],
        "items": [
            [
                shown_day(row.issued_on, language),
                kind_words(row.kind, language),
                plain(row.number),
                shown_day(row.due_on, language),
                str(row.days_past_due) if row.days_past_due > 0 else "",
                money(row.amount_minor),
                money(row.open_minor),
            ]
            for row in account.open_items
        ],
        "cash": [
            [
                shown_day(row.value_on, language),
                plain(row.number),
                plain(row.reference),
                money(-row.unapplied_minor),
            ]
            for row in account.unapplied
        ],
        "unapplied": money(-account.unapplied_minor),
    }
