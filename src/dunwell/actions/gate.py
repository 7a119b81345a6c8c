"""Who may act, and how an action says no."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db.models import QuerySet, TextChoices

from dunwell.actions.role_rights import PORTAL_RIGHTS, RIGHTS, ROLE_RIGHTS, VISITING
from dunwell.models import (
    AdvisorAccess,
    ApiToken,
    Company,
    Customer,
    Membership,
    PortalKey,
    PortalLink,
    PortalSeat,
    Role,
    User,
)
from dunwell.queries.advisor_areas import AREA_RIGHTS
from dunwell.queries.customer_merges import survivor_of
from dunwell.queries.prepared import prepared


class Refused(ValueError):
    """A business rule says no; the message is written for the person who asked."""


class Forbidden(Refused):
    """The actor lacks the right; the message names it."""


class Stale(Refused):
    """Somebody changed the record meanwhile; the message says who and when."""


class Merged(Refused):
    """The customer's record was merged into another one; `survivor` is where to go on."""

    def __init__(self, closed: Customer, survivor: Customer) -> None:
        """Take the closed record and the one that it leads to."""
        super().__init__(
            f"{closed.number} was merged into {survivor.number}; go on at {survivor.number}."
        )
        self.survivor = survivor


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A member of staff, a program, the system or somebody of a customer, acting in one company.

    `customer_id` is set for a customer's own people: they act for that customer alone, from the
    seat `seat_id` where they have one. `access_id` is set for an advisor or auditor, who looks
    into `areas` alone.
    """

    company: Company
    name: str
    user_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    rights: frozenset[str] = field(default_factory=frozenset)
    customer_id: int | None = None
    seat_id: int | None = None
    access_id: int | None = None
    areas: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_partner(self) -> bool:
        """Return whether this is somebody of an agency, who is shown the agency's own alone."""
        return Role.PARTNER in self.roles

    def require(self, right: str) -> None:
        """Raise Forbidden unless the actor holds the right."""
        if right not in self.rights:
            raise Forbidden(f"{self.name} may not do this (right {right} is missing).")


def own_customer(actor: Actor, customer: Customer) -> None:
    """Raise Refused unless the actor may act for the customer: its company's, and its own."""
    own(actor, customer, "customer")
    if actor.customer_id is not None and actor.customer_id != customer.pk:
        raise Refused("This is another customer's.")


def open_customer(actor: Actor, customer: Customer) -> None:
    """Raise Refused unless the actor may begin something new at the customer.

    As `own_customer`, and Merged where the record was merged into another one: what is begun
    there would be seen by nobody who works on the customer.
    """
    own_customer(actor, customer)
    if (survivor := survivor_of(customer)) is not None:
        raise Merged(customer, survivor)


def lent(actor: Actor, *rights: str) -> Actor:
    """Return the actor with rights of the desk for one call inside an action of the portal.

    Only for actions that have asked for their own right first: the portal's and `own_customer`,
    or one that holds the lent one within it.
    """
    return replace(actor, rights=actor.rights | frozenset(rights))


class Owned(Protocol):
    """A record that belongs to a company."""

    @property
    def company_id(self) -> int:
        """Return the key of the company."""


def own(actor: Actor, record: Owned, what: str) -> None:
    """Raise Refused for a record of another company than the one the actor acts for."""
    if record.company_id != actor.company.pk:
        raise Refused(f"This {what} belongs to another company.")


S = TypeVar("S", bound=TextChoices)


def check_status(
    moves: Mapping[S, Collection[S]], before: S, status: str, what: str, by: str = ""
) -> None:
    """Raise Refused where the moves do not lead from one status to another."""
    if status not in moves[before]:
        raise Refused(marked(what, before, by))


def marked(what: str, status: TextChoices, by: str = "") -> str:
    """Return the refusal of a record whose status no longer is what the page showed."""
    return f"{what} is marked: {status.label.lower()}{by}; load the page again."


def staff(user: User, company: Company, *, at: datetime | None = None) -> Actor:
    """Return a member of staff as an actor in a company; raise Forbidden for an outsider.

    An advisor or auditor is one only at a moment `at` within its access; without a moment
    nobody is.
    """
    roles = frozenset(_roles(user.pk, company.pk))
    if not user.is_active:
        raise Forbidden(f"{user.username} does not work for {company.name}.")
    if roles and roles <= VISITING:
        return _visitor(user, company, at)
    roles -= VISITING
    if not roles:
        raise Forbidden(f"{user.username} does not work for {company.name}.")
    rights = frozenset().union(*(ROLE_RIGHTS[role] for role in roles))
    return Actor(company=company, name=user.username, user_id=user.pk, roles=roles, rights=rights)


@prepared
def _roles(user_id: int, company_id: int) -> QuerySet[Any, str]:
    found = Membership.objects.filter(user=user_id, company=company_id)
    return found.values_list("role", flat=True)


def _visitor(user: User, company: Company, at: datetime | None) -> Actor:
    """Return somebody from outside while the access lasts; raise Forbidden before and after."""
    access = (
        None
        if at is None
        else AdvisorAccess.objects.filter(
            user=user, company=company, accepted_at__isnull=False, revoked_at=None,
            starts_at__lte=at, ends_at__gt=at,
        )
        .order_by("-ends_at", "-id")
        .first()
    )  # fmt: skip
    if access is None:
        raise Forbidden(f"The access of {user.username} to {company.name} has ended.")
    areas = frozenset(access.areas)
    withheld = {right for area, right in AREA_RIGHTS.items() if area not in areas}
    return Actor(
        company=company,
        name=user.username,
        user_id=user.pk,
        roles=frozenset({access.role}),
        rights=ROLE_RIGHTS[access.role] - withheld,
        access_id=access.pk,
        areas=areas,
    )


def program(token: ApiToken, *, at: datetime | None = None) -> Actor:
    """Return an API token as an actor: its own rights, and never more than its owner's now."""
    owner = staff(token.user, token.company, at=at)
    return replace(
        owner,
        name=f"{token.user.username} via {token.name}",
        rights=owner.rights & frozenset(token.rights),
    )


def debtor(seat: PortalSeat, *, may: frozenset[str] | None = None) -> Actor:
    """Return somebody of a customer as an actor; `may` narrows the rights (a view link, a key)."""
    rights = PORTAL_RIGHTS[seat.role]
    return Actor(
        company=seat.company,
        name=f"{seat.person.email} (portal)"[:150],
        rights=rights if may is None else rights & may,
        customer_id=seat.customer_id,
        seat_id=seat.pk,
    )


def looker(link: PortalLink, customer: Customer) -> Actor:
    """Return whoever came by a link to look as an actor: may see one customer, and do nothing.

    The customer is the link's, or the one that its record was merged into.
    """
    return Actor(
        company=link.company,
        name=f"{link.email} (view link)"[:150],
        rights=frozenset({"portal.view"}),
        customer_id=customer.pk,
    )


def robot(key: PortalKey) -> Actor:
    """Return a customer's program as an actor: its own rights, and never more than its seat's."""
    actor = debtor(key.seat, may=frozenset(key.rights))
    return replace(actor, name=f"key {key.pk} ({key.name}) of {key.seat.person.email}"[:150])


def system(company: Company) -> Actor:
    """Return the day's cycle and the command line as an actor."""
    return Actor(company=company, name="system", rights=RIGHTS)
