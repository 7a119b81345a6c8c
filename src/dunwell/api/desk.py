"""The desk as a whole: who am I, home figures, KPIs, the cycle, the proof of the books, events."""

from dataclasses import dataclass
from datetime import date, timedelta

from ninja import Router

from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Day, Key, Limit, Word, answers
from dunwell.api.past import past_days
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.jobs.cycle import run_cycle
from dunwell.queries.events import ChainCheck, EventRow, chain_check, event_rows
from dunwell.queries.home import HomeFigures, KpiFigure, home_figures, kpi_figures
from dunwell.queries.pages import Page
from dunwell.queries.past_aging import AgingFigures, aging_on
from dunwell.queries.verify import Verification, verify_books

router = Router(tags=["desk"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Me:
    """Who acts, for which company, on which day, with which rights."""

    name: str
    company_id: int
    company: str
    currency: str
    as_of: date
    roles: tuple[str, ...]
    rights: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepOut:
    """One step of one day of a cycle; not new when it was done before."""

    as_of: date
    step: str
    changed: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CycleOut:
    """The days a cycle ran, with their steps; `left_out`: missed days too long ago."""

    as_of: date
    days: tuple[date, ...]
    steps: tuple[StepOut, ...]
    left_out: int


class CycleIn(Body):
    """The day to run the cycle for; missed days before it are caught up."""

    as_of: Day | None = None


@router.get("/me", response=answers(Me))
def show_me(request: ApiRequest) -> Me:
    """Show who acts and what they may do."""
    actor = request.actor
    return Me(
        name=actor.name,
        company_id=actor.company.pk,
        company=actor.company.name,
        currency=actor.company.currency,
        as_of=request.as_of,
        roles=tuple(sorted(actor.roles)),
        rights=tuple(sorted(actor.rights)),
    )


@router.get("/home", response=answers(HomeFigures))
def show_home(request: ApiRequest) -> HomeFigures:
    """Show the home page's figures, and what changed in the last day."""
    request.actor.require("ledger.view")
    return home_figures(
        request.actor.company, as_of=request.as_of, since=request.at - timedelta(days=1)
    )


@router.get("/aging", response=answers(list[AgingFigures]))
def show_aging(
    request: ApiRequest, as_of: Day | None = None, known_on: Day | None = None
) -> list[AgingFigures]:
    """Show what was open on a day as known on a day, per currency and bucket of days past due."""
    request.actor.require("ledger.view")
    as_of, known_on = past_days(request, as_of, known_on)
    return aging_on(request.actor.company, as_of=as_of, known_on=known_on)


@router.get("/kpis", response=answers(list[KpiFigure]))
def list_kpis(request: ApiRequest, kpi: Word = "", until: Day | None = None) -> list[KpiFigure]:
    """List the last value of every KPI (or of one) per currency, with its course over a year."""
    request.actor.require("ledger.view")
    if kpi and kpi not in KPIS:
        raise Refused(f"There is no KPI {kpi}; there are {', '.join(KPIS)}.")
    wanted = (kpi,) if kpi else tuple(KPIS)
    return list(kpi_figures(request.actor.company, as_of=until or request.as_of, kpis=wanted))


@router.post("/cycle", response=answers(CycleOut))
def start_cycle(request: ApiRequest, body: CycleIn) -> CycleOut:
    """Run the day's cycle. A day already done is not done again: no key."""
    request.actor.require("cycle.run")
    if body.as_of is not None and body.as_of > request.as_of:
        raise Refused(f"{body.as_of} is still to come; today is {request.as_of}.")
    done = run_cycle(request.actor.company.pk, body.as_of)
    return CycleOut(
        as_of=done.as_of,
        days=done.days,
        steps=tuple(
            StepOut(as_of=step.as_of, step=step.step, changed=step.changed, is_new=step.is_new)
            for step in done.steps
        ),
        left_out=done.left_out,
    )


@router.get("/verify", response=answers(Verification))
def verify(request: ApiRequest) -> Verification:
    """Prove every invariant of the books from plain SQL, with the rows that break it."""
    request.actor.require("ledger.verify")
    return verify_books(request.actor.company)


@router.get("/events", response=answers(Page[EventRow]))
def list_events(
    request: ApiRequest,
    verb: Word = "",
    subject: Word = "",
    subject_id: Key | None = None,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[EventRow]:
    """List what happened, newest first."""
    request.actor.require("ledger.view")
    return event_rows(
        request.actor.company,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/events/chain", response=answers(ChainCheck))
def check_chain(request: ApiRequest) -> ChainCheck:
    """Recompute the hash chain over every event."""
    request.actor.require("ledger.verify")
    return chain_check(request.actor.company)
