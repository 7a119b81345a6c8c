"""How long people collect on a day, when they are away, and who covers for them."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, own
from dunwell.actions.texts import fitting
from dunwell.models import Absence, Company, User, WorkCapacity
from dunwell.queries.colleagues import colleagues
from dunwell.queries.workforce import collectors_of

LONGEST_NOTE = 2_000
"""Characters a cover reads before a holiday."""

MOST_MINUTES = 600
"""Nobody works on customers longer than ten hours a day."""


@transaction.atomic
def set_capacity(
    *, actor: Actor, user: User, minutes: int, from_on: date, as_of: date, at: datetime
) -> WorkCapacity:
    """Say how many minutes of a working day a person has for customers, from a day on.

    The same again changes nothing; another number for the same day replaces it. Raises Refused
    for somebody who does not collect, minutes out of bounds, or a day that has passed.
    """
    actor.require("capacity.edit")
    _check_collects(actor, user)
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(f"State between 0 and {MOST_MINUTES} minutes a day.")
    if from_on < as_of:
        raise Refused(f"{from_on.isoformat()} has passed; days gone by keep their plan.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found, is_new = WorkCapacity.objects.get_or_create(
        company=actor.company,
        user=user,
        from_on=from_on,
        defaults={"minutes": minutes, "recorded_at": at},
    )
    if not is_new and found.minutes == minutes:
        return found
    found.minutes, found.recorded_at = minutes, at
    found.save(update_fields=["minutes", "recorded_at"])
    record_event(
        actor,
        "capacity.set",
        found,
        at=at,
        person=user.username,
        minutes=minutes,
        from_on=from_on.isoformat(),
    )
    return found


@transaction.atomic
def record_absence(
    *,
    actor: Actor,
    user: User,
    kind: str,
    from_on: date,
    until_on: date,
    as_of: date,
    at: datetime,
    cover: User | None = None,
    note: str = "",
) -> Absence:
    """Note down that a person is away from a day to a day, who covers, and what they must know.

    Everybody may for themselves, who plans the work for all. What is the person's moves to the
    cover's pages for these days and stays the person's own. Raises Refused for days that have
    passed or lie upside down, an absence that overlaps, or a cover who sits at none of the
    person's desks and could not do the work.
    """
    actor.require("absence.edit")
    if user.pk != actor.user_id and "capacity.edit" not in actor.rights:
        raise Forbidden(f"{actor.name} may note down own absences only.")
    desks = _desks(actor, user)
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    if kind not in Absence.Kind.values:
        raise Refused(f"There is no absence {kind}; use {', '.join(Absence.Kind.values)}.")
    if until_on < from_on:
        raise Refused("The last day lies before the first one.")
    if until_on < as_of:
        raise Refused("The absence has already passed.")
    if cover is not None:
        if cover.pk == user.pk:
            raise Refused("Nobody covers for themselves; choose a colleague or leave it empty.")
        theirs = _desks(actor, cover)
        if desks and not desks & theirs:
            raise Refused(
                f"{cover.username} sits at none of the desks of {user.username}; choose somebody "
                "who may do the work."
            )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    standing = Absence.objects.filter(
        company=actor.company,
        user=user,
        cancelled_on=None,
        from_on__lte=until_on,
        until_on__gte=from_on,
    ).first()
    if standing is not None:
        raise Refused(
            f"{user.username} is away from {standing.from_on} to {standing.until_on} already; "
            "cancel that first."
        )
    absence = Absence.objects.create(
        company=actor.company,
        user=user,
        cover=cover,
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        note=told,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "absence.recorded",
        absence,
        at=at,
        person=user.username,
        cover=cover.username if cover else "",
        from_on=from_on.isoformat(),
        until_on=until_on.isoformat(),
    )
    return absence


@transaction.atomic
def cancel_absence(*, actor: Actor, absence: Absence, as_of: date, at: datetime) -> None:
    """Take an absence back; raise Refused for one that was cancelled before."""
    actor.require("absence.edit")
    if absence.company_id != actor.company.pk:
        raise Refused("This absence belongs to another company.")
    if absence.user_id != actor.user_id and "capacity.edit" not in actor.rights:
        raise Forbidden(f"{actor.name} may cancel own absences only.")
    rows = Absence.objects.filter(pk=absence.pk, cancelled_on=None).update(cancelled_on=as_of)
    if rows != 1:
        raise Refused("This absence was cancelled before; load the page again.")
    record_event(actor, "absence.cancelled", absence, at=at, person=absence.user.username)


@transaction.atomic
def take_cover(*, actor: Actor, absence: Absence, at: datetime) -> Absence:
    """Say that one knows of covering for somebody, and what is to be known.

    Raises Forbidden for anybody but the cover, Refused for what was cancelled or said before.
    """
    actor.require("absence.edit")
    own(actor, absence, "absence")
    if absence.cover_id is None or absence.cover_id != actor.user_id:
        raise Forbidden("Only the colleague who covers says so.")
    rows = Absence.objects.filter(pk=absence.pk, cancelled_on=None, seen_at=None)
    if rows.update(seen_at=at) != 1:
        raise Refused("This was said or cancelled before; load the page again.")
    absence.refresh_from_db()
    record_event(actor, "absence.seen", absence, at=at, person=absence.user.username)
    return absence


def _desks(actor: Actor, user: User) -> set[str]:
    """Return the desks of somebody who works here; raise Refused for anybody else."""
    for person in colleagues(actor.company):
        if person.user_id == user.pk:
            return set(person.desks)
    raise Refused(f"{user.username} has no work at {actor.company.name} that could be covered.")


def _check_collects(actor: Actor, user: User) -> None:
    if user.pk not in {person.pk for person in collectors_of(actor.company)}:
        raise Refused(f"{user.username} does not collect for {actor.company.name}.")
