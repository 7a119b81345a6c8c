"""Companies: the first one and its first admin, and their settings."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import others_here
from dunwell.actions.gate import Actor, Refused, system
from dunwell.models import Company, Membership, Role, User

FIELDS = frozenset(
    {"reply_to", "pay_to", "sending", "feed_max_age_days", "large_item_minor", "language"}
)
"""What a company may change of itself; its currency and zone are those of its ledger."""
MOST_FEED_DAYS = 60
"""Chasing on bank data older than this would be chasing blindly."""


@transaction.atomic
def add_company(
    *,
    name: str,
    zone: str,
    country: str,
    currency: str,
    language: str,
    at: datetime,
    is_demo: bool = False,
    stage: str = Company.Stage.OPEN,
) -> Company:
    """Add a company; only the command line can. Raise Refused for the name of an open one."""
    is_open = stage == Company.Stage.OPEN
    if is_open and Company.objects.filter(name=name, stage=stage).exists():
        raise Refused(f"There is already a company named {name}.")
    company = Company.objects.create(
        name=name,
        zone=zone,
        country=country,
        currency=currency,
        language=language,
        is_demo=is_demo,
        stage=stage,
        created_at=at,
    )
    record_event(system(company), "company.added", company, at=at, name=name)
    return company


@transaction.atomic
def edit_company(*, actor: Actor, changes: dict[str, str | int], at: datetime) -> None:
    """Change a company's own settings.

    Raises Refused for a field that cannot be changed here and for a value that does not fit it.
    """
    actor.require("company.edit")
    if unknown := sorted(set(changes) - FIELDS):
        raise Refused(f"{unknown[0]} cannot be changed here.")
    for name, value in changes.items():
        column = cast("Field[Any, Any]", Company._meta.get_field(name))
        try:
            column.clean(value, None)
        except ValidationError as error:
            raise Refused(f"{name}: {' '.join(error.messages)}") from error
    if int(changes.get("feed_max_age_days", 0)) > MOST_FEED_DAYS:
        raise Refused(f"Bank data may be {MOST_FEED_DAYS} days old at most.")
    Company.objects.filter(pk=actor.company.pk).update(**changes)
    record_event(actor, "company.edited", actor.company, at=at, changes=changes)


@transaction.atomic
def add_first_admin(*, company: Company, username: str, email: str, at: datetime) -> User:
    """Add the first admin of a company from the command line; raise Refused when there is one.

    An admin whose account is closed is none.
    """
    Company.objects.select_for_update().get(pk=company.pk)
    if others_here(company, None).filter(role=Role.ADMIN).exists():
        raise Refused("The company has an admin; let the admin add people.")
    user, made = User.objects.get_or_create(username=username, defaults={"email": email})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(company=company, user=user, role=Role.ADMIN)
    record_event(system(company), "user.added", user, at=at, username=username, roles=["admin"])
    return user
