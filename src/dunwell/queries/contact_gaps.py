"""Customers in collection without somebody to write to, by the role a contact has there."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from dunwell.models import Company, Contact, WorklistEntry
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.suppressions import has_suppressed_address

ROLES: tuple[str, ...] = tuple(Contact.Role.values)
NONE, UNUSABLE, PHONE = "none", "unusable", "phone"
"""Nobody in the role; somebody whose address gets nothing; somebody by phone alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactGap:
    """A customer in collection whom no mail reaches in a role, and what there is instead.

    `due_minor` is what is overdue in `currency`, the company's own.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    collector: str
    role: str
    gap: str
    rank: int
    currency: str
    due_minor: int


@of_large
def contact_gaps(
    company: Company,
    *,
    role: str = Contact.Role.PAYABLES,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ContactGap]:
    """Return one page of customers on the worklist without a mail address in a role, by rank."""
    limit = page_limit(limit)
    found = (
        _worklist(company)
        .filter(~_with_mail(role))
        .annotate(has_any=Exists(_of(role)), has_phone=Exists(_of(role).exclude(phone="")))
        .filter(after(cursor, ("rank", "id"), (int, int)))
        .select_related("customer__collector")
        .order_by("rank", "id")[: limit + 1]
    )
    listed = list(found)
    keys = {entry.customer_id: (entry.rank, entry.pk) for entry in listed}
    return page_of(
        [_gap(entry, role) for entry in listed],
        limit=limit,
        key=lambda row: keys[row.customer_id],
    )


@of_large
def contact_gap_counts(company: Company) -> dict[str, int]:
    """Return how many customers on the worklist lack a mail address, by role; one query."""
    return _worklist(company).aggregate(
        **{role: Count("pk", filter=~_with_mail(role)) for role in ROLES}
    )


def _worklist(company: Company) -> QuerySet[WorklistEntry]:
    return WorklistEntry.objects.filter(company=company, due_minor__gt=0)


def _of(role: str) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=OuterRef("customer_id"), role=role)


def _with_mail(role: str) -> Q:
    """Return the condition that a mail reaches somebody in the role."""
    listed = has_suppressed_address(company="customer__company", address="email")
    reached = _of(role).exclude(email="").filter(bounced_on=None)
    return Q(Exists(reached.exclude(listed)))


def _gap(entry: WorklistEntry, role: str) -> ContactGap:
    customer = entry.customer
    has_any, has_phone = getattr(entry, "has_any", False), getattr(entry, "has_phone", False)
    gap = NONE
    if has_any:
        gap = PHONE if has_phone else UNUSABLE
    return ContactGap(
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        collector=customer.collector.username if customer.collector else "",
        role=role,
        gap=gap,
        rank=entry.rank,
        currency=entry.currency,
        due_minor=entry.due_minor,
    )
