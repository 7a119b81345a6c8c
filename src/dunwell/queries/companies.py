"""Companies a person works for, and how they sign in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from dunwell.models import AdvisorAccess, Company, Membership, Role, User
from dunwell.queries.channel_carriers import has_channel_down
from dunwell.queries.mailboxes import has_mailbox_down
from dunwell.queries.prepared import prepared


def companies_of(user: User, *, at: datetime | None = None) -> list[Company]:
    """Return the open companies in which the person has a role, by name.

    Whoever only looks from outside has one where its access holds at the moment `at`.

    Each says `has_channel_down` and `has_mailbox_down`, so that every page can tell of it without
    asking again.
    """
    return list(_of_staff(user.pk) if at is None else _of_staff_or_visitor(user.pk, at))


@prepared
def _of_staff(user_id: int) -> QuerySet[Company]:
    return _told(_is_staff(user_id))


@prepared
def _of_staff_or_visitor(user_id: int, at: datetime) -> QuerySet[Company]:
    access = AdvisorAccess.objects.filter(
        company=OuterRef("pk"), user=user_id, accepted_at__isnull=False,
        revoked_at=None, starts_at__lte=at, ends_at__gt=at,
    )  # fmt: skip
    member = Membership.objects.filter(company=OuterRef("pk"), user=user_id)
    return _told(_is_staff(user_id) | Q(Exists(member), Exists(access)))


def _is_staff(user_id: int) -> Q:
    member = Membership.objects.filter(company=OuterRef("pk"), user=user_id)
    return Q(Exists(member.exclude(role__in=(Role.ADVISOR, Role.AUDITOR))))


def _told(held: Q) -> QuerySet[Any]:
    found = Company.objects.filter(held, stage=Company.Stage.OPEN)
    told = found.annotate(has_channel_down=has_channel_down(), has_mailbox_down=has_mailbox_down())
    return told.order_by("name", "id")


def chosen_company(companies: Sequence[Company], chosen: int | None) -> Company:
    """Return the company chosen in the session, the first one while none of these is."""
    return next((company for company in companies if company.pk == chosen), companies[0])


def open_demo() -> Company | None:
    """Return the demo company that people see, None without one."""
    return Company.objects.filter(is_demo=True, stage=Company.Stage.OPEN).order_by("pk").first()


def has_second_factor(user: User) -> bool:
    """Return whether the person has set up an authenticator app or a passkey."""
    return bool(_second_factors().filter(user=user).exists())


def owner_has_second_factor() -> Exists:
    """Return `has_second_factor` of the person of each row, as part of a query."""
    return Exists(_second_factors().filter(user=OuterRef("user")))


def _second_factors() -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return found
