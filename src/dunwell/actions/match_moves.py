"""One move of a case: locked, its version compared, its status changed, its time counted."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.models import Event, MatchCase, Payment

Status = MatchCase.Status
CASE = "matchcase"
"""Name of the record that a case's events are about."""
LONGEST_SECONDS = 4 * 3_600
"""More than that nobody looks at one payment: the page was left open."""

DONE = {
    "cash.posted": "was posted",
    "cash.settled": "was settled",
    "cash.parked": "was left on account",
    "cash.held": "was held",
    "cash.released": "was released",
    "cash.undone": "was taken back",
}
"""What the events of a case say happened to its payment."""


def locked_case(actor: Actor, case: MatchCase, *, version: int, to: str) -> MatchCase:
    """Lock a case that may move to a status and return it with its payment.

    Raises Refused for another company's case and for a move that is not allowed, and Stale,
    naming who changed it and when, for a version that is no longer the present one.
    """
    found = (
        MatchCase.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=case.pk)
        .select_related("payment")
        .first()
    )
    if found is None:
        raise Refused(f"This case does not belong to {actor.company.name}.")
    if found.version != version:
        raise Stale(_changed(found))
    if to not in MatchCase.MOVES[Status(found.status)]:
        raise Refused(
            f"Payment {found.payment.number} is in the state "
            f"'{Status(found.status).label}'; this cannot be done with it now."
        )
    return found


def _changed(case: MatchCase) -> str:
    """Return the sentence that names who changed the case meanwhile, what and when."""
    last = (
        Event.objects.filter(company=case.company, subject=CASE, subject_id=case.pk)
        .order_by("-seq")
        .first()
    )
    number = case.payment.number
    if last is None:
        return f"Payment {number} was matched anew meanwhile; load it again."
    at = last.at.astimezone(ZoneInfo(case.company.zone))
    did = DONE.get(last.verb, "was changed")
    return f"Payment {number} {did} by {last.actor} at {at:%H:%M on %Y-%m-%d}; load it again."


def move(
    actor: Actor,
    case: MatchCase,
    *,
    to: str,
    seconds: int,
    as_of: date,
    at: datetime,
    why: tuple[str, str, str] | None = None,
) -> MatchCase:
    """Move a locked case and return it; `why` is its new reason, sentence and who looks at it."""
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise Refused(f"The seconds spent must lie between 0 and {LONGEST_SECONDS}.")
    reason, sentence, escalate_to = why or (case.reason, case.why, "")
    MatchCase.objects.filter(pk=case.pk).update(
        status=to,
        reason=reason,
        why=sentence,
        escalate_to=escalate_to,
        version=F("version") + 1,
        seconds=F("seconds") + seconds,
        decided_on=as_of,
        decided_at=at,
        decided_by=actor.name,
    )
    case.refresh_from_db()
    return case


def lock_payment_of(case: MatchCase) -> Payment:
    """Lock the payment of a case, whether it was returned or not."""
    return Payment.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.payment_id)
