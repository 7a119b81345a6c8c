"""/predictions: when each open item is expected to be paid, why, and what was said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Day, Id, Key, Limit, answers, existing, own
from dunwell.engine.calendars import day_date
from dunwell.models import Customer
from dunwell.queries.pages import Page
from dunwell.queries.predictions import (
    CustomerPrediction,
    PredictionRow,
    customer_predictions,
    item_prediction,
    logged_prediction,
    prediction_rows,
)
from dunwell.queries.scores import ScoreRow, customer_score

router = Router(tags=["predictions"])

QUANTILE = "q"
PPM_A_PERCENT = 10_000


class PredictionChoice(Schema):
    """Which predictions, in which order."""

    model_config = ConfigDict(extra="ignore")

    customer_id: Key | None = None
    order: Literal["late", "loss", "expected"] = Field(
        default="late",
        description="The most likely late, the largest expected loss or the soonest paid first.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PayDay:
    """The day by which an item is paid with a chance, in parts per million."""

    chance_ppm: int
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedPrediction:
    """What was said of an item on a day, from that day's log: chances in ppm, then days.

    `p_late_7_ppm` is the chance of being paid more than 7 days after the due day,
    `p_soon_ppm` that of being paid within 7 days, `p_unpaid_14_ppm` of not being paid within
    14, `p_loss_ppm` of never being paid. `history_items`: paid items of the customer by then.
    """

    item_id: int
    customer_id: int
    as_of: date
    currency: str
    open_minor: int
    issued_on: date
    due_on: date
    history_items: int
    p_late_ppm: int
    p_late_7_ppm: int
    p_late_30_ppm: int
    p_soon_ppm: int
    p_unpaid_14_ppm: int
    p_loss_ppm: int
    expected_pay_on: date
    pay_days: tuple[PayDay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerOutlook:
    """What is expected of a customer: sums per currency, and its score with points and warnings.

    The score is empty before the first cycle that gave one.
    """

    customer_id: int
    expected: tuple[CustomerPrediction, ...]
    score: ScoreRow | None


@router.get("/predictions", response=answers(Page[PredictionRow]))
def list_predictions(
    request: ApiRequest,
    choice: Query[PredictionChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PredictionRow]:
    """List what is expected of every open item, with the reasons.

    Days from the last scored day: `q10_on`, `q50_on` and `q90_on` are the days by which an
    item is paid with that chance; all chances are parts per million.
    """
    request.actor.require("ledger.view")
    return prediction_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.get("/predictions/{item_id}", response=answers(PredictionRow))
def show_prediction(request: ApiRequest, item_id: Id) -> PredictionRow:
    """Show what is expected of an open item, and why. 404 for one that was not scored.

    A reason says by how many days it moves the expected day, later above 0.
    """
    request.actor.require("ledger.view")
    return existing(item_prediction(request.actor.company, item_id))


@router.get("/predictions/{item_id}/{as_of}", response=answers(LoggedPrediction))
def show_logged_prediction(request: ApiRequest, item_id: Id, as_of: Day) -> LoggedPrediction:
    """Show what was said of an item on a day, from that day's log. 404 where nothing was.

    A log is never changed, so the answer for a day gone by never is.
    """
    request.actor.require("ledger.view")
    found = existing(logged_prediction(request.actor.company, item_id, as_of=as_of))
    return _logged(found)


@router.get("/customers/{customer_id}/outlook", response=answers(CustomerOutlook))
def show_outlook(request: ApiRequest, customer_id: Id) -> CustomerOutlook:
    """Show what is expected of a customer, its score with the reasons, and early warnings."""
    request.actor.require("ledger.view")
    company = request.actor.company
    customer = own(Customer, request.actor, customer_id)
    return CustomerOutlook(
        customer_id=customer.pk,
        expected=customer_predictions(company, customer.pk),
        score=customer_score(company, customer.pk),
    )


def _logged(row: Mapping[str, Any]) -> LoggedPrediction:
    """Return a row of the log with its day numbers as days."""
    same = (
        *("item_id", "customer_id", "currency", "open_minor", "history_items"),
        *("p_late_ppm", "p_late_7_ppm", "p_late_30_ppm", "p_soon_ppm"),
        *("p_unpaid_14_ppm", "p_loss_ppm"),
    )
    levels = [name for name in row if name[:1] == QUANTILE and name[1:].isdecimal()]
    return LoggedPrediction(
        **{name: row[name] for name in same},
        as_of=day_date(row["as_of_day"]),
        issued_on=day_date(row["issued_day"]),
        due_on=day_date(row["due_day"]),
        expected_pay_on=day_date(row["expected_pay_day"]),
        pay_days=tuple(
            PayDay(chance_ppm=int(name[1:]) * PPM_A_PERCENT, on=day_date(row[name]))
            for name in levels
        ),
    )
