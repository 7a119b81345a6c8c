"""/risk: how the book is spread, the appetite, shocks, rebalancing, and signals from outside."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.appetite_statements import state_appetite
from dunwell.actions.risk_signals import dismiss_signal, follow_signal, take_signals
from dunwell.actions.stress_scenarios import save_scenario
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    ReasonIn,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.appetite_form import Answer
from dunwell.engine.credit_book import PPM
from dunwell.engine.stress import Scenario
from dunwell.formats.signal_rows import SignalLine
from dunwell.models import RiskSignal
from dunwell.queries.appetite_statements import AppetiteStatementRow, statement_rows
from dunwell.queries.concentrations import concentrations
from dunwell.queries.pages import Page
from dunwell.queries.rebalancing import rebalancing
from dunwell.queries.risk_signals import SignalRow, match_rows, signal_detail, signal_rows
from dunwell.queries.stress_scenarios import stressed_book

router = Router(tags=["portfolio risk"])

Change = Annotated[int, Field(ge=-PPM, le=10 * PPM, description="A change, ppm.")]
Question = Literal[
    "yearly_loss",
    "largest_name",
    "largest_group",
    "sector",
    "country",
    "currency",
    "weak_classes",
    "new_customers",
    "insured",
    "cash_gap",
]


class RiskPartOut(Schema):
    """A part of the book; `before_minor` is what it held on the day compared with."""

    dimension: str
    key: str
    label: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int
    before_minor: int | None


class SpreadOut(Schema):
    """How the book is spread; amounts are minor units of `currency`."""

    as_of: date
    currency: str
    exposure_minor: int
    loss_minor: int
    covered_minor: int
    unknown: int
    customers: int
    hhi_ppm: int
    equal_names: int
    gini_ppm: int
    before: date | None
    parts: list[RiskPartOut]


class AppetiteAnswerIn(Body):
    """An answer to one question: minor units of the company's currency, or ppm."""

    question: Question
    value: Annotated[int, Field(ge=0, le=LARGEST_MINOR)]
    then: Literal["stop", "refer", "watch"] = "refer"


class AppetiteIn(Body):
    """The answers of the guided form, and the day from which they hold."""

    valid_from: Day
    answers: Annotated[list[AppetiteAnswerIn], Field(min_length=1, max_length=10)]


class ShocksIn(Body):
    """Shocks of a scenario, kept under a name."""

    name: Name
    pd_times_ppm: Annotated[int, Field(ge=0, le=100 * PPM)] = PPM
    sales_ppm: Change = 0
    inflation_ppm: Change = 0
    lgd_add_ppm: Annotated[int, Field(ge=-PPM, le=PPM)] = 0
    rate_add_ppm: Annotated[int, Field(ge=-PPM, le=PPM)] = 0
    delay_days: Annotated[int, Field(ge=0, le=365)] = 0
    failing_top: Annotated[int, Field(ge=0, le=1_000)] = 0


class ShockResultOut(Schema):
    """The book under shocks, minor units of `currency`."""

    currency: str
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    carry_minor: int
    stressed_carry_minor: int
    missing_minor: int
    failed: int


class RebalancingStepOut(Schema):
    """One lever for one customer: minor units of the company's currency."""

    customer_id: int
    lever: str
    exposure_minor: int
    less_minor: int
    cost_minor: int
    limit: str
    before: int
    after: int
    limit_minor: int | None


class RebalancingOut(Schema):
    """Steps that bring the book within its appetite; `stuck` limits stay passed."""

    currency: str
    cost_minor: int
    stuck: list[str]
    steps: list[RebalancingStepOut]


class RiskSignalIn(Body):
    """One signal; who it is about by number, VAT number or party, else by where and what."""

    external_id: Annotated[Plain, Field(min_length=1, max_length=200)]
    kind: Literal["insolvency", "rate", "currency", "rule", "sector", "country", "other"]
    title: Name
    text: Annotated[Plain, Field(max_length=4_000)] = ""
    url: Annotated[str, Field(max_length=500, pattern="^(https?://[!-~]+)?$")] = ""
    published_on: Day
    effective_on: Day | None = None
    severity: Annotated[int, Field(ge=1, le=3)] = 2
    region: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    sector: Annotated[str, Field(pattern="^([A-U]|[0-9]{2})?$")] = ""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    customer_number: Word = ""
    vat_id: Annotated[Plain, Field(max_length=40)] = ""
    party: Annotated[Plain, Field(max_length=200)] = ""


class SignalsIn(Body):
    """Signals of one source; what it told before is known by its own id."""

    source: Annotated[Plain, Field(min_length=1, max_length=80)]
    signals: Annotated[list[RiskSignalIn], Field(min_length=1, max_length=500)]


