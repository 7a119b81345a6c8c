"""People of a company as pages and the API show them: roles, conflicts, sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from dunwell.engine.duty_pairs import held_together
from dunwell.models import Company, Membership, Role, User
from dunwell.queries.duty_pairs import duty_pairs


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRow:
    """One person with the roles held in the company; `conflicts` say what should be kept apart."""

    id: int
    username: str
    email: str
    is_active: bool
    roles: tuple[str, ...]
    role_labels: tuple[str, ...]
    conflicts: tuple[str, ...]
    has_second_factor: bool
    last_login: datetime | None
    customers: int


def user_rows(company: Company, *, rights: Mapping[str, frozenset[str]]) -> tuple[UserRow, ...]:
    """Return the company's people by name.

    `rights` are `actions.role_rights.ROLE_RIGHTS`, by which duties are held together.
    """
    roles: dict[int, list[str]] = {}
    for key, role in (
        Membership.objects.filter(company=company)
        .order_by("user", "role")
        .values_list("user", "role")
    ):
        roles.setdefault(key, []).append(role)
    people = User.objects.filter(pk__in=roles).order_by("username", "id")
    protected = set(
        Authenticator.objects.filter(user__in=roles)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    customers: dict[int, int] = {}
    for key in company.customers.filter(collector__in=roles).values_list(
        "collector_id", flat=True
    ):
        customers[key] = customers.get(key, 0) + 1
    return tuple(
        UserRow(
            id=person.pk,
            username=person.username,
            email=person.email,
            is_active=person.is_active,
            roles=tuple(roles[person.pk]),
            role_labels=tuple(str(Role(role).label) for role in roles[person.pk]),
            conflicts=tuple(
                pair.why
                for pair in held_together(
                    duty_pairs(), {role for role in roles[person.pk] if role in rights}, rights
                )
            ),
            has_second_factor=person.pk in protected,
            last_login=person.last_login,
            customers=customers.get(person.pk, 0),
        )
        for person in people
    )


def usernames_of(company: Company) -> frozenset[str]:
    """Return the user names of everybody who works here; one query."""
    people = User.objects.filter(memberships__company=company, is_active=True)
    return frozenset(people.values_list("username", flat=True))


def collectors_of(company: Company) -> tuple[tuple[int, str], ...]:
    """Return (id, name) of the people to whom customers can be given, by name."""
    rows = (
        User.objects.filter(
            is_active=True,
            memberships__company=company,
            memberships__role__in=(Role.COLLECTOR, Role.CREDIT_MANAGER),
        )
        .distinct()
        .order_by("username", "id")
        .values_list("id", "username")
    )
    return tuple((key, name) for key, name in rows)
