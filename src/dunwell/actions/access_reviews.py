"""Looking at whether somebody still needs the rights they hold, on record."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.advisors import end_access
from dunwell.actions.agencies import end_seat
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import others_here
from dunwell.actions.gate import Actor, Refused, Stale, lent
from dunwell.actions.role_rights import VISITING
from dunwell.actions.texts import fitting
from dunwell.models import (
    AccessReview,
    AdvisorAccess,
    AgencySeat,
    Company,
    Membership,
    Role,
    User,
)
from dunwell.queries.access_reviews import held_roles

LONGEST_NOTE = 300
LONGEST_DAYS = 366
"""Rights are looked at once a year at least."""

Outcome = AccessReview.Outcome


@transaction.atomic
def review_access(
    *,
    actor: Actor,
    user: User,
    seen: Sequence[str],
    taken: Sequence[str],
    days: int,
    note: str,
    as_of: date,
    at: datetime,
) -> AccessReview:
    """Record a look at a person's roles; those in `taken` are gone with the next request.

    Taken from somebody of an agency, the seat ends; from an advisor or auditor, the access.
    `seen` are the roles the reviewer was shown. The same person's look on the same day stands:
    it is returned. Raises Stale when the roles changed meanwhile, Refused for one's own rights,
    for a role that is not held, the last admin's, and days outside 1 to 366.
    """
    actor.require("access.review")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    held = sorted(held_roles(actor.company, as_of=as_of, only=user.pk).get(user.pk, ()))
    standing = AccessReview.objects.filter(
        company=actor.company, user=user, reviewed_on=as_of, by=actor.name
    ).first()
    if standing is not None:
        return standing
    if not held:
        raise Refused("This person works for another company.")
    if user.pk == actor.user_id:
        raise Refused("These are your own rights; somebody else has to look at them.")
    if sorted(set(seen)) != held:
        raise Stale(f"Somebody changed the roles of {user.username}; load the page again.")
    if unknown := sorted(set(taken) - set(held)):
        raise Refused(f"{user.username} does not hold {unknown[0]}.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"Look again within 1 to {LONGEST_DAYS} days.")
    gone = sorted(set(taken))
    if gone and not told:
        raise Refused("Say why these roles are taken away.")
    _take(actor, user, gone, at=at)
    made = AccessReview.objects.create(
        company=actor.company,
        user=user,
        roles=held,
        taken=gone,
        outcome=Outcome.TAKEN if gone else Outcome.KEPT,
        note=told,
        by=actor.name,
        reviewed_on=as_of,
        due_on=as_of + timedelta(days=days),
        recorded_at=at,
    )
    record_event(
        actor, "access.reviewed", made, at=at, username=user.username, roles=held, taken=gone,
        due_on=made.due_on.isoformat(),
    )  # fmt: skip
    return made


def _take(actor: Actor, user: User, roles: Sequence[str], *, at: datetime) -> None:
    company = actor.company
    if Role.ADMIN in roles and not others_here(company, user.pk).filter(role=Role.ADMIN).exists():
        raise Refused("This is the company's last admin; make somebody else admin first.")
    # the right to review is enough to take what was given by another one
    if Role.PARTNER in roles:
        for seat in AgencySeat.objects.filter(company=company, user=user):
            end_seat(actor=lent(actor, "user.manage"), seat=seat, at=at)
    if visiting := VISITING & frozenset(roles):
        for access in AdvisorAccess.objects.filter(company=company, user=user, role__in=visiting):
            end_access(actor=lent(actor, "advisor.invite"), access=access, at=at)
    Membership.objects.filter(company=company, user=user, role__in=roles).delete()
