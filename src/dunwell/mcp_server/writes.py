"""Tools that record what was said or agreed: notes, promises, disputes, holds, tasks."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.holds import place_hold as hold_customer
from dunwell.actions.holds import release_hold as end_hold
from dunwell.actions.notes import record_note as keep_note
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise as keep_promise
from dunwell.actions.promises import withdraw_promise as take_back
from dunwell.actions.snoozes import snooze_customer as put_aside
from dunwell.actions.tasks import complete_task as finish_task
from dunwell.mcp_server.arguments import Arguments, WriteArguments
from dunwell.mcp_server.records import own_items, own_record
from dunwell.mcp_server.tools import Caller, tool
from dunwell.models import Customer, Hold, Promise, Task
from dunwell.queries.request_fields import Currency, Day, Key, Name, Plain, PositiveMinor, Text

Note = Annotated[Plain, Field(max_length=500)]
MOST_ITEMS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The record that was written or changed: what it is, and its key."""

    record: str
    id: int


class RecordNote(WriteArguments):
    """A call result or a remark about a customer."""

    customer_id: Key
    kind: Literal["call", "note", "email", "visit"]
    result: Literal[
        "", "reached", "no_answer", "left_message", "call_back", "wrong_number", "refuses",
        "says_paid",
    ] = ""  # fmt: skip
    why: Literal[
        "", "cash", "not_received", "not_approved", "dispute", "process", "waiting_credit",
        "insolvent",
    ] = ""  # fmt: skip
    text: Text = ""
    next_on: Day | None = None


class PromisedLine(Arguments):
    """How much of one item is promised."""

    item_id: Key
    amount_minor: PositiveMinor


class RecordPromise(WriteArguments):
    """What a customer promised to pay on which items."""

    customer_id: Key
    lines: Annotated[list[PromisedLine], Field(min_length=1, max_length=MOST_ITEMS)]
    due_on: Day
    note: Note = ""


class RecordAmount(WriteArguments):
    """What a customer promised to pay on whatever is oldest."""

    customer_id: Key
    currency: Currency
    amount_minor: PositiveMinor
    due_on: Day
    note: Note = ""


class WithdrawPromise(WriteArguments):
    """Which promise is taken back, and why."""

    promise_id: Key
    reason: Name


class DisputedItem(Arguments):
    """How much of one item is disputed, in minor units of its currency."""

    item_id: Key
    amount_minor: PositiveMinor
    note: Note = ""


class OpenDispute(WriteArguments):
    """What a customer disputes; `reason` is a code of the disputes policy, such as price."""

    customer_id: Key
    reason: Annotated[str, Field(pattern="^[a-z0-9_]{1,20}$")]
    parts: Annotated[list[DisputedItem], Field(min_length=1, max_length=MOST_ITEMS)]
    note: Note = ""


class PlaceHold(WriteArguments):
    """Whom, or which item, not to chase; until a day or until released."""

    customer_id: Key
    item_id: Key | None = None
    reason: Literal["agreement", "plan", "legal", "insolvency", "hardship", "manual"]
    until_on: Day | None = None
    note: Note = ""


class ReleaseHold(WriteArguments):
    """Which hold ends, and what led to it."""

    hold_id: Key
    note: Note = ""


class SnoozeCustomer(WriteArguments):
    """Until when a customer is put aside on the worklist."""

    customer_id: Key
    until_on: Day
    reason: Annotated[Plain, Field(max_length=300)] = ""


class CompleteTask(WriteArguments):
    """Which task is done."""

    task_id: Key


@tool(right="note.record", result=Written, title="Record a note")
def record_note(caller: Caller, arguments: RecordNote) -> Written:
    """Record a call result or a remark; a call result completes the open call task."""
    note = keep_note(
        actor=caller.actor,
        customer=own_record(Customer, caller.actor, arguments.customer_id),
        kind=arguments.kind,
        result=arguments.result,
        why=arguments.why,
        text=arguments.text,
        next_on=arguments.next_on,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="note", id=note.pk)


