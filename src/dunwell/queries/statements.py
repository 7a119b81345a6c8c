"""Statements of account as issued: the list, one made again and proved, whom to state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from dunwell.formats.account_statement import AccountDocument, AccountLine, digest
from dunwell.formats.account_statement_pdf import Letterhead
from dunwell.formats.account_statement_words import written_language
from dunwell.models import AccountStatement, Company, Customer, Item, OpenItem, Payment
from dunwell.queries.account_documents import (
    ShownAccount,
    Span,
    account_documents,
    shown_accounts,
)
from dunwell.queries.account_rows import Through, newest_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of, read_cursor
from dunwell.queries.pages import cursor as write_cursor
from dunwell.queries.prepared import prepared

SCOPES = ("balance", "active", "all")
"""Whom to state: with something open or unapplied now, with a posting in the span, everybody."""

PROVED_AT_ONCE = 200
"""So many issued statements are made again together when all of them are proved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStatementTotal:
    """One currency of an issued statement, in minor units."""

    currency: str
    opening_minor: int
    movements_minor: int
    closing_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStatementRow:
    """One issued statement."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    from_on: date
    to_on: date
    known_on: date
    language: str
    totals: tuple[AccountStatementTotal, ...]
    sha256: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedStatement:
    """An issued statement made again from the ledger; `is_proved`: its hash is the stored one."""

    row: AccountStatementRow
    document: AccountDocument
    letterhead: Letterhead
    is_proved: bool


def statement_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    search: str = "",
    to_on: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[AccountStatementRow]:
    """Return one page of issued statements, the newest first.

    `search` is a number of a statement or customer, or a part of the customer's name. Raises
    CursorError for a cursor of another list.
    """
    found = AccountStatement.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if to_on is not None:
        found = found.filter(to_on=to_on)
    if text := search.strip().replace("\0", ""):
        found = found.filter(
            Q(number=text) | Q(customer__number=text) | Q(customer__name__icontains=text)
        )
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).select_related("customer")
    return page_of(
        [_row(statement) for statement in rows.order_by("-id")[: limit + 1]],
        limit=limit,
        key=lambda row: (row.id,),
    )


def statement_document(company: Company, statement_id: int) -> IssuedStatement | None:
    """Return an issued statement made again from the ledger as it was known, or None.

    The document carries the number; names and addresses are today's.
    """
    statement = (
        AccountStatement.objects.filter(company=company, pk=statement_id)
        .select_related("customer")
        .first()
    )
    if statement is None:
        return None
    [(_, document)] = issued_documents(company, [statement])
    return IssuedStatement(
        row=_row(statement),
        document=document,
        letterhead=letterhead(company, statement.customer),
        is_proved=digest(document) == statement.sha256,
    )


def statement_lines(
    document: AccountDocument, *, currency: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AccountLine]:
    """Return one page of a statement's lines in their order, of one currency or of all.

    Raises CursorError for a cursor of another list.
    """
    place = int(str(read_cursor(cursor, (int,))[0])) if cursor else 0
    found = [
        line
        for account in document.accounts
        if currency in {"", account.currency}
        for line in account.lines
    ]
    end = max(place, 0) + page_limit(limit)
    rows = tuple(found[max(place, 0) : end])
    return Page(rows=rows, next=write_cursor((end,)) if end < len(found) else "")


def issued_documents(
    company: Company, issued: Sequence[AccountStatement]
) -> list[tuple[AccountStatement, AccountDocument]]:
    """Return issued statements, each with the document made again from the ledger.

    Statements of one span, knowledge and language that were made together are made again
    together.
    """
    groups: dict[tuple[Any, ...], list[AccountStatement]] = {}
    for row in issued:
        through = tuple(sorted(row.totals["through"].items()))
        key = (row.from_on, row.to_on, row.known_on, through)
        groups.setdefault(key, []).append(row)
    found: dict[int, AccountDocument] = {}
    for (from_on, to_on, known_on, through), rows in groups.items():
        span = Span(from_on=from_on, to_on=to_on, known_on=known_on)
        # one customer may have been stated in two languages: the figures are the same
        documents = account_documents(
            company,
            {row.customer_id: row.language for row in rows},
            span=span,
            through=Through(**dict(through)),
        )
        for row in rows:
            found[row.pk] = documents[row.customer_id].issued(row.number, language=row.language)
    return [(row, found[row.pk]) for row in issued]


def changed_statements(company: Company) -> Iterator[tuple[str, ...]]:
    """Yield number and break of every issued statement that the ledger no longer reproduces."""
    issued = AccountStatement.objects.filter(company=company).order_by("from_on", "known_on", "id")
    rows = issued.iterator(chunk_size=PROVED_AT_ONCE)
    while chunk := list(islice(rows, PROVED_AT_ONCE)):
        for row, document in issued_documents(company, chunk):
            if digest(document) != row.sha256:
                yield (row.number, "the ledger does not reproduce it")


def preview(
    company: Company, customer: Customer, *, span: Span, language: str = ""
) -> AccountDocument:
    """Return what a statement made now would say; nothing is issued and no number given."""
    spoken = spoken_language(company, customer, language)
    documents = account_documents(company, {customer.pk: spoken}, span=span, through=newest_rows())
    return documents[customer.pk]


def preview_shown(
    company: Company, customer: Customer, *, span: Span, most: int
) -> tuple[ShownAccount, ...]:
    """Return the accounts of such a `preview` with at most so many lines of each."""
    return shown_accounts(company, customer.pk, span=span, through=newest_rows(), most=most)


def spoken_language(company: Company, customer: Customer, language: str = "") -> str:
    """Return the language a statement is written in: the wished one, the customer's, ours."""
    return written_language(language, customer.language, company.language)


