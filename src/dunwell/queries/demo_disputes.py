"""Which items the demo disputes: open, old enough, and not disputed or promised yet."""

from datetime import date

from dunwell.models import Company, Dispute, Item, Membership, Role, User


def free_items(company: Company, *, issued_by: date, most: int) -> list[Item]:
    """Return open invoices of different customers, in the order of their keys; one query."""
    taken = Dispute.objects.filter(company=company, closed_on=None)
    found = (
        Item.objects.filter(
            company=company,
            kind=Item.Kind.INVOICE,
            issued_on__lte=issued_by,
            open_now__open_minor__gte=100_00,
        )
        .exclude(pk__in=taken.values("item"))
        .exclude(customer__in=taken.values("customer"))
        .select_related("customer", "open_now")
        .order_by("pk")
    )
    rows: dict[int, Item] = {}
    for item in found[: most * 20]:
        rows.setdefault(item.customer_id, item)
        if len(rows) == most:
            break
    return list(rows.values())


def first_manager(company: Company) -> User | None:
    """Return the credit manager who has been there longest, None where there is none."""
    held = Membership.objects.filter(company=company, role=Role.CREDIT_MANAGER)
    found = held.select_related("user").order_by("pk").first()
    return found.user if found else None
