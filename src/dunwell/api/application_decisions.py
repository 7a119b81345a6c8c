"""/applications: scored, recommended, decided, activated, and what the applicant is owed."""

from datetime import date
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.application_activation import activate_application
from dunwell.actions.application_conditions import fulfil_condition, waive_condition
from dunwell.actions.application_decisions import (
    Recommendation,
    decide_application,
    recommend_application,
    score_application,
)
from dunwell.actions.application_duties import (
    answer_contest,
    ask_reasons,
    contest_decision,
    record_report_used,
    record_told,
    send_reasons,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    Body,
    Day,
    Done,
    Id,
    Name,
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import ApplicationCondition, CreditApplication
from dunwell.queries.application_letters import decision_letter
from dunwell.queries.application_proposals import application_proposal

router = Router(tags=["credit applications"])

ReasonText = Annotated[Plain, Field(min_length=8, max_length=200)]


class ConditionIn(Body):
    """What the approval depends on; the amount is in minor units of the company's currency."""

    kind: Literal["deposit", "guarantee", "insurance", "document"]
    text: Annotated[Plain, Field(max_length=300)] = ""
    amount_minor: PositiveMinor | None = None
    due_on: Day | None = None


class RecommendationIn(Body):
    """What should be decided; the limit is in minor units of the company's currency."""

    outcome: Literal["approve", "decline"]
    limit_minor: Annotated[int, Field(ge=0, le=LARGEST_MINOR)] = 0
    terms_days: Annotated[int, Field(ge=0, le=365)] = 0
    conditions: Annotated[list[ConditionIn], Field(max_length=10)] = []
    reasons: Annotated[list[ReasonText], Field(max_length=4)] = []
    note: Annotated[Plain, Field(max_length=1000)] = ""

    def told(self) -> Recommendation:
        """Return the recommendation as the action takes it."""
        return Recommendation(
            outcome=self.outcome,
            limit_minor=self.limit_minor,
            terms_days=self.terms_days,
            conditions=tuple(
                {**one.dict(), "due_on": one.due_on.isoformat() if one.due_on else ""}
                for one in self.conditions
            ),
            reasons=tuple(self.reasons),
            note=self.note,
        )


class ApplicationDecisionIn(Body):
    """As was recommended, or sent back with a reason."""

    outcome: Literal["approve", "decline", "send_back"]
    reason: Annotated[Plain, Field(max_length=300)] = ""


class ActivationIn(Body):
    """The number of the new customer; empty takes the application's."""

    number: Annotated[Plain, Field(max_length=80)] = ""


class ConditionEvidenceIn(Body):
    """What shows that a condition is met."""

    evidence: Annotated[Plain, Field(min_length=1, max_length=300)]


class ReportingAgencyIn(Body):
    """The agency a report on a person came from; it stands in a refusal."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    address: Annotated[Plain, Field(min_length=1, max_length=200)]
    phone: Annotated[Plain, Field(max_length=40)] = ""


class ToldIn(Body):
    """How the applicant was told the decision."""

    how: Name


class AskedOnIn(Body):
    """When the reasons were asked for in writing."""

    asked_on: Day


class ContestIn(Body):
    """What the applicant says against an automatic decision, and when."""

    text: Annotated[Plain, Field(min_length=1, max_length=1000)]
    asked_on: Day


class ContestAnswerIn(Body):
    """Whether the decision stands, and what was found."""

    is_upheld: bool
    text: Annotated[Plain, Field(min_length=1, max_length=1000)]


class LetterOut(Schema):
    """What the letter with the decision says; amounts in minor units of `currency`."""

    number: str
    language: str
    company: str
    applicant: str
    address: str
    decided_on: date
    currency: str
    decision: dict[str, Any]
    signed_by: str


def _own(request: ApiRequest, application_id: int) -> CreditApplication:
    return own(CreditApplication, request.actor, application_id)


@router.get("/applications/{application_id}/letter", response=answers(LetterOut))
def show_application_letter(request: ApiRequest, application_id: Id) -> LetterOut:
    """Show what the letter with the decision says; 404 before there is one."""
    request.actor.require("ledger.view")
    letter = existing(decision_letter(_own(request, application_id)))
    return LetterOut(
        number=letter.number,
        language=letter.language,
        company=letter.company,
        applicant=letter.applicant,
        address=letter.address,
        decided_on=letter.decided_on,
        currency=str(letter.decision.get("currency", "")),
        decision=dict(letter.decision),
        signed_by=letter.signed_by,
    )


@router.post("/applications/{application_id}/score", response=answers(Done))
@once
def rate_application(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Ask the credit policy; it decides alone where it may, else a person reviews."""
    # checked before the proposal is worked out, which says a good deal of the applicant
    request.actor.require("application.edit")
    application = _own(request, application_id)
    score_application(
        actor=request.actor,
        application=application,
        proposal=application_proposal(application, as_of=request.as_of),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/recommend", response=answers(Done))
@once
def advise_on_application(
    request: ApiRequest, application_id: Id, body: RecommendationIn
) -> tuple[int, dict[str, Any]]:
    """Say what should be decided; somebody else decides."""
    recommend_application(
        actor=request.actor,
        application=_own(request, application_id),
        recommendation=body.told(),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/decide", response=answers(Done))
@once
def decide_on_application(
    request: ApiRequest, application_id: Id, body: ApplicationDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Decide as was recommended; beyond one's authority an approval is asked for."""
    decide_application(
        actor=request.actor,
        application=_own(request, application_id),
        outcome=body.outcome,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/application-conditions/{condition_id}/meet", response=answers(Done))
@once
def note_condition_met(
    request: ApiRequest, condition_id: Id, body: ConditionEvidenceIn
) -> tuple[int, dict[str, Any]]:
    """Record that a condition is met, with what shows it."""
    fulfil_condition(
        actor=request.actor,
        condition=_condition(request, condition_id),
        evidence=body.evidence,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/application-conditions/{condition_id}/waive", response=answers(Done))
@once
def drop_condition(
    request: ApiRequest, condition_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Give a condition up; another person than who recommended the credit."""
    waive_condition(
        actor=request.actor,
        condition=_condition(request, condition_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/activate", response=answers(Done))
@once
def activate_applicant(
    request: ApiRequest, application_id: Id, body: ActivationIn
) -> tuple[int, dict[str, Any]]:
    """Make the applicant a customer with terms and a limit."""
    activate_application(
        actor=request.actor,
        application=_own(request, application_id),
        number=body.number,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/report", response=answers(Done))
@once
def note_report_used(
    request: ApiRequest, application_id: Id, body: ReportingAgencyIn
) -> tuple[int, dict[str, Any]]:
    """Record that a report on a person counted; a refusal then names the agency."""
    record_report_used(
        actor=request.actor,
        application=_own(request, application_id),
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/told", response=answers(Done))
@once
def note_applicant_told(
    request: ApiRequest, application_id: Id, body: ToldIn
) -> tuple[int, dict[str, Any]]:
    """Record that the applicant was told the decision another way than by mail."""
    record_told(
        actor=request.actor,
        application=_own(request, application_id),
        how=body.how,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/reasons", response=answers(Done))
@once
def note_reasons_asked(
    request: ApiRequest, application_id: Id, body: AskedOnIn
) -> tuple[int, dict[str, Any]]:
    """Record that the applicant asked for the reasons; they are due by a day."""
    ask_reasons(
        actor=request.actor,
        application=_own(request, application_id),
        asked_on=body.asked_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/reasons/send", response=answers(Done))
@once
def send_application_reasons(
    request: ApiRequest, application_id: Id
) -> tuple[int, dict[str, Any]]:
    """Mail the reasons that were asked for."""
    send_reasons(
        actor=request.actor,
        application=_own(request, application_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/contest", response=answers(Done))
@once
def note_decision_contested(
    request: ApiRequest, application_id: Id, body: ContestIn
) -> tuple[int, dict[str, Any]]:
    """Record that a natural person wants a decision looked at again by a person."""
    contest_decision(
        actor=request.actor,
        application=_own(request, application_id),
        text=body.text,
        asked_on=body.asked_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/contest/answer", response=answers(Done))
@once
def answer_contested_decision(
    request: ApiRequest, application_id: Id, body: ContestAnswerIn
) -> tuple[int, dict[str, Any]]:
    """Record what the person found who looked again."""
    answer_contest(
        actor=request.actor,
        application=_own(request, application_id),
        is_upheld=body.is_upheld,
        text=body.text,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _condition(request: ApiRequest, condition_id: int) -> ApplicationCondition:
    return get_object_or_404(
        ApplicationCondition, pk=condition_id, application__company=request.actor.company
    )
