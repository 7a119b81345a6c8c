"""Feedback: what customers say, right-party contact, complaints and contact fatigue."""

from datetime import timedelta
from typing import Literal

from ninja import Query, Router, Schema

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Day, Limit, answers
from dunwell.queries.contact_quality import (
    ComplaintRate,
    RightParty,
    TiredCustomer,
    complaint_rates,
    right_party,
    tired_customers,
)
from dunwell.queries.feedback_policies import feedback_policy
from dunwell.queries.pages import Page
from dunwell.queries.surveys import SurveyFigure, SurveyRow, survey_figures, survey_rows

router = Router(tags=["feedback"])
YEAR = timedelta(days=364)


class SurveyFilter(Schema):
    """Which questions to list."""

    kind: Literal["", "csat", "nps", "effort"] = ""
    occasion: Literal["", "payment", "case", "conversation"] = ""
    only_answered: bool = False
    from_on: Day | None = None
    until_on: Day | None = None
    cursor: Cursor = ""
    limit: Limit = PAGE


class FeedbackSpan(Schema):
    """Days a figure is about; a year until today where none are given."""

    from_on: Day | None = None
    until_on: Day | None = None


class FeedbackOut(Schema):
    """What a span comes to; shares in ppm, recommendation in hundredths of points."""

    surveys: list[SurveyFigure]
    right_party: list[RightParty]
    complaints: list[ComplaintRate]


@router.get("", response=answers(FeedbackOut))
def show_feedback(request: ApiRequest, query: Query[FeedbackSpan]) -> dict[str, object]:
    """Return what customers say, whom calls reach and who complains, in a span of days."""
    request.actor.require("ledger.view")
    company = request.actor.company
    until_on = query.until_on or request.as_of
    from_on = query.from_on or until_on - YEAR
    policy = feedback_policy(company, as_of=request.as_of)
    return {
        "surveys": survey_figures(company, from_on=from_on, until_on=until_on),
        "right_party": right_party(company, from_on=from_on, until_on=until_on),
        "complaints": complaint_rates(company, policy, from_on=from_on, until_on=until_on),
    }


@router.get("/surveys", response=answers(Page[SurveyRow]))
def list_surveys(request: ApiRequest, query: Query[SurveyFilter]) -> Page[SurveyRow]:
    """List questions to customers and their answers, the newest first."""
    request.actor.require("timeline.words")
    return survey_rows(request.actor.company, **query.dict())


@router.get("/fatigue", response=answers(Page[TiredCustomer]))
def list_tired_customers(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[TiredCustomer]:
    """List customers that were contacted often of late, the most contacted first."""
    request.actor.require("ledger.view")
    company = request.actor.company
    policy = feedback_policy(company, as_of=request.as_of)
    return tired_customers(company, policy, as_of=request.as_of, cursor=cursor, limit=limit)