class SignalMatchOut(Schema):
    """A customer a signal touches."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    how: str
    likeness_ppm: int
    currency: str
    exposure_minor: int | None
    relevance_ppm: int
    task_id: int | None
    watch_id: int | None


class SignalFollowIn(Body):
    """Make tasks or watches: for these customers, or for all it touches."""

    way: Literal["task", "watch"] = "task"
    customer_ids: Annotated[list[Key], Field(max_length=500)] | None = None


@router.get("/spread", response=answers(SpreadOut))
def show_spread(request: ApiRequest) -> dict[str, Any]:
    """Show how the book is spread by sector, country, currency, group, class and more."""
    request.actor.require("ledger.view")
    page = concentrations(request.actor.company, as_of=request.as_of)
    return {
        **{
            name: getattr(page, name)
            for name in SpreadOut.model_fields
            if name not in {"hhi_ppm", "equal_names", "parts"}
        },
        "hhi_ppm": page.spread.hhi_ppm,
        "equal_names": page.spread.equal_names,
        "parts": [row for rows in page.parts.values() for row in rows],
    }


@router.get("/appetite", response=answers(Page[AppetiteStatementRow]))
def list_appetite_statements(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[AppetiteStatementRow]:
    """List statements of the risk appetite, the newest first."""
    request.actor.require("ledger.view")
    return statement_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/appetite", response=answers(Created, 201))
@once
def new_appetite_statement(request: ApiRequest, body: AppetiteIn) -> tuple[int, dict[str, Any]]:
    """Draft a credit policy from answers; a second person publishes it."""
    statement = state_appetite(
        actor=request.actor,
        answers={one.question: Answer(value=one.value, then=one.then) for one in body.answers},
        valid_from=body.valid_from,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": statement.pk}


@router.get("/stress", response=answers(ShockResultOut))
def show_shocks(
    request: ApiRequest,
    pd_times_ppm: Annotated[int, Field(ge=0, le=100 * PPM)] = PPM,
    sales_ppm: Change = 0,
    inflation_ppm: Change = 0,
    rate_add_ppm: Change = 0,
    delay_days: Annotated[int, Field(ge=0, le=365)] = 0,
    failing_top: Annotated[int, Field(ge=0, le=1_000)] = 0,
) -> dict[str, Any]:
    """Show what shocks cost: loss, carry and missing cash."""
    request.actor.require("ledger.view")
    told = stressed_book(
        request.actor.company,
        Scenario(
            pd_times_ppm=pd_times_ppm,
            sales_ppm=sales_ppm,
            inflation_ppm=inflation_ppm,
            rate_add_ppm=rate_add_ppm,
            delay_days=delay_days,
            failing_top=failing_top,
        ),
        as_of=request.as_of,
    )
    names = [name for name in ShockResultOut.model_fields if name != "currency"]
    return {
        "currency": told.book.currency,
        **{name: getattr(told.found, name) for name in names},
    }


@router.post("/stress/scenarios", response=answers(Created, 201))
@once
def new_stress_scenario(request: ApiRequest, body: ShocksIn) -> tuple[int, dict[str, Any]]:
    """Keep shocks under a name."""
    told = body.model_dump(exclude={"name"})
    scenario = save_scenario(
        actor=request.actor, name=body.name, shocks=Scenario(**told), at=request.at
    )
    return 201, {"id": scenario.pk}


@router.get("/rebalancing", response=answers(RebalancingOut))
def show_rebalancing(request: ApiRequest) -> dict[str, Any]:
    """Show which levers bring the book within its appetite at the least cost."""
    request.actor.require("ledger.view")
    told = rebalancing(request.actor.company, as_of=request.as_of)
    found = told.found
    return {
        "currency": told.currency,
        "cost_minor": found.cost_minor,
        "stuck": list(found.stuck),
        "steps": list(found.steps),
    }


@router.get("/signals", response=answers(Page[SignalRow]))
def list_signals(
    request: ApiRequest,
    status: Literal["", "new", "acted", "dismissed"] = "",
    kind: Word = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SignalRow]:
    """List signals, the newest first."""
    request.actor.require("ledger.view")
    return signal_rows(
        request.actor.company,
        status=status,
        kind=kind,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.post("/signals", response=answers(Done))
@once
def new_signals(request: ApiRequest, body: SignalsIn) -> tuple[int, dict[str, Any]]:
    """Take in signals; `changed` is how many are new."""
    taken = take_signals(
        actor=request.actor,
        lines=[SignalLine(row=n, **one.model_dump()) for n, one in enumerate(body.signals, 1)],
        source=body.source,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": taken.new}


@router.get("/signals/{signal_id}/matches", response=answers(list[SignalMatchOut]))
def list_signal_matches(request: ApiRequest, signal_id: Id) -> list[Any]:
    """List whom a signal touches, those it matters most to first."""
    request.actor.require("ledger.view")
    existing(signal_detail(request.actor.company, signal_id))
    return list(match_rows(request.actor.company, signal_id=signal_id))


@router.post("/signals/{signal_id}/follow", response=answers(Done))
@once
def follow_risk_signal(
    request: ApiRequest, signal_id: Id, body: SignalFollowIn
) -> tuple[int, dict[str, Any]]:
    """Make a task or start a watch for whom a signal touches."""
    changed = follow_signal(
        actor=request.actor,
        signal=own(RiskSignal, request.actor, signal_id),
        customer_ids=body.customer_ids,
        way=body.way,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": changed}


@router.post("/signals/{signal_id}/dismiss", response=answers(Done))
@once
def dismiss_risk_signal(
    request: ApiRequest, signal_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Say with a reason that a signal is nothing for us."""
    dismiss_signal(
        actor=request.actor,
        signal=own(RiskSignal, request.actor, signal_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
