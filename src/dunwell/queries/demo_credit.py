"""Whom the demo's credit desk deals with: always the same customers of a sample ledger."""

from datetime import date, timedelta

from django.db.models import Count

from dunwell.models import ApprovalRequest, Company, CreditHold, Customer, OpenItem

LATE_DAYS = 5


def good_payers(company: Company, *, currency: str, as_of: date) -> list[Customer]:
    """Return companies with a limit that pay in a currency and owe nothing late, largest first."""
    late = OpenItem.objects.filter(
        company=company, open_minor__gt=0, due_on__lte=as_of - timedelta(days=LATE_DAYS)
    )
    found = Customer.objects.filter(
        company=company,
        currency=currency,
        party=Customer.Party.COMPANY,
        credit_limit_minor__gt=0,
    ).exclude(pk__in=late.values("customer"))
    return list(found.order_by("-credit_limit_minor", "pk"))


def largest_family(company: Company) -> list[Customer]:
    """Return a parent and its children in order of key, of the parent with most; may be empty."""
    parents = Customer.objects.filter(company=company, parent=None, children__isnull=False)
    parent = parents.annotate(n=Count("children")).order_by("-n", "pk").first()
    if parent is None:
        return []
    return [parent, *Customer.objects.filter(parent=parent).order_by("pk")]


def waiting_request(subject: str, subject_id: int) -> ApprovalRequest | None:
    """Return the request that waits about a record, None where nobody is asked."""
    return ApprovalRequest.objects.filter(
        subject=subject, subject_id=subject_id, status=ApprovalRequest.Status.OPEN
    ).first()


def smallest_hold(company: Company) -> CreditHold | None:
    """Return the hold by rule that stands and goes least over a limit, None without one."""
    return (
        CreditHold.objects.filter(
            company=company,
            kind=CreditHold.Kind.AUTO,
            status=CreditHold.Status.RAISED,
            over_minor__gt=0,
        )
        .select_related("customer")
        .order_by("over_minor", "pk")
        .first()
    )
