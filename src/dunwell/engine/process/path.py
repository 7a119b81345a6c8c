"""Invoice to cash as this process knows it: its activities in their usual order, and its path."""

from dataclasses import dataclass

ORDER_PLACED = "order_placed"
CREDIT_HELD = "credit_held"
CREDIT_RELEASED = "credit_released"
GOODS_DELIVERED = "goods_delivered"
ISSUED = "invoice_issued"
CORRECTED = "invoice_corrected"
SENT = "invoice_sent"
BOUNCED = "sending_failed"
RECEIVED = "invoice_received"
APPROVED = "invoice_approved"
DUE = "invoice_due"
REMINDED = "reminder_sent"
PROMISED = "promise_made"
BROKEN = "promise_broken"
PLANNED = "plan_accepted"
PLAN_BROKEN = "plan_defaulted"
DISPUTED = "dispute_opened"
RESOLVED = "dispute_resolved"
PLACED = "placed_with_agency"
IN_COURT = "legal_matter_opened"
CREDITED = "credited"
WRITTEN_OFF = "written_off"
PART_PAID = "part_paid"
PAID = "paid"
BOOKED = "cash_applied"
RETURNED = "payment_returned"

ACTIVITIES = (
    ORDER_PLACED,
    CREDIT_HELD,
    CREDIT_RELEASED,
    GOODS_DELIVERED,
    ISSUED,
    CORRECTED,
    SENT,
    BOUNCED,
    RECEIVED,
    APPROVED,
    DUE,
    REMINDED,
    BROKEN,
    PROMISED,
    PLAN_BROKEN,
    PLANNED,
    RESOLVED,
    DISPUTED,
    PLACED,
    IN_COURT,
    RETURNED,
    CREDITED,
    WRITTEN_OFF,
    PART_PAID,
    PAID,
    BOOKED,
)
"""In the order in which they come where only their day is known: what ends something comes before
what begins anew on the same day (a dispute resolved, then the next one)."""

PLACES = {activity: place for place, activity in enumerate(ACTIVITIES)}

EXPECTED = (ISSUED, SENT, RECEIVED, DUE, REMINDED, PAID)
"""The path an invoice is to take; it may end early, for most are paid before they are due."""

LEDGER = "ledger"
"""Party that issues what another system billed: what became of its paper is not known here."""

PAPER = (SENT, RECEIVED)
"""Activities that are not missed where another system sent the invoice."""

OPTIONAL = (DUE, REMINDED)
"""Activities of the path that are not missed where they did not come: paid in time."""

SIDE_STEPS = (ORDER_PLACED, CREDIT_RELEASED, GOODS_DELIVERED, APPROVED, PART_PAID, BOOKED)
"""What belongs beside the path without being a deviation from it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the way: from one activity to the next of another; `each` counts every one.

    With `only_ended` one that has no end took no time: nothing of it is told.
    """

    name: str
    begins: str
    ends: str
    each: bool = False
    only_ended: bool = False


STAGES = (
    Stage("order_to_delivery", ORDER_PLACED, GOODS_DELIVERED),
    Stage("delivery_to_invoice", GOODS_DELIVERED, ISSUED),
    Stage("invoice_to_sent", ISSUED, SENT),
    Stage("sent_to_received", SENT, RECEIVED),
    Stage("due_to_paid", DUE, PAID),
    Stage("dispute_to_resolved", DISPUTED, RESOLVED, each=True),
    Stage("paid_to_applied", PAID, BOOKED, only_ended=True),
)
"""Throughput is told by these; of each case the first unless every one counts."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Work done again: `again` after `first` has happened in the same case."""

    name: str
    first: str
    again: str


LOOPS = (
    Loop("reminded_after_promise", PROMISED, REMINDED),
    Loop("promised_again", BROKEN, PROMISED),
    Loop("dispute_reopened", RESOLVED, DISPUTED),
    Loop("sent_again", SENT, SENT),
    Loop("corrected", ISSUED, CORRECTED),
    Loop("held_again", CREDIT_RELEASED, CREDIT_HELD),
    Loop("returned", PAID, RETURNED),
    Loop("plan_anew", PLAN_BROKEN, PLANNED),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What must not be: `what` between `since` and `until`, or at all without `since`."""

    name: str
    what: str
    since: str = ""
    until: str = ""


RULES = (
    Rule("reminded_in_dispute", REMINDED, DISPUTED, RESOLVED),
    Rule("reminded_under_promise", REMINDED, PROMISED, BROKEN),
    Rule("reminded_under_plan", REMINDED, PLANNED, PLAN_BROKEN),
    Rule("reminded_after_payment", REMINDED, PAID, RETURNED),
    Rule("delivered_while_held", GOODS_DELIVERED, CREDIT_HELD, CREDIT_RELEASED),
    Rule("issued_before_delivery", GOODS_DELIVERED, ISSUED),
)
