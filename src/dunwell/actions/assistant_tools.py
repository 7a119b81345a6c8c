"""What the assistant may do after a yes, by the portal's own actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_intake import DisputedPart
from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.portal_contacts import save_own_contact
from dunwell.actions.portal_disputes import open_query
from dunwell.actions.portal_plans import ask_plan
from dunwell.actions.portal_promises import promise_in_portal
from dunwell.engine.assistant_commitments import is_still_so
from dunwell.engine.assistant_facts import Facts
from dunwell.engine.assistant_moves import Tool
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import (
    Contact,
    Customer,
    DetailChange,
    DisputeCase,
    Item,
    PaymentPlan,
    PortalSeat,
    Promise,
)
from dunwell.queries.assistant_facts import assistant_facts

CHANGED = "This changed since it was read back."

Done = Promise | PaymentPlan | DisputeCase | DetailChange | Contact
"""Records a tool leads to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """A tool called from a seat; `words` are what the customer wrote about it."""

    seat: PortalSeat
    tool: Tool
    words: str
    key: str
    as_of: date
    at: datetime


@transaction.atomic
def use_tool(*, actor: Actor, customer: Customer, call: ToolCall) -> Done:
    """Do what was read back and confirmed; the same key again is the same record.

    Customer, contact and rights are the session's. Raises Refused where the ledger, the plan
    offered or the contact is not any more what was read back, and for all the portal's own
    actions refuse.
    """
    actor.require("portal.ask")
    own_customer(actor, customer)
    own_customer(actor, call.seat.customer)
    facts = assistant_facts(customer, seat=call.seat, as_of=call.as_of)
    if not is_still_so(call.tool, facts, as_of=call.as_of):
        raise Refused(CHANGED)
    return _TOOLS[call.tool.name](actor, customer, call, facts)


def _promise(actor: Actor, customer: Customer, call: ToolCall, _facts: Facts) -> Promise:
    return promise_in_portal(
        actor=actor,
        customer=customer,
        amounts=_amounts(customer, call),
        due_on=date.fromisoformat(call.tool.told["day"]),
        note="Told the assistant",
        key=call.key,
        as_of=call.as_of,
        at=call.at,
    )


def _plan(actor: Actor, customer: Customer, call: ToolCall, _facts: Facts) -> PaymentPlan:
    told = call.tool.told
    return ask_plan(
        actor=actor,
        customer=customer,
        items=list(Item.objects.filter(customer=customer, pk__in=told["items"]).order_by("pk")),
        wish=PlanWish(
            frequency=told["frequency"],
            number=told["number"],
            first_on=date.fromisoformat(told["first"]),
            deposit_minor=told["deposit_minor"],
        ),
        reason="Asked of the assistant",
        key=call.key,
        as_of=call.as_of,
        at=call.at,
    )


def _dispute(actor: Actor, customer: Customer, call: ToolCall, facts: Facts) -> DisputeCase:
    return open_query(
        actor=actor,
        customer=customer,
        parts=[
            DisputedPart(item=item, amount_minor=minor)
            for item, minor in _amounts(customer, call).items()
        ],
        reason=facts.dispute_reason,
        text=call.words,
        key=call.key,
        as_of=call.as_of,
        at=call.at,
    )


def _contact(
    actor: Actor, customer: Customer, call: ToolCall, _facts: Facts
) -> DetailChange | Contact:
    """Change the phone at once; another mail address becomes a wish that staff confirm."""
    told = call.tool.told
    contact = Contact.objects.select_related("customer").get(customer=customer, pk=told["contact"])
    wish = save_own_contact(
        actor=actor,
        customer=customer,
        seat=call.seat,
        contact=contact,
        changes={name: told[name] for name in ("email", "phone") if name in told},
        as_of=call.as_of,
        at=call.at,
    )
    return wish or contact


def _amounts(customer: Customer, call: ToolCall) -> dict[Item, int]:
    told = {int(key): int(minor) for key, minor in call.tool.told["amounts"].items()}
    items = Item.objects.filter(customer=customer).in_bulk(list(told))
    return {items[key]: minor for key, minor in told.items()}


_TOOLS: Mapping[str, Callable[[Actor, Customer, ToolCall, Facts], Done]] = {
    "promise": _promise,
    "plan": _plan,
    "dispute": _dispute,
    "contact": _contact,
}
