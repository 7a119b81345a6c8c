"""/customers: who owes, their card, timeline, contacts and notes."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.contacts import (
    add_contact,
    assign_collector,
    edit_contact,
    edit_customer,
)
from dunwell.actions.notes import record_note
from dunwell.actions.snoozes import snooze_customer, unsnooze_customer
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Country,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Language,
    Limit,
    Name,
    Plain,
    Text,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Contact, Customer, User
from dunwell.queries.accounts_shown import shown
from dunwell.queries.cards import CustomerCard, customer_card
from dunwell.queries.customers import CustomerRow, customer_page
from dunwell.queries.pages import Page
from dunwell.queries.timeline import timeline
from dunwell.queries.timeline_rows import TimelineFilter, TimelineRow

router = Router(tags=["customers"])
Role = Literal["payables", "approver", "dispute", "legal", "executive"]


class CustomerChanges(Body):
    """The fields to change; what is left out stays."""

    name: Name | None = None
    segment: Annotated[Plain, Field(max_length=40)] | None = None
    country: Country | None = None
    language: Language | None = None
    currency: AnyCurrency | None = None
    terms: Word | None = None
    vat_id: Annotated[Plain, Field(max_length=40)] | None = None
    address: Annotated[Plain, Field(max_length=300)] | None = None
    party: Literal["", "company", "person", "public"] | None = None
    debt_use: Literal["", "business", "personal"] | None = None
    region: Annotated[Plain, Field(max_length=12)] | None = None
    sector: Annotated[Plain, Field(max_length=12)] | None = None
    zones: Annotated[list[Word], Field(max_length=40)] | None = None
    is_opted_out: bool | None = None


class ContactIn(Body):
    """A person or mailbox at the customer."""

    role: Role = "payables"
    name: Word = ""
    email: Annotated[Plain, Field(max_length=254)] = ""
    phone: Annotated[Plain, Field(max_length=40)] = ""
    language: Language = ""
    is_primary: bool = True


class ContactChanges(Body):
    """The fields to change; what is left out stays."""

    role: Role | None = None
    name: Word | None = None
    email: Annotated[Plain, Field(max_length=254)] | None = None
    phone: Annotated[Plain, Field(max_length=40)] | None = None
    language: Language | None = None
    is_primary: bool | None = None


class NoteIn(Body):
    """A call result or a remark."""

    kind: Literal["call", "note", "email", "visit"]
    result: Literal[
        "",
        "reached",
        "no_answer",
        "left_message",
        "call_back",
        "wrong_number",
        "refuses",
        "says_paid",
    ] = ""
    why: Literal[
        "",
        "cash",
        "not_received",
        "not_approved",
        "dispute",
        "process",
        "waiting_credit",
        "insolvent",
    ] = ""
    text: Text = ""
    next_on: Day | None = None
    snooze: bool = False


class StoryFilter(Schema):
    """Which rows of a timeline to list: of a kind, with a text in them, of a span of days."""

    kind: Literal[
        "", "event", "promise", "message", "note", "payment", "signal", "inbound", "rating"
    ] = ""
    text: Annotated[Plain, Field(max_length=80)] = ""
    from_on: Day | None = None
    until_on: Day | None = None
    cursor: Cursor = ""
    limit: Limit = PAGE


class AssignIn(Body):
    """Customers, and who collects there from now on; nobody when left out."""

    customer_ids: list[Key] = Field(min_length=1, max_length=1000)
    collector_id: Key | None = None


class SnoozeIn(Body):
    """Until when the customer is put aside, and why."""

    until_on: Day
    reason: Annotated[Plain, Field(max_length=300)] = ""


@router.get("", response=answers(Page[CustomerRow]))
def list_customers(  # noqa: PLR0917 -- query parameters
    request: ApiRequest,
    search: Text = "",
    segment: Word = "",
    collector_id: Key | None = None,
    unassigned: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
    only_owing: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
    pool_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CustomerRow]:
    """List customers with what they owe per currency, by name."""
    request.actor.require("ledger.view")
    return customer_page(
        request.actor.company,
        as_of=request.as_of,
        search=search,
        segment=segment,
        collector_id=collector_id,
        unassigned=unassigned,
        only_owing=only_owing,
        pool_id=pool_id,
        cursor=cursor,
        limit=limit,
    )


@router.post("/assign", response=answers(Done))
@once
def assign(request: ApiRequest, body: AssignIn) -> tuple[int, dict[str, Any]]:
    """Give customers to a collector, or to nobody."""
    collector = None
    if body.collector_id is not None:
        people = User.objects.filter(memberships__company=request.actor.company).distinct()
        collector = get_object_or_404(people, pk=body.collector_id)
    changed = assign_collector(
        actor=request.actor, ids=body.customer_ids, collector=collector, at=request.at
    )
    return 200, {"changed": changed}


@router.get("/{customer_id}", response=answers(CustomerCard))
def show_customer(request: ApiRequest, customer_id: Id) -> CustomerCard:
    """Show a customer: balances, limit, habit, contacts, tasks, holds and rank.

    A record that was merged names the one to go on at in `merged_into_id`.
    """
    request.actor.require("ledger.view")
    card = existing(customer_card(request.actor.company, customer_id, as_of=request.as_of))
    return shown(card, request.actor.rights)


@router.patch("/{customer_id}", response=answers(Done))
@once
def change_customer(
    request: ApiRequest, customer_id: Id, body: CustomerChanges
) -> tuple[int, dict[str, Any]]:
    """Change a customer's segment, language, limit, opt-out, or what contact rules must know."""
    changes = body.dict(exclude_unset=True)
    edit_customer(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        changes=changes,
        at=request.at,
    )
    return 200, {"changed": len(changes)}