@tool(right="promise.record", result=Written, title="Record a promise")
def record_promise(caller: Caller, arguments: RecordPromise) -> Written:
    """Record a promise to pay certain items by a day; reminders wait until then."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    wanted = {line.item_id: line.amount_minor for line in arguments.lines}
    promise = keep_promise(
        actor=caller.actor,
        customer=customer,
        amounts={item: wanted[item.pk] for item in own_items(customer, list(wanted))},
        due_on=arguments.due_on,
        note=arguments.note,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="promise", id=promise.pk)


@tool(right="promise.record", result=Written, title="Record a promised amount")
def record_amount(caller: Caller, arguments: RecordAmount) -> Written:
    """Record a promise to pay an amount by a day, on whatever of the items is oldest."""
    promise = record_promised_amount(
        actor=caller.actor,
        customer=own_record(Customer, caller.actor, arguments.customer_id),
        currency=arguments.currency,
        amount_minor=arguments.amount_minor,
        due_on=arguments.due_on,
        note=arguments.note,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="promise", id=promise.pk)


@tool(right="promise.record", result=Written, title="Withdraw a promise")
def withdraw_promise(caller: Caller, arguments: WithdrawPromise) -> Written:
    """Withdraw an open promise, so that reminders go on."""
    promise = own_record(Promise, caller.actor, arguments.promise_id)
    take_back(
        actor=caller.actor,
        promise=promise,
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="promise", id=promise.pk)


@tool(right="dispute.open", result=Written, title="Open a dispute")
def open_dispute(caller: Caller, arguments: OpenDispute) -> Written:
    """Open a dispute case over parts of items; what is not disputed stays collectable."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    items = {item.pk: item for item in own_items(customer, [p.item_id for p in arguments.parts])}
    case = open_case(
        actor=caller.actor,
        customer=customer,
        reason=arguments.reason,
        parts=[
            DisputedPart(item=items[part.item_id], amount_minor=part.amount_minor, note=part.note)
            for part in arguments.parts
        ],
        source="api",
        note=arguments.note,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="dispute_case", id=case.pk)


@tool(right="hold.place", result=Written, title="Place a hold")
def place_hold(caller: Caller, arguments: PlaceHold) -> Written:
    """Stop chasing a customer or one item, until a day or until released."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    keys = [] if arguments.item_id is None else [arguments.item_id]
    hold = hold_customer(
        actor=caller.actor,
        customer=customer,
        item=next(iter(own_items(customer, keys)), None),
        reason=arguments.reason,
        until_on=arguments.until_on,
        note=arguments.note,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="hold", id=hold.pk)


@tool(right="hold.release", result=Written, title="Release a hold")
def release_hold(caller: Caller, arguments: ReleaseHold) -> Written:
    """Release a hold; chasing goes on from today."""
    hold = own_record(Hold, caller.actor, arguments.hold_id)
    end_hold(actor=caller.actor, hold=hold, note=arguments.note, as_of=caller.as_of, at=caller.at)
    return Written(record="hold", id=hold.pk)


@tool(right="worklist.snooze", result=Written, title="Put a customer aside")
def snooze_customer(caller: Caller, arguments: SnoozeCustomer) -> Written:
    """Put a customer aside on the worklist until a day. It stops no reminder; a hold does."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    put_aside(
        actor=caller.actor,
        customer=customer,
        until_on=arguments.until_on,
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return Written(record="customer", id=customer.pk)


@tool(right="task.complete", result=Written, title="Complete a task")
def complete_task(caller: Caller, arguments: CompleteTask) -> Written:
    """Mark a task done."""
    task = own_record(Task, caller.actor, arguments.task_id)
    finish_task(actor=caller.actor, task=task, at=caller.at)
    return Written(record="task", id=task.pk)


TOOLS = (
    record_note, record_promise, record_amount, withdraw_promise, open_dispute, place_hold,
    release_hold, snooze_customer, complete_task,
)  # fmt: skip
