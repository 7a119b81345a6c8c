"""What is owed to an applicant after a decision: to be told, the reasons, and a second look."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_mails import queue_mail
from dunwell.actions.application_moves import (
    LONGEST_REASON,
    OVER,
    Status,
    change,
    locked_application,
    meet_deadlines,
    tell,
)
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting, needed
from dunwell.formats.decision_words import summary
from dunwell.models import ApplicationDeadline, CreditApplication
from dunwell.queries.application_letters import decision_told
from dunwell.queries.application_rules import duties_of

Kind = ApplicationDeadline.Kind


@transaction.atomic
def record_report_used(
    *,
    actor: Actor,
    application: CreditApplication,
    name: str,
    address: str,
    phone: str = "",
    at: datetime,
) -> CreditApplication:
    """Record that a report on a person counted, and the agency a refusal has to name."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.decided_on is not None or application.status in OVER:
        raise Refused(f"{application.number} is decided already.")
    agency = {
        "name": fitting(text=name, most=120, what="name"),
        "address": fitting(text=address, most=200, what="address"),
        "phone": fitting(text=phone, most=40, what="number"),
    }
    if not agency["name"] or not agency["address"]:
        raise Refused("Give the agency's name and address; both stand in the letter.")
    if application.agency != agency or not application.used_consumer_report:
        change(application, agency=agency, used_consumer_report=True)
        tell(actor, "report_used", application, at=at, agency=agency["name"])
    return application


@transaction.atomic
def record_told(
    *, actor: Actor, application: CreditApplication, how: str, as_of: date, at: datetime
) -> CreditApplication:
    """Record that the applicant was told the decision another way than by mail; once."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    told = fitting(text=how, most=LONGEST_REASON, what="text")
    if application.decided_on is None:
        raise Refused(f"{application.number} is not decided yet.")
    if not told:
        raise Refused("Say how the applicant was told: by post, by hand.")
    if application.told_on is None:
        change(application, told_on=as_of)
        meet_deadlines(application, (Kind.NOTIFY,), as_of=as_of)
        tell(actor, "told", application, at=at, how=told)
    return application


@transaction.atomic
def ask_reasons(
    *, actor: Actor, application: CreditApplication, asked_on: date, as_of: date, at: datetime
) -> CreditApplication:
    """Record that the applicant asked for the reasons in writing; they are due by a day.

    Raises Refused for a credit that was not refused, and after the time to ask.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status != Status.DECLINED:
        raise Refused(f"{application.number} was not declined.")
    if asked_on > as_of:
        raise Refused("This day has not come.")
    told_on = application.told_on or as_of
    owed = duties_of(application, as_of=application.decided_on or as_of)
    if not owed.may_ask(told_on=told_on, asked_on=asked_on):
        raise Refused(
            f"Reasons may be asked for within {owed.request_days} days of {told_on}; you may "
            "still write to the applicant."
        )
    if application.reasons_asked_on is not None:
        return application
    change(application, reasons_asked_on=asked_on)
    due = owed.reasons_by(asked_on)
    _deadline(application, Kind.REASONS, due, rule=", ".join(owed.rules), as_of=as_of, at=at)
    tell(actor, "reasons_asked", application, at=at, asked_on=str(asked_on), due_on=str(due))
    return application


@transaction.atomic
def send_reasons(
    *, actor: Actor, application: CreditApplication, as_of: date, at: datetime
) -> CreditApplication:
    """Mail the reasons that were asked for, with the notices; once."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.reasons_asked_on is None:
        raise Refused("Nobody asked for the reasons; record the request first.")
    if application.reasons_sent_on is not None:
        return application
    notices = [str(one) for one in application.decision.get("notices", [])]
    text = "\n\n".join([summary(decision_told(application), application.language), *notices])
    if queue_mail(application, "reasons", at=at, text=text, has_letter=True) is None:
        raise Refused("Enter the applicant's e-mail address, or send the letter by post.")
    change(application, reasons_sent_on=as_of)
    meet_deadlines(application, (Kind.REASONS,), as_of=as_of)
    tell(actor, "reasons_sent", application, at=at)
    return application


@transaction.atomic
def contest_decision(
    *,
    actor: Actor,
    application: CreditApplication,
    text: str,
    asked_on: date,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Record that a natural person contests a decision; a person looks again by a day."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    told = fitting(text=text, most=1_000, what="text")
    if application.decided_on is None:
        raise Refused(f"{application.number} is not decided yet.")
    if not told:
        raise Refused("Write down what the applicant says.")
    owed = duties_of(application, as_of=application.decided_on)
    due = owed.review_by(asked_on)
    if due is None:
        raise Refused("Only a natural person may have a decision looked at again; take it anew.")
    if application.contested_on is not None:
        return application
    change(application, contested_on=asked_on)
    _deadline(application, Kind.REVIEW, due, rule="GDPR-15-22", as_of=as_of, at=at)
    tell(actor, "contested", application, at=at, text=told, due_on=str(due))
    return application


@transaction.atomic
def answer_contest(
    *,
    actor: Actor,
    application: CreditApplication,
    is_upheld: bool,
    text: str,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Record what a person found who looked again; another than who decided.

    A decision that does not stand is taken anew, in an application of its own.
    """
    actor.require("application.decide")
    application = locked_application(actor, application)
    told = needed(
        text=text, most=1_000, what="text", missing="Say what was found; the applicant may ask."
    )
    waiting = application.deadlines.filter(kind=Kind.REVIEW, met_on=None)
    if not waiting.exists():
        raise Refused("Nothing is contested that waits for an answer.")
    override = own_approval(
        actor,
        author=application.decided_by,
        refusal="You decided this; somebody else has to look at it again.",
    )
    meet_deadlines(application, (Kind.REVIEW,), as_of=as_of)
    tell(
        actor, "contest_answered", application, at=at,
        upheld=is_upheld, text=told, override=override,
    )  # fmt: skip
    return application


def _deadline(
    application: CreditApplication,
    kind: ApplicationDeadline.Kind,
    due_on: date,
    *,
    rule: str,
    as_of: date,
    at: datetime,
) -> None:
    ApplicationDeadline.objects.get_or_create(
        application=application,
        kind=kind,
        met_on=None,
        defaults={"due_on": due_on, "rule": rule[:40], "told_on": as_of, "recorded_at": at},
    )
