"""Tools that read figures and say why: KPIs, forecast, exposure, rank, score, plan offers."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.http import Http404
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.mcp_server.arguments import Arguments, CustomerArguments, PageArguments
from dunwell.mcp_server.records import own_record
from dunwell.mcp_server.tools import Caller, tool
from dunwell.models import Customer
from dunwell.queries.cash_outlook import CashOutlook, cash_outlook
from dunwell.queries.exposure_rows import ExposureDetail, exposure_detail
from dunwell.queries.home import KpiFigure, kpi_figures
from dunwell.queries.kpi_inputs import INPUTS, Asked, InputPage, input_page
from dunwell.queries.plan_offers import PlanOffer, listed_offers
from dunwell.queries.request_fields import (
    LARGEST_MINOR,
    AnyCurrency,
    Currency,
    Day,
    PositiveMinor,
    Word,
)
from dunwell.queries.scores import ScoreRow, customer_score
from dunwell.queries.worklist import WorklistRow, worklist_rows

MOST_ITEMS = 100
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]


class ListKpis(Arguments):
    """Which figures; all of them without a name."""

    kpi: Annotated[Word, Field(description="Id of a figure such as dso, or empty for all.")] = ""
    until: Day | None = None


class ExplainKpi(PageArguments):
    """Which input of a figure, as list_kpis names it under `inputs`."""

    name: Word
    currency: AnyCurrency = ""
    as_of: Day | None = None


class ShowForecast(Arguments):
    """Whether new business at its run rate counts too."""

    scope: Literal["known", "all"] = "known"


class ListPlanOffers(Arguments):
    """Which debt should be paid in parts."""

    covered_minor: PositiveMinor
    currency: Currency
    first_on: Day | None = None
    deposit_minor: Minor = 0
    payable_minor: PositiveMinor | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RankExplained:
    """Why a customer stands where it stands on the worklist; no entry where it is not on it."""

    entry: WorklistRow | None


@tool(right="ledger.view", result=list[KpiFigure], title="List KPIs")
def list_kpis(caller: Caller, arguments: ListKpis) -> list[KpiFigure]:
    """List the last value of every KPI (or of one) per currency.

    With each come its formula, the inputs it was worked out from, and its course over a year.
    """
    if arguments.kpi and arguments.kpi not in KPIS:
        raise Refused(f"There is no KPI {arguments.kpi}; there are {', '.join(KPIS)}.")
    wanted = (arguments.kpi,) if arguments.kpi else tuple(KPIS)
    until = arguments.until or caller.as_of
    return list(kpi_figures(caller.actor.company, as_of=until, kpis=wanted))


@tool(right="ledger.view", result=InputPage, title="Explain a KPI")
def explain_kpi(caller: Caller, arguments: ExplainKpi) -> InputPage:
    """List the rows behind an input of a figure; `total` is the sum of them all."""
    if arguments.name not in INPUTS:
        raise Refused(f"There is no input {arguments.name}; there are {', '.join(INPUTS)}.")
    as_of = arguments.as_of or caller.as_of
    if as_of > caller.as_of:
        raise Refused(f"{as_of} is still to come; today is {caller.as_of}.")
    return input_page(
        caller.actor.company,
        name=arguments.name,
        currency=arguments.currency,
        asked=Asked(as_of=as_of),
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=CashOutlook, title="Show the cash forecast")
def show_forecast(caller: Caller, arguments: ShowForecast) -> CashOutlook:
    """Show the cash expected in 13 weeks and 12 months by component, with its quantiles.

    A quantile `pN_minor` is not reached with N %.
    """
    found = cash_outlook(caller.actor.company, as_of=caller.as_of, scope=arguments.scope)
    if found is None:
        raise Http404
    return found


@tool(right="ledger.view", result=ExposureDetail, title="Show an exposure")
def show_exposure(caller: Caller, arguments: CustomerArguments) -> ExposureDetail:
    """Show what a customer's credit exposure is made of beside its limit, row by row."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    return exposure_detail(
        caller.actor.company, customer_id=customer.pk, as_of=caller.as_of, most=MOST_ITEMS
    )


@tool(right="ledger.view", result=RankExplained, title="Explain a rank")
def explain_rank(caller: Caller, arguments: CustomerArguments) -> RankExplained:
    """Say why a customer stands where it does on the worklist, and what blocks a contact."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    for show in ("all", "snoozed"):
        found = worklist_rows(
            caller.actor.company, as_of=caller.as_of, user_id=None, show=show,
            search=customer.number,
        ).rows  # fmt: skip
        for row in found:
            if row.customer_id == customer.pk:
                return RankExplained(entry=row)
    return RankExplained(entry=None)


@tool(right="ledger.view", result=ScoreRow, title="Explain a score")
def explain_score(caller: Caller, arguments: CustomerArguments) -> ScoreRow:
    """Show a customer's score, 0 (worst) to 100, and the points that add up to it."""
    found = customer_score(caller.actor.company, arguments.customer_id)
    if found is None:
        raise Http404
    return found


@tool(right="ledger.view", result=list[PlanOffer], title="List plan offers")
def list_plan_offers(caller: Caller, arguments: ListPlanOffers) -> list[PlanOffer]:
    """List every payment plan the policy allows for a debt; it begins today unless told."""
    told: dict[str, Any] = arguments.model_dump()
    told["first_on"] = arguments.first_on or caller.as_of
    return listed_offers(caller.actor.company, as_of=caller.as_of, **told)


TOOLS = (
    list_kpis, explain_kpi, show_forecast, show_exposure, explain_rank, explain_score,
    list_plan_offers,
)  # fmt: skip
