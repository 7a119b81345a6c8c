"""/bank: accounts and their feeds, files in, statements, entries and what becomes of them."""

from functools import partial
from typing import Annotated, Any, Literal

from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import ConfigDict, Field

from dunwell.actions.bank_accounts import accept_finding, edit_bank_account
from dunwell.actions.bank_entries import decide_entry
from dunwell.actions.bank_files import receive_bank_files
from dunwell.actions.uploads import Upload
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Currency,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    Problem,
    Text,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.jobs.background import begin
from dunwell.jobs.bank_files import read_file, read_received
from dunwell.models import BankAccount, BankEntry, BankFile, BankStatement, Payment
from dunwell.queries.bank import FeedRow, FileCard, FileRow, feed_rows, file_card, file_rows
from dunwell.queries.bank_entries import EntryRow, entry_rows
from dunwell.queries.bank_statements import (
    StatementCard,
    StatementRow,
    statement_card,
    statement_rows,
)
from dunwell.queries.pages import Page

AT_ONCE_BYTES = 1024 * 1024
"""Uploads up to this size are read before the answer; larger ones in the background."""

router = Router(tags=["bank"])


class EntryChoice(Schema):
    """Which entries."""

    model_config = ConfigDict(extra="ignore")

    treatment: Literal[
        "",
        "payment",
        "return",
        "debit",
        "refund",
        "other",
        "same_money",
        "pending",
        "open",
    ] = ""
    account_id: Key | None = None
    statement_id: Key | None = None
    search: Text = ""


class EntryDecision(Body):
    """What an entry is; a return names the payment that came back."""

    treatment: Literal["payment", "return", "other", "open"]
    payment_id: Key | None = None
    reason: Annotated[Plain, Field(max_length=300)] = ""


class AccountIn(Body):
    """What an account is called, and whether it is still used."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    bic: Annotated[Plain, Field(max_length=11)] = ""
    creditor_id: Annotated[Plain, Field(max_length=35)] = ""
    is_active: bool = True


class ExplainedIn(Body):
    """What explains a gap (statement_gap) or sums that do not add up (balance_gap)."""

    code: Literal["statement_gap", "balance_gap"]
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class ReadAgain(Body):
    """The currency of the account, for files that tell none."""

    currency: Currency | None = None


class Received(Schema):
    """The keys of the files, those known from before included."""

    ids: list[int]


@router.get("/accounts", response=answers(list[FeedRow]))
def list_bank_accounts(request: ApiRequest) -> list[FeedRow]:
    """List our accounts: until when each is covered, gaps, and its control totals."""
    request.actor.require("ledger.view")
    return list(feed_rows(request.actor.company, as_of=request.as_of))


@router.patch("/accounts/{account_id}", response=answers(Done))
@once
def change_bank_account(
    request: ApiRequest, account_id: Id, body: AccountIn
) -> tuple[int, dict[str, Any]]:
    """Name an account, or say that it is no longer used: then it holds no reminder back."""
    edit_bank_account(
        actor=request.actor,
        account=own(BankAccount, request.actor, account_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.get("/files", response=answers(Page[FileRow]))
def list_bank_files(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[FileRow]:
    """List bank files, newest first."""
    request.actor.require("ledger.view")
    return file_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/files", response={**answers(Received, 202), 413: Problem})
@once
def send_bank_files(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Send bank files; they are read and recorded. The same bytes again are the same file.

    Large ones are read in the background; show a file to see what became of it.
    """
    sent = [_upload(file) for file in files]
    received = receive_bank_files(actor=request.actor, files=sent, at=request.at)
    company = request.actor.company
    work = partial(read_received, company_id=company.pk, as_of=request.as_of, at=request.at)
    if sum(len(file.data) for file in sent) <= AT_ONCE_BYTES:
        work()
    else:
        begin(work, key=f"bank-{company.pk}")
    return 202, {"ids": [file.pk for file in received]}


@router.get("/files/{file_id}", response=answers(FileCard))
def show_bank_file(request: ApiRequest, file_id: Id) -> FileCard:
    """Show a bank file: read or refused, with the reason; what it added, how often."""
    request.actor.require("ledger.view")
    return existing(file_card(request.actor.company, file_id))


@router.post("/files/{file_id}/read", response=answers(FileCard))
def read_bank_file_again(request: ApiRequest, file_id: Id, body: ReadAgain) -> FileCard:
    """Read a refused file again. A file that was read stays as it is: no key."""
    request.actor.require("bank.import")
    file = own(BankFile, request.actor, file_id)
    read_file(file_id=file.pk, as_of=request.as_of, at=request.at, currency=body.currency or "")
    return show_bank_file(request, file_id)


@router.get("/statements", response=answers(Page[StatementRow]))
def list_statements(
    request: ApiRequest,
    account_id: Key | None = None,
    file_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[StatementRow]:
    """List statements, the last closing day first; those of one file in its order."""
    request.actor.require("ledger.view")
    return statement_rows(
        request.actor.company, account_id=account_id, file_id=file_id, cursor=cursor, limit=limit
    )


@router.get("/statements/{statement_id}", response=answers(StatementCard))
def show_statement(request: ApiRequest, statement_id: Id) -> StatementCard:
    """Show a statement: opening + listed + told before = closing; its entries by their list."""
    request.actor.require("ledger.view")
    return existing(statement_card(request.actor.company, statement_id))


@router.post("/statements/{statement_id}/explain", response=answers(Done))
@once
def explain_finding(
    request: ApiRequest, statement_id: Id, body: ExplainedIn
) -> tuple[int, dict[str, Any]]:
    """Say what explains a gap or a wrong sum; the account covers its later statements then."""
    accept_finding(
        actor=request.actor,
        statement=own(BankStatement, request.actor, statement_id),
        code=body.code,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/entries", response=answers(Page[EntryRow]))
def list_bank_entries(
    request: ApiRequest, choice: Query[EntryChoice], cursor: Cursor = "", limit: Limit = PAGE
) -> Page[EntryRow]:
    """List what banks told, the newest value day first; money in above 0, out below."""
    request.actor.require("ledger.view")
    return entry_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.post("/entries/{entry_id}/decide", response=answers(Done))
@once
def decide_on_entry(
    request: ApiRequest, entry_id: Id, body: EntryDecision
) -> tuple[int, dict[str, Any]]:
    """Say what an entry is: a payment, a return, or no customer's."""
    key = body.payment_id
    decide_entry(
        actor=request.actor,
        entry=own(BankEntry, request.actor, entry_id),
        treatment=body.treatment,
        payment=None if key is None else own(Payment, request.actor, key),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


def _upload(file: UploadedFile) -> Upload:
    return Upload(name=file.name or "file", data=file.read())
