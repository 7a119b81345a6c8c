"""/debits and /debit-runs: collecting by direct debit, the bank's file, and what came back."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_notices import letters_posted, tell_again
from dunwell.actions.debit_returns import apply_status_report, return_debit
from dunwell.actions.debit_runs import (
    approve_run,
    cancel_run,
    mark_last,
    prepare_run,
    remove_debit,
)
from dunwell.actions.debit_settlements import record_collected
from dunwell.actions.gate import Actor
from dunwell.actions.uploads import upload_path
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
    Key,
    Limit,
    Plain,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.pain008 import SCHEMAS
from dunwell.models import BankAccount, Debit, DebitRun
from dunwell.queries.debits import (
    DebitRow,
    DebitRunRow,
    LeftOutRow,
    NoticeCount,
    debit_rows,
    left_out_rows,
    notice_count,
    run_row,
    run_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["direct debit"])

XML_FILE = {
    "responses": {
        200: {
            "description": "The pain.008 of the run, the same bytes every time.",
            "content": {"application/xml": {"schema": {"type": "string"}}},
        }
    }
}
"""How the OpenAPI document declares the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitRunCard:
    """A run, how far telling its customers has come, and whom it left out and why."""

    row: DebitRunRow
    told: NoticeCount
    left_out: tuple[LeftOutRow, ...]
    left_out_count: int


class RunIn(Body):
    """What is collected: everything due by the day, or of the named customers alone."""

    account_id: Key
    scheme: Literal["CORE", "B2B"] = "CORE"
    collect_on: Day
    customer_ids: list[Key] | None = Field(default=None, max_length=10_000)


class SendIn(Body):
    """Which version of the format the bank takes."""

    schema_name: Literal["pain.008.001.08", "pain.008.001.02"] = "pain.008.001.08"


class DebitRunCollectedIn(Body):
    """The day on which the money was on the account."""

    value_on: Day


class DebitReturnIn(Body):
    """Why and when a debit came back; without a fee the one of the policy is charged."""

    reason_code: Annotated[Plain, Field(min_length=1, max_length=10)]
    returned_on: Day
    fee_minor: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    text: Annotated[Plain, Field(max_length=300)] = ""


class DebitReportIn(Body):
    """A status report of the bank (pain.002) as it was received."""

    name: Annotated[Plain, Field(min_length=1, max_length=200)]
    content: Annotated[Plain, Field(min_length=1, max_length=20_000_000)]


class ReportOut(Schema):
    """What the report was about and how many debits it refused; ids that are not ours."""

    debit_run_id: int
    refused: int
    unknown: list[str]


class DebitChoice(Schema):
    """Which debits."""

    model_config = ConfigDict(extra="ignore")

    run_id: Key | None = None
    customer_id: Key | None = None
    status: Literal["", "planned", "sent", "paid", "returned", "refused", "cancelled"] = ""
    came_back: bool = False