@router.get("/{customer_id}/timeline", response=answers(Page[TimelineRow]))
def show_timeline(
    request: ApiRequest, customer_id: Id, query: Query[StoryFilter]
) -> Page[TimelineRow]:
    """List all that happened with a customer, newest first, as far as the caller may read it."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return timeline(
        request.actor.company,
        customer.pk,
        rights=request.actor.rights,
        only=TimelineFilter(
            kinds=[query.kind] if query.kind else [],
            text=query.text,
            from_on=query.from_on,
            until_on=query.until_on,
        ),
        cursor_text=query.cursor,
        limit=query.limit,
    )


@router.post("/{customer_id}/notes", response=answers(Created, 201))
@once
def add_note(request: ApiRequest, customer_id: Id, body: NoteIn) -> tuple[int, dict[str, Any]]:
    """Record a call result or a remark; a call result completes the open call task."""
    note = record_note(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        kind=body.kind,
        result=body.result,
        why=body.why,
        text=body.text,
        next_on=body.next_on,
        snooze=body.snooze,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": note.pk}


@router.post("/{customer_id}/contacts", response=answers(Created, 201))
@once
def new_contact(
    request: ApiRequest, customer_id: Id, body: ContactIn
) -> tuple[int, dict[str, Any]]:
    """Add a contact."""
    contact = add_contact(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": contact.pk}


@router.patch("/{customer_id}/contacts/{contact_id}", response=answers(Done))
@once
def change_contact(
    request: ApiRequest, customer_id: Id, contact_id: Id, body: ContactChanges
) -> tuple[int, dict[str, Any]]:
    """Change a contact."""
    customer = own(Customer, request.actor, customer_id)
    contact = existing(Contact.objects.filter(customer=customer, pk=contact_id).first())
    changes = body.dict(exclude_none=True)
    edit_contact(actor=request.actor, contact=contact, changes=changes, at=request.at)
    return 200, {"changed": len(changes)}


@router.put("/{customer_id}/snooze", response=answers(Done))
@once
def put_aside(request: ApiRequest, customer_id: Id, body: SnoozeIn) -> tuple[int, dict[str, Any]]:
    """Put a customer aside on the worklist until a day."""
    snooze_customer(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        until_on=body.until_on,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.api_operation(["DELETE"], "/{customer_id}/snooze", response=answers(Done))
@once
def bring_back(request: ApiRequest, customer_id: Id) -> tuple[int, dict[str, Any]]:
    """Bring a customer back onto the worklist."""
    unsnooze_customer(
        actor=request.actor, customer=own(Customer, request.actor, customer_id), at=request.at
    )
    return 200, {"changed": 1}
