"""Payees as pages and the API show them: whose account, who proposed it, who approved it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dunwell.models import Company, Payee
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PayeeRow:
    """One account money may be refunded to; `is_shared`: another customer has the same one."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    name: str
    account: str
    bic: str
    evidence: str
    status: str
    status_label: str
    author: str
    approver: str
    recorded_at: datetime
    approved_at: datetime | None
    is_shared: bool


def payee_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PayeeRow]:
    """Return one page of payees, the newest first; without a status all that are still used."""
    every = Payee.objects.filter(company=company)
    found = every.filter(status=status) if status else every.exclude(status=Payee.Status.RETIRED)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = list(
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    shared = _shared(company, rows)
    return page_of(
        [_row(payee, is_shared=payee.account_mark in shared) for payee in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def usable_payees(company: Company, customer_id: int) -> QuerySet[Payee]:
    """Return the payees of a customer a refund may name: those that are not retired."""
    return (
        Payee.objects.filter(company=company, customer=customer_id)
        .exclude(status=Payee.Status.RETIRED)
        .order_by("-status", "name", "id")
    )


def _shared(company: Company, rows: list[Payee]) -> set[str]:
    """Return the marks of the rows' accounts that are accounts of more than one customer."""
    owners: dict[str, set[int]] = {}
    same = Payee.objects.filter(
        account_mark__in={payee.account_mark for payee in rows}, company=company
    ).exclude(status=Payee.Status.RETIRED)
    for account, customer_id in same.values_list("account_mark", "customer_id"):
        owners.setdefault(account, set()).add(customer_id)
    return {account for account, customers in owners.items() if len(customers) > 1}


def _row(payee: Payee, *, is_shared: bool) -> PayeeRow:
    return PayeeRow(
        id=payee.pk,
        customer_id=payee.customer_id,
        customer_number=payee.customer.number,
        customer_name=payee.customer.name,
        name=payee.name,
        account=payee.account,
        bic=payee.bic,
        evidence=payee.evidence,
        status=payee.status,
        status_label=str(Payee.Status(payee.status).label),
        author=payee.author,
        approver=payee.approver,
        recorded_at=payee.recorded_at,
        approved_at=payee.approved_at,
        is_shared=is_shared,
    )
