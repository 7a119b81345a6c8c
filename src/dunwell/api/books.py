"""/books: closed periods, journals for the general ledger, realised exchange differences."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.journals import acknowledge_journal, make_journal
from dunwell.actions.periods import ask_unlock, decide_unlock, lock_period
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    PROBLEMS,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Limit,
    Name,
    Plain,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.allocation_orders import ORDER_NAMES, ORDERS, PartOfMoney
from dunwell.formats.journal import journal_csv
from dunwell.models import Journal, PeriodLock
from dunwell.queries.journals import (
    JournalRow,
    LineRow,
    exported_lines,
    journal_row,
    journal_rows,
    line_rows,
)
from dunwell.queries.pages import Page
from dunwell.queries.payments import allocation_order, payment_card, shares
from dunwell.queries.periods import LockRow, lock_rows
from dunwell.queries.realised_fx import FxMonth, FxPending, FxRow, fx_months, fx_pending, fx_rows

router = Router(tags=["books"])

CSV_FILE = {
    "responses": {
        200: {
            "description": "CSV in UTF-8 with byte order mark and header row, decimal amounts; "
            "its SHA-256 is the journal's.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
}
"""How the OpenAPI document declares the file."""


OrderName = Annotated[
    str, Field(pattern=f"^({'|'.join(ORDER_NAMES)})?$", description="Name of an order.")
]


class LockIn(Body):
    """The last day of the closed period, and why."""

    until_on: Day
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class UnlockIn(Body):
    """The earlier day until which the books stay closed; null opens every day."""

    until_on: Day | None = None
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class UnlockDecisionIn(Body):
    """A second person's answer; a refusal needs its reason."""

    is_granted: bool
    reason: Annotated[Plain, Field(max_length=300)] = ""


class JournalIn(Body):
    """Up to which day entries are taken."""

    until_on: Day


class ReceiptIn(Body):
    """The document number in the general ledger."""

    receipt: Annotated[Name, Field(max_length=120)]


class ExchangeDifferences(Schema):
    """Exchange differences by month as journals booked them, and what no journal has yet."""

    months: list[FxMonth]
    pending: FxPending


class OrderOut(Schema):
    """An allocation order: its criteria are asked one after the other."""

    name: str
    source: str
    from_on: date
    criteria: list[str]
    countries: list[str]
    is_proportional: bool
    is_used: bool


@router.get("/locks", response=answers(Page[LockRow]))
def list_period_locks(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[LockRow]:
    """List how the books were closed and opened, the newest first; one may be in force."""
    request.actor.require("ledger.view")
    return lock_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/locks", response=answers(Created, 201))
@once
def close_period(request: ApiRequest, body: LockIn) -> tuple[int, dict[str, Any]]:
    """Close the books up to and including a day."""
    lock = lock_period(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 201, {"id": lock.pk}


@router.post("/locks/unlock", response=answers(Created, 201))
@once
def ask_to_open_period(request: ApiRequest, body: UnlockIn) -> tuple[int, dict[str, Any]]:
    """Ask for closed days to be opened; a second person decides."""
    lock = ask_unlock(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 201, {"id": lock.pk}


@router.post("/locks/{lock_id}/decide", response=answers(Done))
@once
def decide_on_unlock(
    request: ApiRequest, lock_id: Id, body: UnlockDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Grant or refuse what another person asked for."""
    decide_unlock(
        actor=request.actor,
        lock=own(PeriodLock, request.actor, lock_id),
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.get("/journals", response=answers(Page[JournalRow]))
def list_journals(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[JournalRow]:
    """List journals, the newest first."""
    request.actor.require("ledger.view")
    return journal_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/journals", response=answers(Created, 201))
@once
def new_journal(request: ApiRequest, body: JournalIn) -> tuple[int, dict[str, Any]]:
    """Take every entry up to a day that no journal has yet."""
    journal = make_journal(
        actor=request.actor, until_on=body.until_on, as_of=request.as_of, at=request.at
    )
    return 201, {"id": journal.pk}


@router.get("/journals/{journal_id}", response=answers(JournalRow))
def show_journal(request: ApiRequest, journal_id: Id) -> JournalRow:
    """Show a journal's totals, hash and receipt."""
    request.actor.require("ledger.view")
    return journal_row(own(Journal, request.actor, journal_id))


@router.get("/journals/{journal_id}/lines", response=answers(Page[LineRow]))
def list_journal_lines(
    request: ApiRequest,
    journal_id: Id,
    account: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LineRow]:
    """List a journal's lines in order, of one account when it is named."""
    request.actor.require("ledger.view")
    journal = own(Journal, request.actor, journal_id)
    return line_rows(journal, account=account, cursor=cursor, limit=limit)


@router.get(
    "/journals/{journal_id}/lines.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE
)
def export_journal(request: ApiRequest, journal_id: Id) -> HttpResponse:
    """Return the journal as CSV, the same bytes each time."""
    request.actor.require("ledger.view")
    journal = own(Journal, request.actor, journal_id)
    response = HttpResponse(
        journal_csv(exported_lines(journal)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="journal-{journal.number}.csv"'
    return response


@router.post("/journals/{journal_id}/acknowledge", response=answers(Done))
@once
def take_journal_over(
    request: ApiRequest, journal_id: Id, body: ReceiptIn
) -> tuple[int, dict[str, Any]]:
    """Note the number under which the general ledger booked the journal."""
    acknowledge_journal(
        actor=request.actor,
        journal=own(Journal, request.actor, journal_id),
        receipt=body.receipt,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/exchange", response=answers(ExchangeDifferences))
def show_exchange_differences(request: ApiRequest) -> ExchangeDifferences:
    """Show realised exchange differences by month, in minor units of the company's currency."""
    request.actor.require("ledger.view")
    company = request.actor.company
    return ExchangeDifferences(
        months=list(fx_months(company)), pending=fx_pending(company, as_of=request.as_of)
    )


@router.get("/exchange/rows", response=answers(Page[FxRow]))
def list_exchange_differences(
    request: ApiRequest, month_on: Day | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[FxRow]:
    """List the allocations behind a month's exchange differences.

    `month_on` is any day of the month, this month when left out.
    """
    request.actor.require("ledger.view")
    return fx_rows(
        request.actor.company, month_on=month_on or request.as_of, cursor=cursor, limit=limit
    )


@router.get("/orders", response=answers(list[OrderOut]))
def list_allocation_orders(request: ApiRequest) -> list[OrderOut]:
    """List the legal allocation orders; `is_used` marks the one of the cash policy."""
    request.actor.require("ledger.view")
    used = allocation_order(request.actor.company, as_of=request.as_of)
    return [
        OrderOut(
            name=order.name,
            source=order.source,
            from_on=order.from_on,
            criteria=list(order.criteria),
            countries=list(order.countries),
            is_proportional=order.is_proportional,
            is_used=order == used,
        )
        for order in ORDERS.values()
    ]


@router.get("/orders/simulate/{payment_id}", response=answers(list[PartOfMoney]))
def simulate_allocation(
    request: ApiRequest, payment_id: Id, order: OrderName = ""
) -> list[PartOfMoney]:
    """Return what the rest of a payment would settle in an order, and by which rule.

    Nothing is written. Empty takes the order of the cash policy.
    """
    request.actor.require("ledger.view")
    company = request.actor.company
    card = existing(payment_card(company, payment_id, as_of=request.as_of))
    chosen = allocation_order(company, as_of=request.as_of, name=order)
    found = shares(
        card.row.unapplied_minor,
        card.targets,
        order=chosen,
        as_of=request.as_of,
        reference=card.row.reference,
    )
    return list(found)
