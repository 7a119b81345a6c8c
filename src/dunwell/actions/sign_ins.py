"""Who came in, who left, and who tried to: one event in every company of the person."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import staff, system
from dunwell.models import Company, Event, User
from dunwell.queries.companies import companies_of

MOST_AN_HOUR = 10
"""Failed attempts of one name written down in an hour; the log has each of them."""


@transaction.atomic
def note_sign_in(*, user: User, by: str, second_factor: str, at: datetime) -> None:
    """Record that somebody came in, by what, and with which second factor ("" for none)."""
    for company in _companies(user, at):
        record_event(
            staff(user, company, at=at), "user.signed_in", user, at=at,
            username=user.username, by=by, second_factor=second_factor,
        )  # fmt: skip


@transaction.atomic
def note_sign_out(*, user: User, at: datetime) -> None:
    """Record that somebody left; a session that merely ends leaves no event."""
    for company in _companies(user, at):
        record_event(
            staff(user, company, at=at), "user.signed_out", user, at=at, username=user.username
        )


@transaction.atomic
def note_failed_sign_in(*, login: str, by: str, at: datetime) -> int:
    """Record that somebody tried to come in as the person of a name or address.

    Returns in how many companies: 0 for a name that nobody has, and beyond MOST_AN_HOUR attempts
    within an hour, the last of which says so. Nobody is known to be acting, so it is the system.
    """
    user = (
        User.objects.select_for_update(no_key=True)
        .filter(Q(username__iexact=login) | Q(email__iexact=login))
        .order_by("pk")
        .first()
        if login
        else None
    )
    if user is None:
        return 0
    told = 0
    for company in Company.objects.filter(memberships__user=user).distinct().order_by("pk"):
        before = Event.objects.filter(
            company=company, subject="user", subject_id=user.pk, verb="user.sign_in_failed",
            at__gt=at - timedelta(hours=1),
        ).count()  # fmt: skip
        if before < MOST_AN_HOUR:
            record_event(
                system(company), "user.sign_in_failed", user, at=at, username=user.username, by=by,
                is_last_of_hour=before + 1 == MOST_AN_HOUR,
            )  # fmt: skip
            told += 1
    return told


def _companies(user: User, at: datetime) -> list[Company]:
    """Return the companies of a person, in one order for all writers."""
    return sorted(companies_of(user, at=at), key=lambda one: one.pk)
