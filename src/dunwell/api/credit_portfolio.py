"""/credit-portfolio: the whole book of credit, its spread, its gauges, and what shocks cost."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Limit, Word, answers
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_book import PPM
from dunwell.engine.stress import Scenario
from dunwell.queries.credit_portfolio import (
    CreditDesk,
    PortfolioRow,
    chosen,
    credit_desk,
    moves,
    portfolio,
    rows_page,
)
from dunwell.queries.pages import Page

router = Router(tags=["credit portfolio"])

Times = Annotated[int, Field(ge=0, le=100 * PPM, description="Factor on every PD, ppm.")]
Sales = Annotated[int, Field(ge=-PPM, le=10 * PPM, description="Change of sales, ppm.")]
Top = Annotated[int, Field(ge=0, le=1_000)]
Only = Literal["", "over", "expiring", "suspended", "no_limit", "unknown", "owing"]


class GaugeOut(Schema):
    """A limit of the appetite: `value` of `most`, minor units of `currency`, or ppm for shares."""

    name: str
    measure: str
    value: int
    most: int
    used_ppm: int
    is_share: bool
    is_reached: bool
    then: str


class SliceOut(Schema):
    """A part of the book, in minor units of the company's currency."""

    name: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int


class ClassMoveOut(Schema):
    """How many customers went from a risk class to another; an empty one had none."""

    before: str
    after: str
    customers: int


class PortfolioOut(Schema):
    """The book as of a day: figures, groups that add up to it, spread, gauges, moves of classes.

    Amounts are minor units of `currency`; `unknown` customers have an exposure nobody knows for
    want of a rate, and count in no amount.
    """

    as_of: date
    currency: str
    policy_version: int | None
    customers: int
    unknown: int
    exposure_minor: int
    limit_minor: int
    used_minor: int
    usage_ppm: int
    over: int
    over_minor: int
    loss_minor: int
    largest_minor: int
    rest_minor: int
    largest_share_ppm: int
    hhi_ppm: int
    countries: list[SliceOut]
    segments: list[SliceOut]
    classes: list[SliceOut]
    gauges: list[GaugeOut]
    moves: list[ClassMoveOut]
    desk: CreditDesk


class StressOut(Schema):
    """The book under shocks, in minor units of `currency`; gauges before and after."""

    currency: str
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    failed_loss_minor: int
    failed: int
    before: list[GaugeOut]
    after: list[GaugeOut]


@router.get("", response=answers(PortfolioOut))
def show_credit_portfolio(request: ApiRequest) -> dict[str, Any]:
    """Show the whole book: figures, concentration, gauges, class moves, and what waits."""
    request.actor.require("ledger.view")
    company = request.actor.company
    book = portfolio(company, as_of=request.as_of)
    figures, spread = book.figures, book.spread
    return {
        "as_of": book.as_of,
        "currency": book.currency,
        "policy_version": book.policy_version,
        "customers": figures.customers,
        "unknown": figures.unknown,
        "exposure_minor": figures.exposure_minor,
        "limit_minor": figures.limit_minor,
        "used_minor": figures.used_minor,
        "usage_ppm": figures.usage_ppm,
        "over": figures.over,
        "over_minor": figures.over_minor,
        "loss_minor": figures.loss_minor,
        "largest_minor": spread.largest_minor,
        "rest_minor": spread.rest_minor,
        "largest_share_ppm": spread.share_ppm,
        "hhi_ppm": spread.hhi_ppm,
        "countries": book.sliced("country"),
        "segments": book.sliced("segment"),
        "classes": book.sliced("risk_class"),
        "gauges": [_gauge(one) for one in book.gauges(most_parts=0)],
        "moves": moves(company, as_of=request.as_of),
        "desk": credit_desk(company, as_of=request.as_of),
    }


@router.get("/customers", response=answers(Page[PortfolioRow]))
def list_credit_portfolio(
    request: ApiRequest,
    only: Only = "",
    country: Word | None = None,
    segment: Word | None = None,
    risk_class: Word | None = None,
    top: Top = 0,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PortfolioRow]:
    """List the customers of the book, the largest exposure first; a figure's rows by filter."""
    request.actor.require("ledger.view")
    book = portfolio(request.actor.company, as_of=request.as_of)
    rows = chosen(
        book, only=only, country=country, segment=segment, risk_class=risk_class, top=top
    )
    return rows_page(book, rows, cursor=cursor, limit=limit)


@router.get("/stress", response=answers(StressOut))
def show_credit_stress(
    request: ApiRequest,
    pd_times_ppm: Times = PPM,
    sales_ppm: Sales = 0,
    failing_top: Top = 0,
    failing_country: Word = "",
) -> dict[str, Any]:
    """Show what shocks would cost: PDs times a factor, failures, and a change of sales."""
    request.actor.require("ledger.view")
    book = portfolio(request.actor.company, as_of=request.as_of)
    found = book.under(
        Scenario(
            pd_times_ppm=pd_times_ppm,
            sales_ppm=sales_ppm,
            failing_top=failing_top,
            failing_countries=(failing_country,) if failing_country else (),
        )
    )
    names = ("exposure_minor", "stressed_minor", "loss_minor", "stressed_loss_minor")
    return {
        "currency": book.currency,
        **{name: getattr(found, name) for name in (*names, "failed_loss_minor", "failed")},
        "before": [_gauge(one) for one in found.before],
        "after": [_gauge(one) for one in found.after],
    }


def _gauge(gauge: Gauge) -> dict[str, Any]:
    return {
        "name": gauge.limit.name,
        "measure": gauge.limit.measure,
        "value": gauge.value,
        "most": gauge.limit.most,
        "used_ppm": gauge.used_ppm,
        "is_share": gauge.is_share,
        "is_reached": gauge.is_reached,
        "then": gauge.limit.then,
    }
