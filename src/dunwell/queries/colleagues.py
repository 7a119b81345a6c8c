"""Who works with whom: the desks, the people of each, and whom one may call or hand work to."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.models import Company, HandOff, Membership, Role

Desk = HandOff.Desk

DESK_ROLES: Mapping[str, tuple[str, ...]] = {
    Desk.CREDIT: (Role.CREDIT_ANALYST, Role.CREDIT_MANAGER, Role.FINANCE_DIRECTOR),
    Desk.COLLECTIONS: (Role.COLLECTOR, Role.CREDIT_MANAGER),
    Desk.CASH: (Role.CLERK,),
    Desk.DISPUTES: (Role.RESOLVER,),
    Desk.SALES: (Role.SALES,),
    Desk.SUPPORT: (Role.SUPPORT,),
}
"""Whose holders sit at a desk; a credit manager leads credit and collections alike."""

WORKING = (
    *(Role.ADMIN, Role.CREDIT_MANAGER, Role.CREDIT_ANALYST, Role.FINANCE_DIRECTOR),
    *(Role.COLLECTOR, Role.CLERK, Role.RESOLVER, Role.SALES, Role.SUPPORT),
)
"""Roles whose holders share cases: those who only look are neither called nor asked."""

READING_NOTES = tuple(
    role for role in WORKING if role not in (Role.ADMIN, Role.SALES, Role.SUPPORT)
)
"""Roles that may read what was said to a customer; nobody else is called in a note."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody who shares cases, with its desks in the order of HandOff.Desk."""

    user_id: int
    username: str
    name: str
    desks: tuple[str, ...]
    reads_notes: bool


def colleagues(company: Company) -> tuple[Colleague, ...]:
    """Return who shares cases in a company, by user name; one query."""
    rows = (
        Membership.objects.filter(company=company, role__in=WORKING, user__is_active=True)
        .select_related("user")
        .order_by("user__username", "role")
    )
    people: dict[int, tuple[str, str, set[str]]] = {}
    for row in rows:
        user = row.user
        _, _, roles = people.setdefault(
            user.pk, (user.username, user.get_full_name() or user.username, set())
        )
        roles.add(row.role)
    return tuple(
        Colleague(
            user_id=key,
            username=username,
            name=name,
            desks=tuple(desk for desk in Desk.values if roles & set(DESK_ROLES[desk])),
            reads_notes=bool(roles & set(READING_NOTES)),
        )
        for key, (username, name, roles) in people.items()
    )


def desks_of(roles: frozenset[str]) -> tuple[str, ...]:
    """Return the desks that somebody with such roles sits at."""
    return tuple(desk for desk in Desk.values if roles & set(DESK_ROLES[desk]))
