"""The API of a customer's own programs, under /portal-api/v1/: what its people do in the portal.

A key of the portal signs in (`Authorization: Bearer dwp_…`); it sees one customer of one company
and stops with the seat of whoever made it. Writes go through the portal's own actions.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, RawPostDataException
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja.errors import HttpError
from ninja.security import HttpBearer
from pydantic import Field

from dunwell import clock, walls
from dunwell.actions.dispute_intake import DisputedPart
from dunwell.actions.gate import Actor, Forbidden, Refused, Stale, robot
from dunwell.actions.portal_disputes import open_query
from dunwell.actions.portal_keys import hashed_key, note_key_use
from dunwell.actions.portal_promises import promise_in_portal
from dunwell.actions.uploads import upload_path
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Id,
    Key,
    Limit,
    Plain,
    PositiveMinor,
    answers,
)
from dunwell.api.schema import DocumentedAPI, JsonParser
from dunwell.api.throttle import address_of
from dunwell.api.writes import once
from dunwell.formats.account_statement import Account
from dunwell.jobs.held_books import SECONDS, TEXT, is_held
from dunwell.models import Checkout, Customer, Item, ItemDocument, PortalKey
from dunwell.queries.account_documents import checked_span
from dunwell.queries.pages import CursorError, Page
from dunwell.queries.portal_account import AccountFigures, account_figures
from dunwell.queries.portal_item_sheets import SHOWN_KINDS, portal_paper
from dunwell.queries.portal_items import PortalItemFilter, PortalItemRow, portal_item_rows
from dunwell.queries.portal_seats import live_key
from dunwell.queries.statements import preview

MOST_A_MINUTE = 120
"""Requests of one key in a minute; a list of a thousand invoices is read in ten."""

MOST_DOCUMENTS = 500


class DebtorRequest(ApiRequest):
    """A request by a customer's program."""

    key: PortalKey
    customer: Customer


class KeyAuth(HttpBearer):
    """`Authorization: Bearer dwp_...`: the key's own rights for its own customer."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the acting program, or None (401) for a key that is unknown, old or stopped.

        Raises HttpError 429 above MOST_A_MINUTE, for keys nobody has too: guesses are counted by
        the address they come from.
        """
        at = clock.now()
        found = live_key(hashed_key(token), as_of=at.date())
        caller = f"key-{found.pk}" if found else f"no-key-{address_of(request)}"
        name = f"debtor-desk:{caller}:{int(at.timestamp()) // 60}"
        cache.add(name, 0, timeout=120)
        if cache.incr(name) > MOST_A_MINUTE:
            raise HttpError(429, f"At most {MOST_A_MINUTE} requests a minute; wait a little.")
        if found is None:
            return None
        actor = robot(found)
        walls.enter(actor.company.pk)
        call = request
        call.actor, call.key, call.customer = actor, found, found.customer  # type: ignore[attr-defined]
        call.at, call.as_of = at, clock.today(found.company.zone)  # type: ignore[attr-defined]
        note_key_use(actor=actor, key=found, at=at)
        return actor


