"""Conditions of an approval: met with evidence, or given up by who may decide."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_mails import drop_mails
from dunwell.actions.application_moves import (
    LONGEST_REASON,
    Status,
    locked_application,
    move,
    tell,
)
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import needed
from dunwell.models import ApplicationCondition, ApplicationDocument, CreditApplication


@transaction.atomic
def fulfil_condition(
    *,
    actor: Actor,
    condition: ApplicationCondition,
    evidence: str,
    document: ApplicationDocument | None = None,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Record that a condition is met, with what shows it; after the last one all are met.

    Raises Refused without evidence, and for one that is over.
    """
    actor.require("application.edit")
    application = locked_application(actor, condition.application)
    told = needed(
        text=evidence,
        most=LONGEST_REASON,
        what="evidence",
        missing="Say what shows that it is met: an entry of the bank, a document.",
    )
    if document is not None and document.application_id != application.pk:
        raise Refused("This document belongs to another application.")
    _end(
        application, condition, fulfilled_on=as_of, evidence=told, document=document, by=actor.name
    )
    tell(
        actor, "condition_met", application, at=at,
        kind=condition.kind, evidence=told, document=document.name if document else "",
    )  # fmt: skip
    _all_met(actor, application, at=at)
    return application


@transaction.atomic
def waive_condition(
    *,
    actor: Actor,
    condition: ApplicationCondition,
    reason: str,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Give a condition up, with a reason; another person than who recommended the credit."""
    actor.require("application.decide")
    application = locked_application(actor, condition.application)
    told = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say why the condition is given up.",
    )
    override = own_approval(
        actor,
        author=application.recommended_by,
        refusal="You recommended this credit; somebody else has to give a condition up.",
    )
    _end(application, condition, waived_on=as_of, evidence=told, by=actor.name)
    tell(
        actor, "condition_waived", application, at=at,
        kind=condition.kind, reason=told, override=override,
    )  # fmt: skip
    _all_met(actor, application, at=at)
    return application


def _end(
    application: CreditApplication, condition: ApplicationCondition, **fields: object
) -> None:
    if application.status != Status.APPROVED_WITH_CONDITIONS:
        label = Status(application.status).label.lower()
        raise Refused(f"{application.number} is marked: {label}; its conditions are closed.")
    rows = ApplicationCondition.objects.filter(
        pk=condition.pk, application=application, fulfilled_on=None, waived_on=None
    )
    if rows.update(**fields) != 1:
        raise Refused("This condition is closed already; load the page again.")


def _all_met(actor: Actor, application: CreditApplication, *, at: datetime) -> None:
    waiting = application.conditions.filter(fulfilled_on=None, waived_on=None)
    if not waiting.exists():
        move(application, Status.CONDITIONS_MET)
        drop_mails(application, ("condition",))
        tell(actor, "conditions_met", application, at=at)
