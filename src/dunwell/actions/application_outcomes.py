"""What a decision on an application does: the record, its conditions, the letter to the applicant.

Nothing here is an action of its own: the caller holds the transaction and checked the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunwell.actions.application_mails import drop_mails, queue_mail
from dunwell.actions.application_moves import (
    Status,
    ended_waits,
    meet_deadlines,
    move,
    tell,
)
from dunwell.actions.authority import held_in
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.adverse_action import check_reasons
from dunwell.engine.documents import LARGEST
from dunwell.formats.decision_words import summary
from dunwell.models import ApplicationCondition, CreditApplication
from dunwell.queries.application_letters import decision_told
from dunwell.queries.application_rules import application_rules, duties_of, notices_of

CONDITION_DAYS = 30
"""So long a condition has where nothing else is said."""
MOST_CONDITIONS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A limit, terms in days, and conditions (kind, text, amount_minor, due_on as text)."""

    limit_minor: int
    terms_days: int
    conditions: tuple[Mapping[str, object], ...] = ()


def grant_of(application: CreditApplication) -> Grant:
    """Return what was recommended."""
    told = application.recommendation
    return Grant(
        limit_minor=int(told.get("limit_minor", 0)),
        terms_days=int(told.get("terms_days", 0)),
        conditions=tuple(told.get("conditions", ())),
    )


def approve(
    actor: Actor,
    application: CreditApplication,
    grant: Grant,
    *,
    by: str,
    note: str = "",
    override: str = "",
    is_automatic: bool = False,
    as_of: date,
    at: datetime,
) -> None:
    """Approve with what is granted; conditions wait to be met, the applicant is told."""
    conditions = [_condition(application, one, as_of=as_of, at=at) for one in grant.conditions]
    if len(conditions) > MOST_CONDITIONS:
        raise Refused(f"At most {MOST_CONDITIONS} conditions are kept.")
    status = Status.APPROVED_WITH_CONDITIONS if conditions else Status.APPROVED
    rules = application_rules(application.company, as_of=as_of).rules
    decision = {
        **_decision(application, "approved", by=by, note=note, is_automatic=is_automatic),
        "limit_minor": grant.limit_minor,
        "terms_days": grant.terms_days,
        "conditions": [
            {
                "kind": one.kind,
                "text": one.text,
                "amount_minor": one.amount_minor,
                "due_on": one.due_on.isoformat(),
            }
            for one in conditions
        ],
        "roles": sorted(actor.roles),
        "override": override,
    }
    _move(
        application, status, decision, by=by, as_of=as_of, at=at,
        limit_minor=grant.limit_minor, terms_days=grant.terms_days,
        expires_on=as_of + timedelta(days=rules.activate_days),
    )  # fmt: skip
    ApplicationCondition.objects.bulk_create(conditions)
    _letter(application, at=at)
    tell(
        actor, status.value, application, at=at, by=by, limit_minor=grant.limit_minor,
        terms_days=grant.terms_days, conditions=len(conditions), automatic=is_automatic,
        override=override, reason=note, **held_in(application.authority),
    )  # fmt: skip


def decline(
    actor: Actor,
    application: CreditApplication,
    reasons: Sequence[str],
    *,
    by: str,
    note: str = "",
    is_automatic: bool = False,
    as_of: date,
    at: datetime,
) -> None:
    """Decline with two to four specific reasons and the notices the law asks for."""
    if wrong := check_reasons(reasons):
        raise Refused(wrong)
    owed = duties_of(application, as_of=as_of)
    if owed.names_agency and not application.agency.get("name"):
        raise Refused("A report on a person counted: name the agency it came from first.")
    decision = {
        **_decision(application, "declined", by=by, note=note, is_automatic=is_automatic),
        "reasons": list(reasons),
        "notices": list(notices_of(application, as_of=as_of)),
        "rules": list(owed.rules),
        # what would have changed it, kept with every automatic decision
        "proposal_reasons": application.proposal.get("reasons", []),
    }
    _move(
        application, Status.DECLINED, decision, by=by, as_of=as_of, at=at,
        reasons=list(reasons), ended_on=as_of,
    )  # fmt: skip
    _letter(application, at=at)
    tell(
        actor, "declined", application, at=at, by=by, reasons=list(reasons),
        rules=list(owed.rules), automatic=is_automatic, note=note,
    )  # fmt: skip


def _decision(
    application: CreditApplication, outcome: str, *, by: str, note: str, is_automatic: bool
) -> dict[str, object]:
    return {
        "outcome": outcome,
        "currency": application.company.currency,
        "by": by,
        "note": note,
        "is_automatic": is_automatic,
        "policy_version": application.proposal.get("policy_version"),
    }


def _move(
    application: CreditApplication,
    status: CreditApplication.Status,
    decision: Mapping[str, object],
    *,
    by: str,
    as_of: date,
    at: datetime,
    **fields: object,
) -> None:
    """Decide; a decision that cannot be mailed is told by whoever sends the letter."""
    told_on = as_of if application.email else None
    move(
        application,
        status,
        decision=dict(decision),
        decided_by=by,
        decided_on=as_of,
        decided_at=at,
        waits=ended_waits(application, as_of=as_of),
        link_until_at=at if application.link_hash else None,
        told_on=told_on,
        **fields,
    )
    drop_mails(application, ("link", "waiting", "reference", "reminder"))
    meet_deadlines(application, ("decide", "notify") if told_on else ("decide",), as_of=as_of)


def _letter(application: CreditApplication, *, at: datetime) -> None:
    text = summary(decision_told(application), application.language)
    queue_mail(application, "decision", at=at, text=text, has_letter=True)


def _condition(
    application: CreditApplication, told: Mapping[str, object], *, as_of: date, at: datetime
) -> ApplicationCondition:
    kind = str(told.get("kind", ""))
    if kind not in ApplicationCondition.Kind.values:
        kinds = ", ".join(ApplicationCondition.Kind.values)
        raise Refused(f"There is no condition {kind!r}; use one of {kinds}.")
    amount = told.get("amount_minor")
    if amount is not None and (
        isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= LARGEST
    ):
        raise Refused("The amount of a condition must lie above 0.")
    stated = told.get("due_on")
    due_on = as_of + timedelta(days=CONDITION_DAYS)
    if stated:
        due_on = stated if isinstance(stated, date) else date.fromisoformat(str(stated))
    if due_on < as_of:
        raise Refused("A condition cannot be due in the past.")
    return ApplicationCondition(
        application=application,
        kind=kind,
        text=fitting(text=str(told.get("text") or ""), most=300, what="condition"),
        amount_minor=amount,
        due_on=due_on,
        recorded_at=at,
    )
