"""What the actions on credit applications are made of: locks, allowed moves, the clock, events.

Nothing here is an action of its own: the caller holds the transaction and checked the right.
"""

from collections.abc import Sequence
from datetime import date, datetime

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, check_status
from dunwell.engine.application_rules import ApplicationRules, decision_clock
from dunwell.models import ApplicationDeadline, CreditApplication

Status = CreditApplication.Status
LONGEST_REASON = 300

OVER = (Status.ACTIVATED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED)
"""Nothing follows on these."""
UNDECIDED = (
    Status.DRAFT,
    Status.SUBMITTED,
    Status.SCREENING,
    Status.GATHERING,
    Status.SCORED,
    Status.IN_REVIEW,
    Status.RECOMMENDED,
    Status.PENDING_APPROVAL,
)
GRANTED = (Status.APPROVED, Status.APPROVED_WITH_CONDITIONS, Status.CONDITIONS_MET)
"""Said yes to, and not yet a customer with a limit."""


def locked_application(actor: Actor, application: CreditApplication) -> CreditApplication:
    """Lock an application and return it as it is now; Refused for another company's."""
    found = (
        CreditApplication.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company", "customer")
        .filter(company=actor.company, pk=application.pk)
        .first()
    )
    if found is None:
        raise Refused("This application belongs to another company.")
    return found


def check_move(application: CreditApplication, status: str) -> None:
    """Raise Refused when the application cannot take the status from where it is."""
    before = Status(application.status)
    check_status(CreditApplication.MOVES, before, status, application.number)


def move(application: CreditApplication, status: str, **fields: object) -> None:
    """Move an application on, with fields that change with it; refuse when somebody just did."""
    check_move(application, status)
    change(application, status=status, **fields)


def change(application: CreditApplication, **fields: object) -> None:
    """Change fields by compare-and-set; raise Refused when somebody else was faster."""
    changes = {"version": application.version + 1, **fields}
    rows = CreditApplication.objects.filter(
        pk=application.pk, status=application.status, version=application.version
    )
    if rows.update(**changes) != 1:
        raise Refused(f"Somebody else has just changed {application.number}; load the page again.")
    for name, value in changes.items():
        setattr(application, name, value)


def tell(
    actor: Actor, verb: str, application: CreditApplication, *, at: datetime, **data: object
) -> None:
    """Write the event of an application, with its number."""
    record_event(
        actor,
        f"application.{verb}",
        application,
        at=at,
        customer_id=application.customer_id,
        number=application.number,
        **data,
    )


def waits_of(application: CreditApplication) -> list[tuple[date, date | None]]:
    """Return the spans in which we waited for the applicant."""
    return [
        (date.fromisoformat(first), date.fromisoformat(last) if last else None)
        for first, last in application.waits
    ]


def decide_by(
    application: CreditApplication, rules: ApplicationRules, *, as_of: date
) -> date | None:
    """Return by when the decision is due as things stand on a day, None before it is complete."""
    return decision_clock(
        rules, complete_on=application.complete_on, waits=waits_of(application), as_of=as_of
    ).decide_by


def ended_waits(application: CreditApplication, *, as_of: date) -> list[list[str | None]]:
    """Return the spans of waiting with the open one ended on a day."""
    return [[first, last or as_of.isoformat()] for first, last in application.waits]


def is_waiting(application: CreditApplication) -> bool:
    """Return whether we wait for the applicant now."""
    return any(last is None for _, last in application.waits)


def meet_deadlines(application: CreditApplication, kinds: Sequence[str], *, as_of: date) -> None:
    """Mark deadlines as met: what was owed was done."""
    ApplicationDeadline.objects.filter(
        application=application, kind__in=kinds, met_on=None
    ).update(met_on=as_of)
