"""/account-statements: statements of account, issued, listed, proved and handed out as files."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import ConfigDict, Field

from dunwell.actions.gate import Refused
from dunwell.actions.statement_mails import mail_statements
from dunwell.actions.statements import MOST_AT_ONCE, make_statement, make_statements
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
    Language,
    Limit,
    Text,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.account_statement import Account, AccountLine
from dunwell.formats.account_statement_files import KINDS, file_name
from dunwell.models import AccountStatement, Customer
from dunwell.queries.pages import Page
from dunwell.queries.statements import (
    AccountStatementRow,
    IssuedStatement,
    statement_document,
    statement_lines,
    statement_rows,
)

router = Router(tags=["statements of account"])
SAME_FILE = "The file; the same bytes each time while names and addresses stay the same."


class StatementChoice(Schema):
    """Which statements."""

    model_config = ConfigDict(extra="ignore")

    customer_id: Key | None = None
    search: Text = ""
    to_on: Day | None = None


class SpanIn(Body):
    """The span, both days within it; as recorded by `known_on`, today unless given."""

    from_on: Day
    to_on: Day
    known_on: Day | None = None
    language: Language = ""


class StatementIn(SpanIn):
    """Whose account, and over which span."""

    customer_id: Key


class StatementsIn(SpanIn):
    """Whose accounts, and over which span."""

    customer_ids: Annotated[list[Key], Field(min_length=1, max_length=MOST_AT_ONCE)]


class CreatedMany(Schema):
    """The keys of the statements, in the order of the customers."""

    ids: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStatementCard:
    """An issued statement, made again from the ledger; amounts in minor units.

    `is_proved`: its SHA-256 is the stored one. `accounts` hold all lines, open items and
    unapplied cash of each currency.
    """

    row: AccountStatementRow
    is_proved: bool
    accounts: tuple[Account, ...]


@router.get("", response=answers(Page[AccountStatementRow]))
def list_account_statements(
    request: ApiRequest,
    choice: Query[StatementChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AccountStatementRow]:
    """List issued statements with their totals, the newest first."""
    request.actor.require("ledger.view")
    return statement_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.post("", response=answers(Created, 201))
@once
def new_account_statement(request: ApiRequest, body: StatementIn) -> tuple[int, dict[str, Any]]:
    """Issue a customer's statement; asked for again, the one issued before is answered."""
    made = make_statement(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        **_span(body),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{account_statement_id}/mail", response=answers(Done))
@once
def mail_account_statement(
    request: ApiRequest, account_statement_id: Id
) -> tuple[int, dict[str, Any]]:
    """Mail a statement to the customer's payables contact, the PDF attached; once a contact."""
    found = mail_statements(
        actor=request.actor,
        statements=[own(AccountStatement, request.actor, account_statement_id)],
        as_of=request.as_of,
        at=request.at,
    )
    if not found.mailed:
        raise Refused(f"Statement {found.left_out[0][0]} was not mailed: {found.left_out[0][1]}.")
    return 200, {"changed": found.mailed}


@router.post("/many", response=answers(CreatedMany, 201))
@once
def new_account_statements(request: ApiRequest, body: StatementsIn) -> tuple[int, dict[str, Any]]:
    """Issue the statements of many customers over one span, all or none."""
    company = request.actor.company
    found = {
        row.pk: row for row in Customer.objects.filter(company=company, pk__in=body.customer_ids)
    }
    if len(found) < len(set(body.customer_ids)):
        raise Http404
    made = make_statements(
        actor=request.actor,
        customers=[found[key] for key in body.customer_ids],
        **_span(body),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"ids": [row.pk for row in made]}


@router.get("/{account_statement_id}", response=answers(AccountStatementCard))
def show_account_statement(request: ApiRequest, account_statement_id: Id) -> AccountStatementCard:
    """Show a statement made again from the ledger, and whether it is what was issued."""
    issued = _issued(request, account_statement_id)
    return AccountStatementCard(
        row=issued.row, is_proved=issued.is_proved, accounts=issued.document.accounts
    )


@router.get("/{account_statement_id}/lines", response=answers(Page[AccountLine]))
def list_account_statement_lines(
    request: ApiRequest,
    account_statement_id: Id,
    currency: AnyCurrency = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AccountLine]:
    """List a statement's lines with the running balance; `key` names the row of the ledger."""
    document = _issued(request, account_statement_id).document
    return statement_lines(document, currency=currency, cursor=cursor, limit=limit)


@router.get(
    "/{account_statement_id}/pdf",
    response=answers(None),
    openapi_extra=of_file("application/pdf", told=SAME_FILE),
)
def get_account_statement_pdf(request: ApiRequest, account_statement_id: Id) -> HttpResponse:
    """Return a statement as PDF/A in the language it was issued in."""
    return _answer(_issued(request, account_statement_id), "pdf")


@router.get(
    "/{account_statement_id}/csv",
    response=answers(None),
    openapi_extra=of_file("text/csv", told=SAME_FILE),
)
def get_account_statement_csv(request: ApiRequest, account_statement_id: Id) -> HttpResponse:
    """Return a statement as CSV in the language it was issued in; amounts as decimals."""
    return _answer(_issued(request, account_statement_id), "csv")


@router.get(
    "/{account_statement_id}/xlsx",
    response=answers(None),
    openapi_extra=of_file(KINDS["xlsx"].media_type, told=SAME_FILE),
)
def get_account_statement_xlsx(request: ApiRequest, account_statement_id: Id) -> HttpResponse:
    """Return a statement as an XLSX sheet with the columns of the CSV."""
    return _answer(_issued(request, account_statement_id), "xlsx")


@router.get(
    "/{account_statement_id}/json",
    response=answers(None),
    openapi_extra=of_file("application/json", told=SAME_FILE),
)
def get_account_statement_json(request: ApiRequest, account_statement_id: Id) -> HttpResponse:
    """Return a statement as the canonical JSON whose SHA-256 is stored; minor units."""
    return _answer(_issued(request, account_statement_id), "json")


def _issued(request: ApiRequest, account_statement_id: int) -> IssuedStatement:
    request.actor.require("ledger.view")
    return existing(statement_document(request.actor.company, account_statement_id))


def _answer(issued: IssuedStatement, kind: str) -> HttpResponse:
    if not issued.is_proved:
        number = issued.row.number
        raise HttpError(
            409,
            f"The ledger no longer reproduces statement {number}, so no file is handed out. "
            "Verify the books.",
        )
    data = KINDS[kind].write(issued.document, issued.letterhead)
    response = HttpResponse(data, content_type=KINDS[kind].media_type)
    name = file_name(issued.document, kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _span(body: SpanIn) -> dict[str, Any]:
    days: dict[str, date | None] = {
        "from_on": body.from_on,
        "to_on": body.to_on,
        "known_on": body.known_on,
    }
    return {**days, "language": body.language}