@router.get("/debit-runs", response=answers(Page[DebitRunRow]))
def list_debit_runs(
    request: ApiRequest,
    status: Literal["", "draft", "approved", "sent", "cancelled"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[DebitRunRow]:
    """List direct debit runs, the newest first; amounts are cents."""
    request.actor.require("ledger.view")
    return run_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.get("/debit-runs/{debit_run_id}", response=answers(DebitRunCard))
def show_debit_run(request: ApiRequest, debit_run_id: Id) -> DebitRunCard:
    """Show a run, whom it left out, and how far telling its customers has come."""
    request.actor.require("ledger.view")
    company = request.actor.company
    row = existing(run_row(company, debit_run_id))
    left_out, count = left_out_rows(company, row.id)
    return DebitRunCard(
        row=row, told=notice_count(company, row.id), left_out=left_out, left_out_count=count
    )


@router.get("/debits", response=answers(Page[DebitRow]))
def list_debits(
    request: ApiRequest,
    choice: Query[DebitChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[DebitRow]:
    """List debits with their items, the newest first; amounts are cents."""
    request.actor.require("ledger.view")
    return debit_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.get(
    "/debit-runs/{debit_run_id}/file", response={200: None, **PROBLEMS}, openapi_extra=XML_FILE
)
def get_debit_file(request: ApiRequest, debit_run_id: Id) -> HttpResponse:
    """Give the file for the bank; 404 until the run is handed over."""
    request.actor.require("ledger.view")
    run = own(DebitRun, request.actor, debit_run_id)
    file = upload_path(run.sha256)
    if not run.sha256 or not file.exists():
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{run.message_id}.xml"'
    return response


@router.post("/debit-runs", response=answers(Created, 201))
@once
def new_debit_run(request: ApiRequest, body: RunIn) -> tuple[int, dict[str, Any]]:
    """Put everything due by a day that may be debited into a draft run."""
    run = prepare_run(
        actor=request.actor,
        account=own(BankAccount, request.actor, body.account_id),
        scheme=body.scheme,
        collect_on=body.collect_on,
        customer_ids=body.customer_ids,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": run.pk}


@router.post("/debit-runs/{debit_run_id}/approve", response=answers(Done))
@once
def approve_debit_run(request: ApiRequest, debit_run_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a draft as a second person; its customers are told at once."""
    approve_run(
        actor=request.actor,
        run=own(DebitRun, request.actor, debit_run_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/debit-runs/{debit_run_id}/send", response=answers(Done))
@once
def send_debit_run(
    request: ApiRequest, debit_run_id: Id, body: SendIn
) -> tuple[int, dict[str, Any]]:
    """Write the bank's file of an approved run, once; get it under /file."""
    run = send_run(
        actor=request.actor,
        run=own(DebitRun, request.actor, debit_run_id),
        schema=SCHEMAS[SCHEMAS.index(body.schema_name)],
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": run.lines_count}


@router.post("/debit-runs/{debit_run_id}/cancel", response=answers(Done))
@once
def cancel_debit_run(
    request: ApiRequest, debit_run_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Drop a run that was not handed over; messages that wait are stopped."""
    cancel_run(
        actor=request.actor,
        run=own(DebitRun, request.actor, debit_run_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/debit-runs/{debit_run_id}/posted", response=answers(Done))
@once
def note_posted_letters(request: ApiRequest, debit_run_id: Id) -> tuple[int, dict[str, Any]]:
    """Note that the letters of an approved run were posted."""
    posted = letters_posted(
        actor=request.actor, run=own(DebitRun, request.actor, debit_run_id), at=request.at
    )
    return 200, {"changed": posted}


@router.post("/debit-runs/{debit_run_id}/tell", response=answers(Done))
@once
def tell_customers_again(request: ApiRequest, debit_run_id: Id) -> tuple[int, dict[str, Any]]:
    """Write the messages anew that never went out."""
    written = tell_again(
        actor=request.actor,
        run=own(DebitRun, request.actor, debit_run_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": written}


@router.post("/debit-runs/{debit_run_id}/collected", response=answers(Done))
@once
def collect_debit_run(
    request: ApiRequest, debit_run_id: Id, body: DebitRunCollectedIn
) -> tuple[int, dict[str, Any]]:
    """Count the debits of a run as collected, where no bank statement is read."""
    collected = record_collected(
        actor=request.actor,
        run=own(DebitRun, request.actor, debit_run_id),
        value_on=body.value_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": collected}


@router.post("/debits/{debit_id}/remove", response=answers(Done))
@once
def take_debit_out(
    request: ApiRequest, debit_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take one debit out of a run that was not handed over."""
    remove_debit(
        actor=request.actor,
        debit=_debit(request.actor, debit_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/debits/{debit_id}/last", response=answers(Done))
@once
def make_debit_last(request: ApiRequest, debit_id: Id) -> tuple[int, dict[str, Any]]:
    """Make a debit of a draft the last one under its mandate."""
    mark_last(actor=request.actor, debit=_debit(request.actor, debit_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/debits/{debit_id}/return", response=answers(Done))
@once
def note_returned_debit(
    request: ApiRequest, debit_id: Id, body: DebitReturnIn
) -> tuple[int, dict[str, Any]]:
    """Record that a debit came back; the ladder decides what follows."""
    return_debit(
        actor=request.actor,
        debit=_debit(request.actor, debit_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.post("/debit-reports", response=answers(ReportOut))
@once
def read_debit_report(request: ApiRequest, body: DebitReportIn) -> tuple[int, dict[str, Any]]:
    """Read the bank's status report (pain.002) and record what it refuses."""
    outcome = apply_status_report(
        actor=request.actor,
        content=body.content.encode(),
        name=body.name,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {
        "debit_run_id": outcome.run.pk,
        "refused": outcome.refused,
        "unknown": list(outcome.unknown),
    }


def _debit(actor: Actor, key: int) -> Debit:
    found = Debit.objects.select_related("run", "customer", "mandate")
    return get_object_or_404(found, pk=key, run__company=actor.company)
