"""Statements of our accounts as pages and the API show them, with what was found in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import BankEntry, BankStatement, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

BLOCKING = ("statement_gap", "balance_gap")
"""Findings that say money may be missing; the feed ends before them until one is accepted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundRow:
    """Something true of a statement that a person should see; `is_blocking`: the feed stops."""

    code: str
    place: str
    reason: str
    severity: str
    is_blocking: bool
    accepted_by: str
    accepted_reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRow:
    """A statement of an account; amounts in minor units, empty where the file tells none."""

    id: int
    file_id: int
    account_id: int
    kind: str
    number: str
    sequence: str
    currency: str
    opening_on: date | None
    closing_on: date | None
    opening_minor: int | None
    entries_minor: int
    closing_minor: int | None
    entries: int
    findings: tuple[FoundRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementCard:
    """A statement with its sums: opening + listed + told before = closing, where it tells both.

    `known_minor` and `known` are entries an earlier file told; they are listed there.
    """

    row: StatementRow
    account: str
    account_name: str
    file_name: str
    listed: int
    listed_minor: int
    known: int
    known_minor: int
    not_booked: int
    ties: bool | None


def statement_rows(
    company: Company,
    *,
    account_id: int | None = None,
    file_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[StatementRow]:
    """Return one page of statements, the last closing day first; a file's in its own order."""
    found = BankStatement.objects.filter(company=company)
    if account_id is not None:
        found = found.filter(account=account_id)
    limit = page_limit(limit)
    if file_id is not None:
        # a file may hold statements without any day; they come with its own list
        return _file_statements(found.filter(file=file_id), cursor=cursor, limit=limit)
    rows = (
        found.filter(closing_on__isnull=False)
        .filter(after(cursor, ("-closing_on", "-id"), (date, int)))
        .select_related("account")
        .order_by("-closing_on", "-id")[: limit + 1]
    )
    return page_of(
        [_statement(one) for one in rows],
        limit=limit,
        key=lambda row: (row.closing_on or date.min, row.id),
    )


def statement_card(company: Company, statement_id: int) -> StatementCard | None:
    """Return one statement of the company with its sums, or None."""
    found = (
        BankStatement.objects.filter(company=company, pk=statement_id)
        .select_related("account", "file")
        .first()
    )
    if found is None:
        return None
    booked = Q(status="booked", currency=found.account.currency)
    told = BankEntry.objects.filter(statement=found).aggregate(
        n=Count("id"),
        not_booked=Count("id", filter=~booked),
        minor=Sum("amount_minor", filter=booked),
    )
    listed_minor = told["minor"] or 0
    opening, closing = found.opening_minor, found.closing_minor
    ties = None
    if opening is not None and closing is not None and found.kind == "statement":
        ties = opening + found.entries_minor == closing
    return StatementCard(
        row=_statement(found),
        account=found.account.account,
        account_name=found.account.name,
        file_name=found.file.name,
        listed=told["n"],
        listed_minor=listed_minor,
        known=found.entries_count - told["n"],
        known_minor=found.entries_minor - listed_minor,
        not_booked=told["not_booked"],
        ties=ties,
    )


def _file_statements(
    found: QuerySet[BankStatement], *, cursor: str, limit: int
) -> Page[StatementRow]:
    rows = (
        found.filter(after(cursor, ("id",), (int,)))
        .select_related("account")
        .order_by("id")[: limit + 1]
    )
    return page_of([_statement(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def broken_statements(
    company: Company, *, account_id: int | None = None
) -> tuple[StatementRow, ...]:
    """Return the statements that stop the feed of their account, the oldest first."""
    found = BankStatement.objects.filter(company=company, kind="statement").exclude(findings=[])
    if account_id is not None:
        found = found.filter(account=account_id)
    rows = [
        _statement(one) for one in found.select_related("account").order_by("closing_on", "id")
    ]
    return tuple(row for row in rows if any(one.is_blocking for one in row.findings))


def found_rows(findings: Iterable[dict[str, Any]]) -> tuple[FoundRow, ...]:
    """Return stored findings as rows, those that stop a feed first."""
    rows = [
        FoundRow(
            code=one["code"],
            place=one.get("place", ""),
            reason=one["reason"],
            severity=one.get("severity", "warning"),
            is_blocking=one["code"] in BLOCKING and "accepted_by" not in one,
            accepted_by=one.get("accepted_by", ""),
            accepted_reason=one.get("accepted_reason", ""),
        )
        for one in findings
    ]
    return tuple(sorted(rows, key=lambda row: not row.is_blocking))


def _statement(one: BankStatement) -> StatementRow:
    return StatementRow(
        id=one.pk,
        file_id=one.file_id,
        account_id=one.account_id,
        kind=one.kind,
        number=one.number,
        sequence=one.sequence,
        currency=one.account.currency,
        opening_on=one.opening_on,
        closing_on=one.closing_on,
        opening_minor=one.opening_minor,
        entries_minor=one.entries_minor,
        closing_minor=one.closing_minor,
        entries=one.entries_count,
        findings=found_rows(one.findings),
    )
