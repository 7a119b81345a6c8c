"""The cycle's step for applications: forward, chase, remind, expire. Writes differences only."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.application_checks import open_questions, screen_application
from dunwell.actions.application_decisions import score_application
from dunwell.actions.application_mails import drop_mails, queue_mail
from dunwell.actions.application_moves import (
    GRANTED,
    UNDECIDED,
    Status,
    change,
    decide_by,
    locked_application,
    meet_deadlines,
    move,
    tell,
)
from dunwell.actions.application_references import (
    chase_references,
    gather_application,
    is_gathered,
)
from dunwell.actions.approvals import drop_approvals
from dunwell.actions.gate import Actor
from dunwell.engine.application_proposals import ApplicationProposal
from dunwell.formats.decision_words import condition_text
from dunwell.models import ApplicationDeadline, CreditApplication
from dunwell.queries.application_rules import application_rules

Kind = ApplicationDeadline.Kind
NEAR_DAYS = {Kind.DECIDE: 3, Kind.NOTIFY: 7}
"""So many days before a deadline a person is told."""
REMIND_DAYS = 5
"""So many days before it is due the applicant is reminded of a condition."""
LIVE = (*UNDECIDED, *GRANTED, Status.DECLINED)


@transaction.atomic
def watch_applications(
    *,
    actor: Actor,
    proposals: Mapping[int, ApplicationProposal],
    as_of: date,
    at: datetime,
) -> int:
    """Take every application as far as it goes without a person; return how many changed.

    Screens what was submitted, asks and chases references, scores what is gathered (with
    `proposals`, worked out before, by application), reminds of conditions and deadlines, and
    ends what is too old. Run twice on a day it changes nothing the second time.
    """
    actor.require("cycle.run")
    keys = CreditApplication.objects.filter(company=actor.company, status__in=LIVE).exclude(
        status=Status.DECLINED, told_on__isnull=False
    )
    changed = 0
    for key in list(keys.order_by("id").values_list("id", flat=True)):
        application = locked_application(actor, CreditApplication(pk=key))
        before = application.version
        changed += _watch(actor, application, proposals.get(key), as_of=as_of, at=at)
        application.refresh_from_db(fields=["version"])
        changed += application.version != before
    return changed


def _watch(
    actor: Actor,
    application: CreditApplication,
    proposal: ApplicationProposal | None,
    *,
    as_of: date,
    at: datetime,
) -> int:
    if application.status != Status.DECLINED and application.expires_on < as_of:
        _expire(actor, application, as_of=as_of, at=at)
        return 0
    _forward(actor, application, proposal, as_of=as_of, at=at)
    application.refresh_from_db()
    changed = 0
    if application.status == Status.GATHERING:
        changed += chase_references(actor, application, as_of=as_of, at=at)
    if application.status == Status.APPROVED_WITH_CONDITIONS:
        changed += _remind(actor, application, as_of=as_of, at=at)
    if application.complete_on is not None and application.status in UNDECIDED:
        _move_clock(application, as_of=as_of)
    return changed + _tell_deadlines(actor, application, as_of=as_of, at=at)


def _forward(
    actor: Actor,
    application: CreditApplication,
    proposal: ApplicationProposal | None,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Screen, gather and score, as far as nobody has to judge or answer something."""
    if application.status == Status.SUBMITTED:
        application = screen_application(actor=actor, application=application, as_of=as_of, at=at)
    if application.status == Status.SCREENING and not open_questions(application):
        application = gather_application(actor=actor, application=application, as_of=as_of, at=at)
    is_ready = application.status == Status.GATHERING and is_gathered(application, as_of=as_of)
    if is_ready and proposal is not None:
        score_application(
            actor=actor, application=application, proposal=proposal, as_of=as_of, at=at
        )


def _expire(actor: Actor, application: CreditApplication, *, as_of: date, at: datetime) -> None:
    was = application.status
    move(
        application,
        Status.EXPIRED,
        ended_on=as_of,
        link_until_at=at if application.link_hash else None,
    )
    if was == Status.PENDING_APPROVAL:
        drop_approvals(
            actor=actor, subject=application, reason="the application expired", as_of=as_of, at=at
        )
    drop_mails(application, ("link", "waiting", "reference", "reminder", "condition"))
    meet_deadlines(application, (Kind.DECIDE, Kind.NOTIFY), as_of=as_of)
    tell(actor, "expired", application, at=at, before=was)


def _move_clock(application: CreditApplication, *, as_of: date) -> None:
    """Write the decision's day anew where waiting for the applicant has moved it."""
    rules = application_rules(application.company, as_of=as_of).rules
    due = decide_by(application, rules, as_of=as_of)
    if due != application.decide_by:
        change(application, decide_by=due)


def _remind(actor: Actor, application: CreditApplication, *, as_of: date, at: datetime) -> int:
    """Remind the applicant once of the conditions that are due soon."""
    due = application.conditions.filter(
        fulfilled_on=None,
        waived_on=None,
        reminded_on=None,
        due_on__lte=as_of + timedelta(days=REMIND_DAYS),
    )
    found = list(due.order_by("due_on", "id"))
    if not found:
        return 0
    text = "\n".join(
        f"- {told}"
        for told in (
            condition_text(
                {
                    "kind": one.kind,
                    "text": one.text,
                    "amount_minor": one.amount_minor,
                    "due_on": one.due_on.isoformat(),
                },
                application.company.currency,
                application.language,
            )
            for one in found
        )
    )
    queue_mail(application, "condition", at=at, text=text)
    due.update(reminded_on=as_of)
    tell(actor, "reminded", application, at=at, conditions=[one.kind for one in found])
    return len(found)


def _tell_deadlines(
    actor: Actor, application: CreditApplication, *, as_of: date, at: datetime
) -> int:
    """Put what is due soon before a person, once."""
    wanted: list[tuple[ApplicationDeadline.Kind, date | None, str]] = []
    if application.status in UNDECIDED:
        wanted.append((Kind.DECIDE, application.decide_by, "policy"))
    if application.complete_on is not None and application.told_on is None:
        wanted.append((Kind.NOTIFY, application.notify_by, "law"))
    new = 0
    for kind, due_on, rule in wanted:
        if due_on is None or due_on > as_of + timedelta(days=NEAR_DAYS[kind]):
            continue
        _, is_new = ApplicationDeadline.objects.get_or_create(
            application=application,
            kind=kind,
            met_on=None,
            defaults={"due_on": due_on, "rule": rule, "told_on": as_of, "recorded_at": at},
        )
        if is_new:
            tell(actor, "deadline_near", application, at=at, kind=kind.value, due_on=str(due_on))
        new += is_new
    return new