debtor_desk = DocumentedAPI(
    title="Dunwell for customers",
    version="1",
    urls_namespace="debtor-desk",
    description=(
        "A customer's own account with a supplier, for its accounts-payable programs. Amounts are "
        "whole minor units beside their currency, days are YYYY-MM-DD, lists go on by cursor, and "
        "every write takes an Idempotency-Key."
    ),
    auth=[KeyAuth()],
    docs_url=None,
    parser=JsonParser(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtorBalance:
    """What is owed by currency; `due_minor` is due today or before."""

    as_of: date
    customer_number: str
    company: str
    figures: list[AccountFigures]


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtorDocument:
    """A paper that belongs to an item, and the address its bytes are fetched from."""

    id: int
    item_id: int
    item_number: str
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtorStatement:
    """The statement of account over days, one part per currency."""

    from_on: date
    to_on: date
    accounts: list[Account]


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtorCheckout:
    """A payment that was begun in the portal, and how it stands."""

    id: int
    number: str
    status: str
    currency: str
    amount_minor: int
    recorded_at: datetime


class DebtorPromiseLine(Body):
    """How much of one item is promised, in minor units of its currency."""

    item_id: Key
    amount_minor: PositiveMinor


class DebtorPromiseIn(Body):
    """A promise to pay items by a day."""

    lines: list[DebtorPromiseLine] = Field(min_length=1, max_length=500)
    due_on: Day
    note: Annotated[Plain, Field(max_length=500)] = ""


class DebtorDisputeIn(Body):
    """An objection to an amount of an item, in minor units of its currency."""

    item_id: Key
    amount_minor: PositiveMinor
    reason: Annotated[Plain, Field(min_length=1, max_length=40)]
    text: Annotated[Plain, Field(min_length=1, max_length=4_000)]


@debtor_desk.get("/balance", response=answers(DebtorBalance), tags=["account"])
def show_own_balance(request: DebtorRequest) -> DebtorBalance:
    """Return what is owed today, by currency."""
    request.actor.require("portal.view")
    return DebtorBalance(
        as_of=request.as_of,
        customer_number=request.customer.number,
        company=request.actor.company.name,
        figures=list(account_figures(request.customer, as_of=request.as_of)),
    )


@debtor_desk.get("/items", response=answers(Page[PortalItemRow]), tags=["account"])
def list_own_items(
    request: DebtorRequest,
    state: Literal["open", "due", "overdue", "upcoming", "paid", "disputed", "all"] = "open",
    search: Annotated[Plain, Field(max_length=80)] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PortalItemRow]:
    """List the customer's items, the oldest due first."""
    request.actor.require("portal.view")
    return portal_item_rows(
        request.actor.company,
        request.customer,
        as_of=request.as_of,
        only=PortalItemFilter(state=state, search=search),
        cursor=cursor,
        limit=limit,
    )


@debtor_desk.get("/documents", response=answers(list[DebtorDocument]), tags=["account"])
def list_own_documents(request: DebtorRequest, item_id: Key | None = None) -> list[DebtorDocument]:
    """List the newest papers of the customer's items, or all of one item."""
    request.actor.require("portal.view")
    found = ItemDocument.objects.filter(
        company=request.actor.company,
        item__customer=request.customer,
        kind__in=SHOWN_KINDS,
        removed_at=None,
    )
    if item_id is not None:
        found = found.filter(item=item_id)
    return [
        DebtorDocument(
            id=paper.pk,
            item_id=paper.item_id,
            item_number=paper.item.number,
            kind=paper.kind,
            name=paper.name,
            media_type=paper.media_type,
            size_bytes=paper.size_bytes,
            sha256=paper.sha256,
            address=request.build_absolute_uri(
                reverse("debtor-desk:fetch_own_document", args=[paper.item_id, paper.pk])
            ),
        )
        for paper in found.select_related("item").order_by("-pk")[:MOST_DOCUMENTS]
    ]


@debtor_desk.get("/documents/{item_id}/{document_id}", response=answers(None), tags=["account"])
def fetch_own_document(request: DebtorRequest, item_id: Id, document_id: Id) -> HttpResponseBase:
    """Return the bytes of a paper, as they are kept: PDF, XML or what it is."""
    request.actor.require("portal.view")
    paper = portal_paper(request.actor.company, request.customer, item_id, document_id)
    path = upload_path(paper.sha256) if paper else None
    if paper is None or path is None or not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=paper.name, content_type=paper.media_type
    )


@debtor_desk.get("/statement", response=answers(DebtorStatement), tags=["account"])
def show_own_statement(request: DebtorRequest, from_on: Day, to_on: Day) -> DebtorStatement:
    """Return the statement of account over days: opening, movements, closing, open items."""
    request.actor.require("portal.view")
    try:
        span = checked_span(from_on=from_on, to_on=to_on, known_on=None, as_of=request.as_of)
    except ValueError as error:
        raise Refused(str(error)) from error
    document = preview(request.actor.company, request.customer, span=span)
    return DebtorStatement(from_on=from_on, to_on=to_on, accounts=list(document.accounts))


@debtor_desk.post("/promises", response=answers(Created, 201), tags=["arrangements"])
@once
def promise_own_items(request: DebtorRequest, body: DebtorPromiseIn) -> tuple[int, dict[str, Any]]:
    """Promise to pay amounts of items by a day."""
    promise = promise_in_portal(
        actor=request.actor,
        customer=request.customer,
        amounts={_item(request, line.item_id): line.amount_minor for line in body.lines},
        due_on=body.due_on,
        note=body.note,
        key=_key(request),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": promise.pk}


@debtor_desk.post("/disputes", response=answers(Created, 201), tags=["arrangements"])
@once
def dispute_own_item(request: DebtorRequest, body: DebtorDisputeIn) -> tuple[int, dict[str, Any]]:
    """Object to an amount of an item; only that amount rests."""
    case = open_query(
        actor=request.actor,
        customer=request.customer,
        parts=[_part(request, body)],
        reason=body.reason,
        text=body.text,
        key=_key(request),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": case.pk}


@debtor_desk.get("/checkouts/{checkout_id}", response=answers(DebtorCheckout), tags=["payments"])
def show_own_checkout(request: DebtorRequest, checkout_id: Id) -> DebtorCheckout:
    """Return how a payment that was begun in the portal stands."""
    request.actor.require("portal.pay")
    found = get_object_or_404(
        Checkout, pk=checkout_id, company=request.actor.company, customer=request.customer
    )
    return DebtorCheckout(
        id=found.pk,
        number=found.number,
        status=str(found.status),
        currency=found.currency,
        amount_minor=found.amount_minor,
        recorded_at=found.recorded_at,
    )


def _item(request: DebtorRequest, item_id: int) -> Item:
    """Return an item of the customer; another's is as absent as none (404)."""
    items = Item.objects.select_related("customer")
    return get_object_or_404(
        items, pk=item_id, company=request.actor.company, customer=request.customer
    )


def _part(request: DebtorRequest, body: DebtorDisputeIn) -> DisputedPart:
    return DisputedPart(item=_item(request, body.item_id), amount_minor=body.amount_minor)


def _key(request: DebtorRequest) -> str:
    """Return what marks the wish: the same key of the same program is the same wish."""
    return hashed_key(f"{request.key.pk}:{request.headers.get('Idempotency-Key', '')}")[:32]


@debtor_desk.exception_handler(Refused)
@debtor_desk.exception_handler(Stale)
@debtor_desk.exception_handler(Forbidden)
def not_done(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer 403 without the right, 409 for what changed meanwhile, else 422, with the reason."""
    status = 403 if isinstance(error, Forbidden) else 409 if isinstance(error, Stale) else 422
    return debtor_desk.create_response(request, {"detail": str(error)}, status=status)


@debtor_desk.exception_handler(CursorError)
@debtor_desk.exception_handler(SuspiciousOperation)
@debtor_desk.exception_handler(RawPostDataException)
def not_readable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 400 for a cursor of another list and a body that cannot be read."""
    return debtor_desk.create_response(request, {"detail": str(error)}, status=400)


@debtor_desk.exception_handler(Http404)
def not_own(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001
    """Answer 404 for what is not there or another customer's."""
    return debtor_desk.create_response(
        request, {"detail": "There is no such record in your account."}, status=404
    )


@debtor_desk.exception_handler(OperationalError)
def held(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """Answer 503 while others are writing; any other trouble of the database stays one."""
    if not is_held(error):
        raise error
    response = debtor_desk.create_response(request, {"detail": TEXT}, status=503)
    response.headers["Retry-After"] = str(SECONDS)
    return response
