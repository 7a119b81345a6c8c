"""Identities that stay the same at every delivery, so that a file read again adds nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from dunwell.formats.bank.statement import Entry, Statement

LENGTH = 32
"""Hexadecimal digits kept of a hash: 128 bits."""


def content_sha256(content: bytes) -> str:
    """Return the identity of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _hash(parts: Iterable[object]) -> str:
    text = "\x1f".join(" ".join(str(part).split()) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def statement_identity(statement: Statement) -> str:
    """Return what names the statement: kind, account, the bank's id and number, and its days.

    Two deliveries with this identity and another `statement_content` contradict each other.
    """
    return _hash(
        (
            statement.kind,
            statement.account,
            statement.currency,
            statement.identity or (statement.id, statement.sequence),
            statement.opening_on,
            statement.closing_on,
        )
    )


def statement_content(statement: Statement) -> str:
    """Return the hash of what the statement says: balances and entries, not how it is named."""
    entries = (_hash((entry.status, *_content(entry))) for entry in statement.entries)
    return _hash((statement.opening_minor, statement.closing_minor, *entries))


def money_identity(account: str, entry: Entry) -> str:
    """Return a key by which the same money is found again in another kind of message.

    An interim report, a notification and the statement of the day carry one booking under three
    statement ids. The key holds the account, the day, the amount and the bank's own reference;
    without one, the payer's references and text. Equal keys are a strong hint, no proof.
    """
    known = entry.bank_reference or (entry.end_to_end, entry.reference, entry.text)
    return _hash(("money", account, entry.value_on, entry.amount_minor, entry.currency, known))


def identified_statements(
    statements: Iterable[Statement], *, is_numbered: bool
) -> tuple[Statement, ...]:
    """Return the statements of one file with an `entry_id` on every entry.

    Like `identified`, and two statements of one file with the same name but other content (banks
    that never count on) stay two; the same content twice stays one.
    """
    known: dict[str, list[str]] = {}
    named = []
    for statement in statements:
        contents = known.setdefault(statement_identity(statement), [])
        content = statement_content(statement)
        if content not in contents:
            contents.append(content)
        named.append(
            identified(statement, is_numbered=is_numbered, ordinal=contents.index(content))
        )
    return tuple(named)


def identified(statement: Statement, *, is_numbered: bool, ordinal: int = 0) -> Statement:
    """Return the statement with an `entry_id` on every entry.

    Where statements are numbered the identity holds the statement's own id, so that equal lines
    of two statements stay two. Where they are mere downloads of a period (OFX, QIF, CSV) it does
    not, so that overlapping periods meet in the same entries. Equal lines of one statement are
    counted: the second coffee of the day is an entry of its own.
    """
    scope: tuple[object, ...] = (statement.account,)
    if is_numbered:
        scope = (statement_identity(statement), ordinal)
    seen: Counter[str] = Counter()
    named = []
    for entry in statement.entries:
        key = _hash((*scope, *_content(entry)))
        seen[key] += 1
        named.append(replace(entry, entry_id=key if seen[key] == 1 else _hash((key, seen[key]))))
    return replace(statement, entries=tuple(named))


def _content(entry: Entry) -> tuple[object, ...]:
    """Return what tells entries apart: the bank's reference alone, or everything it says."""
    money = (entry.value_on, entry.amount_minor, entry.currency)
    if entry.bank_reference:
        return (*money, entry.bank_reference, entry.end_to_end)
    return (
        *money,
        entry.booked_on,
        entry.reference,
        entry.end_to_end,
        entry.counterparty,
        entry.counterparty_account,
        entry.cheque_number,
        entry.text,
    )
