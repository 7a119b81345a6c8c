"""Who is on call for a role: planned and taken back."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.engine.playbooks_policy import ROLES
from dunwell.models import Company, Duty, Membership, User


@transaction.atomic
def plan_duty(
    *,
    actor: Actor,
    role: str,
    user: User,
    from_on: date,
    until_on: date,
    as_of: date,
    at: datetime,
) -> Duty:
    """Put a person on call for a role from a day to a day; the protocol asks it then.

    The same again returns what stands. Raises Refused for somebody without the role, days that
    have passed or lie upside down, and days on which somebody else is on call for the role.
    """
    actor.require("duty.edit")
    if role not in ROLES:
        raise Refused(f"Nobody is on call as {role}; the roles are {', '.join(ROLES)}.")
    if until_on < from_on:
        raise Refused("The last day lies before the first one.")
    if until_on < as_of:
        raise Refused("These days have passed already.")
    holders = Membership.objects.filter(
        company=actor.company, user=user, role=role, user__is_active=True
    )
    if not holders.exists():
        raise Refused(f"{user.username} does not hold the role {role.replace('_', ' ')}.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    standing = (
        Duty.objects.filter(
            company=actor.company,
            role=role,
            ended_on=None,
            from_on__lte=until_on,
            until_on__gte=from_on,
        )
        .select_related("user")
        .order_by("from_on", "id")
        .first()
    )
    if standing is not None:
        if (standing.user_id, standing.from_on, standing.until_on) == (user.pk, from_on, until_on):
            return standing
        raise Refused(
            f"{standing.user.username} is on call from {standing.from_on} to "
            f"{standing.until_on} already; take that back first."
        )
    duty = Duty.objects.create(
        company=actor.company,
        role=role,
        user=user,
        from_on=from_on,
        until_on=until_on,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "duty.planned",
        duty,
        at=at,
        role=role,
        person=user.username,
        from_on=from_on.isoformat(),
        until_on=until_on.isoformat(),
    )
    return duty


@transaction.atomic
def end_duty(*, actor: Actor, duty: Duty, as_of: date, at: datetime) -> None:
    """Take somebody off call; raise Refused for what was taken back before."""
    actor.require("duty.edit")
    own(actor, duty, "duty")
    if Duty.objects.filter(pk=duty.pk, ended_on=None).update(ended_on=as_of) != 1:
        raise Refused("This was taken back before; load the page again.")
    record_event(actor, "duty.ended", duty, at=at, role=duty.role, person=duty.user.username)