def letterhead(company: Company, customer: Customer) -> Letterhead:
    """Return who writes to whom, as the records say today."""
    return Letterhead(
        company=company.name,
        reply_to=company.reply_to,
        pay_to=company.pay_to,
        customer=customer.name,
        address=customer.address,
    )


def last_statement(company: Company, customer_id: int) -> AccountStatementRow | None:
    """Return the customer's statement that reaches furthest, the newest of several."""
    return next((_row(row) for row in _last(company.pk, customer_id)), None)


@prepared
def _last(company_id: int, customer_id: int) -> QuerySet[AccountStatement]:
    found = AccountStatement.objects.filter(company=company_id, customer=customer_id)
    return found.select_related("customer").order_by("-to_on", "-id")[:1]


def customers_to_state(
    company: Company, *, scope: str, segment: str = "", span: Span
) -> QuerySet[Customer]:
    """Return the customers that a run over a span is for, in the order of their numbers.

    Raises ValueError for a scope that is not in SCOPES.
    """
    if scope not in SCOPES:
        raise ValueError(f"There is no choice {scope}; use {', '.join(SCOPES)}.")
    found = Customer.objects.filter(company=company)
    if segment:
        found = found.filter(segment=segment)
    mine = {"company": company, "customer": OuterRef("pk")}
    if scope == "balance":
        used = Coalesce(
            Sum(Coalesce(F("allocations__paid_minor"), F("allocations__amount_minor"))), Value(0)
        )
        spare = (
            Payment.objects.filter(**mine, reverses=None, reversed_by=None)
            .annotate(used=used)
            .exclude(amount_minor=F("used"))
        )
        found = found.filter(Exists(OpenItem.objects.filter(**mine)) | Exists(spare))
    if scope == "active":
        days = (span.from_on, span.to_on)
        items = Item.objects.filter(**mine, issued_on__range=days)
        paid = Payment.objects.filter(**mine, value_on__range=days)
        settled = Item.objects.filter(**mine, allocations__applied_on__range=days)
        found = found.filter(Exists(items) | Exists(paid) | Exists(settled))
    return found.order_by("number", "pk")


def _row(statement: AccountStatement) -> AccountStatementRow:
    currencies: Sequence[Mapping[str, Any]] = statement.totals["currencies"]
    return AccountStatementRow(
        id=statement.pk,
        number=statement.number,
        customer_id=statement.customer_id,
        customer_number=statement.customer.number,
        customer_name=statement.customer.name,
        from_on=statement.from_on,
        to_on=statement.to_on,
        known_on=statement.known_on,
        language=statement.language,
        totals=tuple(AccountStatementTotal(**total) for total in currencies),
        sha256=statement.sha256,
        made_by=statement.made_by,
        made_at=statement.made_at,
    )
