"""/anomalies: items and payments unlike the others, and what a person says of them."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.anomalies import decide_anomaly
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Anomaly
from dunwell.queries.anomalies import AnomalyRow, anomaly_counts, anomaly_rows
from dunwell.queries.pages import Page

router = Router(tags=["anomalies"])


class AnomalyChoice(Schema):
    """Which findings."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["", "open", "confirmed", "dismissed"] = "open"
    kind: Word = ""
    customer_id: Key | None = None


class AnomalyDecisionIn(Body):
    """What a person says of a finding; a dismissal needs its reason."""

    status: Literal["confirmed", "dismissed"]
    reason: Annotated[Plain, Field(max_length=500)] = ""


@router.get("", response=answers(Page[AnomalyRow]))
def list_anomalies(
    request: ApiRequest,
    choice: Query[AnomalyChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AnomalyRow]:
    """List what looks wrong in items and payments, the most severe first.

    `measured` and `usual` are in `unit`: minor (units of the currency), days, day (a date as
    days since 1970-01-01), numbers or count.
    """
    request.actor.require("ledger.view")
    return anomaly_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.get("/counts", response=answers(dict[str, int]))
def count_anomalies(request: ApiRequest) -> dict[str, int]:
    """Count the open findings of each kind."""
    request.actor.require("ledger.view")
    return anomaly_counts(request.actor.company)


@router.post("/{anomaly_id}/decide", response=answers(Done))
@once
def decide_on_anomaly(
    request: ApiRequest, anomaly_id: Id, body: AnomalyDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Confirm a finding, or dismiss it for good with the reason."""
    decide_anomaly(
        actor=request.actor,
        anomaly=own(Anomaly, request.actor, anomaly_id),
        status=body.status,
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
