"""Interest, compensation and fees, and the official rates they are worked out from."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.charge_bills import bill_charges
from dunwell.actions.charges import restore_charge, waive_charge
from dunwell.actions.reference_rates import (
    approve_reference_rate,
    propose_reference_rate,
    withdraw_reference_rate,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Charge, Customer, ReferenceRate
from dunwell.queries.charges import (
    ChargeFilter,
    ChargeRow,
    ChargeTotal,
    CustomerCharges,
    charge_row,
    charge_rows,
    charge_totals,
    customer_charges,
)
from dunwell.queries.overbilled import OverbilledRow, overbilled_rows
from dunwell.queries.pages import Page
from dunwell.queries.reference_rates import (
    ProposedRate,
    RateTable,
    RuleRow,
    proposed_rates,
    rate_tables,
    rule_rows,
)

router = Router(tags=["charges"])

ChargeStatus = Literal["", "accrued", "billed", "waived"]
ChargeKind = Literal["", "interest", "compensation", "fee"]
Month = Annotated[
    str,
    Field(
        pattern=r"^((19|20)[0-9]{2}-(0[1-9]|1[0-2]))?$",
        description="Month in which the time ends, such as 2026-03; empty for all.",
    ),
]


class BillIn(Body):
    """The day up to which a customer is billed."""

    until_on: Day


class ReferenceRateIn(Body):
    """A yearly rate in ppm of an official series from a day on, and where it was published."""

    name: Annotated[Plain, Field(min_length=1, max_length=40)]
    from_on: Day
    rate_ppm: Annotated[int, Field(ge=-100_000, le=1_000_000)]
    source: Annotated[Plain, Field(min_length=1, max_length=200)]


class Waived(Schema):
    """What became of a waiver: done, or put to somebody as a request."""

    status: Literal["waived", "asked"]
    request_id: int | None


@router.get("", response=answers(Page[ChargeRow]))
def list_charges(
    request: ApiRequest,
    status: ChargeStatus = "",
    kind: ChargeKind = "",
    customer_id: Key | None = None,
    currency: AnyCurrency = "",
    month: Month = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ChargeRow]:
    """List charges with the parts of their interest, the latest time first."""
    request.actor.require("ledger.view")
    only = ChargeFilter(
        status=status, kind=kind, customer_id=customer_id, currency=currency, month=month
    )
    return charge_rows(request.actor.company, only, cursor=cursor, limit=limit)


@router.get("/totals", response=answers(list[ChargeTotal]))
def total_charges(
    request: ApiRequest,
    status: ChargeStatus = "",
    kind: ChargeKind = "",
    customer_id: Key | None = None,
    currency: AnyCurrency = "",
    month: Month = "",
) -> list[ChargeTotal]:
    """Sum the charges under the same filter, per currency."""
    request.actor.require("ledger.view")
    only = ChargeFilter(
        status=status, kind=kind, customer_id=customer_id, currency=currency, month=month
    )
    return list(charge_totals(request.actor.company, only))


@router.get("/customers", response=answers(Page[CustomerCharges]))
def list_customer_charges(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CustomerCharges]:
    """List what each customer owes, was billed and was forgiven, per currency."""
    request.actor.require("ledger.view")
    return customer_charges(request.actor.company, cursor=cursor, limit=limit)


@router.post("/customers/{customer_id}/bill", response=answers(Done))
@once
def bill_customer(
    request: ApiRequest, customer_id: Id, body: BillIn
) -> tuple[int, dict[str, Any]]:
    """Bill what a customer owes for time up to a day; the answer says how many items were made."""
    items = bill_charges(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        until_on=body.until_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": len(items)}


@router.get("/overbilled", response=answers(list[OverbilledRow]))
def list_overbilled(request: ApiRequest) -> list[OverbilledRow]:
    """List what was billed and is not owed after all, the largest first."""
    request.actor.require("ledger.view")
    return list(overbilled_rows(request.actor.company, as_of=request.as_of))


@router.get("/rules", response=answers(list[RuleRow]))
def list_late_rules(request: ApiRequest) -> list[RuleRow]:
    """List the rules of law on late payment with their sources, in the order they are tried."""
    request.actor.require("ledger.view")
    return list(rule_rows())


@router.get("/rates", response=answers(list[RateTable]))
def list_reference_rates(request: ApiRequest) -> list[RateTable]:
    """List the official rates with their sources, and the half-years that are missing."""
    request.actor.require("ledger.view")
    return list(rate_tables(request.actor.company, as_of=request.as_of))


@router.get("/rates/proposed", response=answers(list[ProposedRate]))
def list_proposed_rates(request: ApiRequest) -> list[ProposedRate]:
    """List the rates that wait for a second person."""
    request.actor.require("ledger.view")
    return list(proposed_rates(request.actor.company))


@router.post("/rates", response=answers(Created, 201))
@once
def new_reference_rate(request: ApiRequest, body: ReferenceRateIn) -> tuple[int, dict[str, Any]]:
    """Propose an official rate; a second person approves it."""
    row = propose_reference_rate(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": row.pk}


@router.post("/rates/{rate_id}/approve", response=answers(Done))
@once
def allow_reference_rate(request: ApiRequest, rate_id: Id) -> tuple[int, dict[str, Any]]:
    """Put a proposed rate in force; its author is not the one who approves."""
    approve_reference_rate(
        actor=request.actor, rate=own(ReferenceRate, request.actor, rate_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/rates/{rate_id}/withdraw", response=answers(Done))
@once
def drop_reference_rate(request: ApiRequest, rate_id: Id) -> tuple[int, dict[str, Any]]:
    """Drop a proposed rate."""
    withdraw_reference_rate(
        actor=request.actor, rate=own(ReferenceRate, request.actor, rate_id), at=request.at
    )
    return 200, {"changed": 1}


@router.get("/{charge_id}", response=answers(ChargeRow))
def show_charge(request: ApiRequest, charge_id: Id) -> ChargeRow:
    """Show one charge."""
    request.actor.require("ledger.view")
    return existing(charge_row(request.actor.company, charge_id))


@router.post("/{charge_id}/waive", response=answers(Waived))
@once
def give_up_charge(
    request: ApiRequest, charge_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Waive a charge, with its whole bill if it was billed, or ask whoever may."""
    asked = waive_charge(
        actor=request.actor,
        charge=own(Charge, request.actor, charge_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    if asked is None:
        return 200, {"status": "waived", "request_id": None}
    return 200, {"status": "asked", "request_id": asked.pk}


@router.post("/{charge_id}/restore", response=answers(Done))
@once
def bring_back_charge(
    request: ApiRequest, charge_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a waiver back; the charge accrues again."""
    restore_charge(
        actor=request.actor,
        charge=own(Charge, request.actor, charge_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
