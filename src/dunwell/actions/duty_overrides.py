"""Allowing one person both sides of a pair of duties: for a time, with a reason, on record."""

from datetime import datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import others_here
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import needed
from dunwell.models import Company, DutyOverride, Membership, Role, User
from dunwell.queries.duty_pairs import duty_pairs

LONGEST_REASON = 300
LONGEST_DAYS = 180
"""An override is for a time; what lasts longer is decided anew."""


@transaction.atomic
def allow_duties(
    *, actor: Actor, user: User, pair: str, reason: str, days: int, at: datetime
) -> DutyOverride:
    """Allow a person both sides of a pair for so many days; one that stands is ended first.

    Raises Refused for oneself where somebody else could allow it, an unknown pair, a person of
    another company, no reason, or days outside 1 to 180.
    """
    actor.require("user.manage")
    if pair not in {one.id for one in duty_pairs()}:
        raise Refused(f"There is no pair of duties {pair}.")
    if not Membership.objects.filter(company=actor.company, user=user).exists():
        raise Refused("This person works for another company.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"Allow it for 1 to {LONGEST_DAYS} days.")
    told = needed(
        text=reason, most=LONGEST_REASON, what="reason",
        missing="Say why one person has to do both; it stands in the report.",
    )  # fmt: skip
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if user.pk == actor.user_id and (
        others_here(actor.company, actor.user_id).filter(role=Role.ADMIN).exists()
    ):
        raise Refused("This would be your own; another admin has to allow it.")
    standing = DutyOverride.objects.filter(
        company=actor.company, user=user, pair=pair, ended_at=None
    )
    standing.update(ended_at=at, ended_by=actor.name)
    made = DutyOverride.objects.create(
        company=actor.company,
        user=user,
        pair=pair,
        reason=told,
        by=actor.name,
        granted_at=at,
        ends_at=at + timedelta(days=days),
    )
    record_event(
        actor, "duties.allowed", made, at=at, username=user.username, pair=pair, reason=told,
        ends_at=made.ends_at.isoformat(),
    )  # fmt: skip
    return made


@transaction.atomic
def end_duties(*, actor: Actor, override: DutyOverride, at: datetime) -> bool:
    """End what was allowed at once; return whether it stood: a second time changes nothing."""
    actor.require("user.manage")
    own(actor, override, "override")
    ended = DutyOverride.objects.filter(pk=override.pk, ended_at=None).update(
        ended_at=at, ended_by=actor.name
    )
    if ended:
        record_event(
            actor, "duties.ended", override, at=at, username=override.user.username,
            pair=override.pair,
        )  # fmt: skip
    return bool(ended)
