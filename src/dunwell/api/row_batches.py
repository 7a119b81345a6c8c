"""Many rows in one request: customers, items, payments, contacts, notes, promises."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.customer_batches import LONGEST_NUMBER, save_customers
from dunwell.actions.row_batches import (
    MOST_ROWS,
    Outcome,
    add_contacts,
    add_items,
    record_notes,
    record_payments,
    record_promises,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.customers import ContactIn, CustomerChanges, NoteIn
from dunwell.api.fields import Body, Key, Plain, answers
from dunwell.api.items import ItemIn
from dunwell.api.payments import PaymentIn
from dunwell.api.promises import PromiseIn
from dunwell.api.writes import once

router = Router(tags=["bulk"])
MOST_CONTACTS = 20
"""Contacts in one row of a customer."""


class BulkIn(Body):
    """Whether one row that does not fit stops all of them (as it does when nothing is said)."""

    all_or_nothing: bool = True


class CustomerIn(CustomerChanges):
    """A customer by its number: a new one, or what changes of it; a new one needs a name.

    A contact of the same role and e-mail address (or phone, without one) is changed, any other
    added.
    """

    number: Annotated[Plain, Field(min_length=1, max_length=LONGEST_NUMBER)]
    contacts: list[ContactIn] = Field(default_factory=list, max_length=MOST_CONTACTS)


class BulkCustomersIn(BulkIn):
    """Customers with their contacts, each as it is changed alone."""

    rows: list[CustomerIn] = Field(min_length=1, max_length=MOST_ROWS)


class BulkItemsIn(BulkIn):
    """Items, each as it is added alone."""

    rows: list[ItemIn] = Field(min_length=1, max_length=MOST_ROWS)


class BulkPaymentsIn(BulkIn):
    """Payments, each as it is recorded alone."""

    rows: list[PaymentIn] = Field(min_length=1, max_length=MOST_ROWS)


class CustomerContactIn(ContactIn):
    """A contact, and whose it is."""

    customer_id: Key


class BulkContactsIn(BulkIn):
    """Contacts, each as it is added alone."""

    rows: list[CustomerContactIn] = Field(min_length=1, max_length=MOST_ROWS)


class CustomerNoteIn(NoteIn):
    """A note or call result, and whose it is."""

    customer_id: Key


class BulkNotesIn(BulkIn):
    """Notes, each as it is recorded alone."""

    rows: list[CustomerNoteIn] = Field(min_length=1, max_length=MOST_ROWS)


class BulkPromisesIn(BulkIn):
    """Promises, each as it is recorded alone."""

    rows: list[PromiseIn] = Field(min_length=1, max_length=MOST_ROWS)


class BulkRow(Schema):
    """What became of a row: made or changed (done), there before (known), or why not (refused)."""

    row: int
    status: Literal["done", "known", "refused"]
    id: int | None
    code: Literal["", "absent", "refused"]
    detail: str


class BulkOut(Schema):
    """How many rows became what, and each of them in the order they were sent."""

    done: int
    known: int
    refused: int
    rows: list[BulkRow]


def carried_out(
    action: Callable[..., list[Outcome]],
    request: ApiRequest,
    body: Any,
    *,
    only_said: bool = False,
    **more: Any,
) -> tuple[int, dict[str, Any]]:
    """Hand the rows of a body to an action and tell what became of them.

    `only_said`: a field that a row leaves out is not handed on, for it stays as it is.
    """
    outcomes = action(
        actor=request.actor,
        rows=[row.dict(exclude_unset=only_said) for row in body.rows],
        all_or_nothing=body.all_or_nothing,
        at=request.at,
        **more,
    )
    kinds = [one.status for one in outcomes]
    counts = {kind: kinds.count(kind) for kind in ("done", "known", "refused")}
    return 200, {**counts, "rows": [asdict(one) for one in outcomes]}


@router.post("/customers/bulk", response=answers(BulkOut))
@once
def save_many_customers(request: ApiRequest, body: BulkCustomersIn) -> tuple[int, dict[str, Any]]:
    """Make or change up to 1,000 customers with contacts, by number: all, or each that fits."""
    return carried_out(save_customers, request, body, only_said=True)


@router.post("/items/bulk", response=answers(BulkOut))
@once
def new_items(request: ApiRequest, body: BulkItemsIn) -> tuple[int, dict[str, Any]]:
    """Add up to 1,000 items: all, or each that fits."""
    return carried_out(add_items, request, body, as_of=request.as_of)


@router.post("/payments/bulk", response=answers(BulkOut))
@once
def new_payments(request: ApiRequest, body: BulkPaymentsIn) -> tuple[int, dict[str, Any]]:
    """Record up to 1,000 payments: all, or each that fits."""
    return carried_out(record_payments, request, body, as_of=request.as_of)


@router.post("/contacts/bulk", response=answers(BulkOut))
@once
def new_contacts(request: ApiRequest, body: BulkContactsIn) -> tuple[int, dict[str, Any]]:
    """Add up to 1,000 contacts: all, or each that fits."""
    return carried_out(add_contacts, request, body)


@router.post("/notes/bulk", response=answers(BulkOut))
@once
def new_notes(request: ApiRequest, body: BulkNotesIn) -> tuple[int, dict[str, Any]]:
    """Record up to 1,000 notes and call results: all, or each that fits."""
    return carried_out(record_notes, request, body, as_of=request.as_of)


@router.post("/promises/bulk", response=answers(BulkOut))
@once
def new_promises(request: ApiRequest, body: BulkPromisesIn) -> tuple[int, dict[str, Any]]:
    """Record up to 1,000 promises: all, or each that fits."""
    return carried_out(record_promises, request, body, as_of=request.as_of)
