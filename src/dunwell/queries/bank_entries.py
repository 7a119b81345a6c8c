"""Entries of bank statements as pages and the API show them, and those a person must decide."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import BankEntry, Company, Payment
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_OFFERED = 20
"""So many payments are offered as the one that came back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRow:
    """One movement of money as the bank tells it, and what became of it here."""

    id: int
    entry_id: str
    statement_id: int
    account_id: int
    account: str
    value_on: date
    booked_on: date
    amount_minor: int
    currency: str
    counterparty: str
    counterparty_account: str
    reference: str
    end_to_end: str
    bank_reference: str
    text: str
    code: str
    return_reason: str
    is_reversal: bool
    status: str
    treatment: str
    treatment_label: str
    payment_id: int | None
    payment_number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryTotal:
    """Sums of the entries of one currency under a filter, in minor units."""

    currency: str
    entries: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnOffer:
    """A payment that may have come back: it stands, and is not more than what went out."""

    id: int
    number: str
    payer: str
    value_on: date
    amount_minor: int
    currency: str


def open_entries(company: Company) -> QuerySet[BankEntry]:
    """Return the entries that wait for a person, the oldest first."""
    return BankEntry.objects.filter(company=company, treatment=BankEntry.Treatment.OPEN).order_by(
        "value_on", "pk"
    )


def entry_rows(
    company: Company,
    *,
    treatment: str = "",
    account_id: int | None = None,
    statement_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[EntryRow]:
    """Return one page of entries, the newest value day first; raises CursorError."""
    limit = page_limit(limit)
    rows = (
        _found(company, treatment, account_id, statement_id, search)
        .filter(after(cursor, ("-value_on", "-id"), (date, int)))
        .select_related("account", "payment")
        .order_by("-value_on", "-id")[: limit + 1]
    )
    return page_of(
        [entry_row(one) for one in rows], limit=limit, key=lambda row: (row.value_on, row.id)
    )


def entry_totals(
    company: Company,
    *,
    treatment: str = "",
    account_id: int | None = None,
    statement_id: int | None = None,
    search: str = "",
) -> tuple[EntryTotal, ...]:
    """Return the sums of all entries under the same filter, one per currency."""
    rows = (
        _found(company, treatment, account_id, statement_id, search)
        .order_by("currency")
        .values_list("currency")
        .annotate(n=Count("id"), minor=Sum("amount_minor"))
    )
    return tuple(
        EntryTotal(currency=currency, entries=n, amount_minor=minor) for currency, n, minor in rows
    )


def treatment_counts(company: Company) -> dict[str, int]:
    """Return how many entries had each treatment."""
    rows = BankEntry.objects.filter(company=company).order_by().values_list("treatment")
    return dict(rows.annotate(n=Count("id")))


def return_offers(entry: BankEntry) -> tuple[ReturnOffer, ...]:
    """Return the payments an outgoing entry may return: equal ones first, then the newest."""
    if entry.amount_minor >= 0:
        return ()
    found = (
        Payment.objects.filter(
            company=entry.company_id,
            currency=entry.currency,
            amount_minor__gt=0,
            amount_minor__lte=-entry.amount_minor,
            value_on__lte=entry.booked_on,
            reverses=None,
            reversed_by=None,
        )
        .order_by("-amount_minor", "-value_on", "-pk")
        .only("number", "payer", "value_on", "amount_minor", "currency")[:MOST_OFFERED]
    )
    return tuple(
        ReturnOffer(
            id=one.pk,
            number=one.number,
            payer=one.payer,
            value_on=one.value_on,
            amount_minor=one.amount_minor,
            currency=one.currency,
        )
        for one in found
    )


def entry_row(one: BankEntry) -> EntryRow:
    """Return an entry as a row; its account and payment are loaded with it."""
    return EntryRow(
        id=one.pk,
        entry_id=one.entry_id,
        statement_id=one.statement_id,
        account_id=one.account_id,
        account=one.account.account,
        value_on=one.value_on,
        booked_on=one.booked_on,
        amount_minor=one.amount_minor,
        currency=one.currency,
        counterparty=one.counterparty,
        counterparty_account=one.counterparty_account,
        reference=one.reference,
        end_to_end=one.end_to_end,
        bank_reference=one.bank_reference,
        text=one.text,
        code=one.code,
        return_reason=one.return_reason,
        is_reversal=one.is_reversal,
        status=one.status,
        treatment=one.treatment,
        treatment_label=str(BankEntry.Treatment(one.treatment).label),
        payment_id=one.payment_id,
        payment_number=one.payment.number if one.payment else "",
    )


def _found(
    company: Company,
    treatment: str,
    account_id: int | None,
    statement_id: int | None,
    search: str,
) -> QuerySet[BankEntry]:
    found = BankEntry.objects.filter(company=company)
    if treatment:
        found = found.filter(treatment=treatment)
    if account_id is not None:
        found = found.filter(account=account_id)
    if statement_id is not None:
        found = found.filter(statement=statement_id)
    if text := search.strip().replace("\0", ""):
        found = found.filter(
            Q(counterparty__icontains=text)
            | Q(reference__icontains=text)
            | Q(text__icontains=text)
            | Q(end_to_end=text)
            | Q(bank_reference=text)
        )
    return found
