"""What the assistant may do after a yes: a promise and a plan, by the portal's own actions."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.actions.portal_plans import ask_plan
from dunwell.actions.portal_promises import promise_in_portal
from dunwell.engine.assistant import Tool
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import Customer, Item, PaymentPlan, Promise
from dunwell.queries.assistant_facts import assistant_facts

CHANGED = "This changed since it was read back."


@transaction.atomic
def use_tool(
    *, actor: Actor, customer: Customer, tool: Tool, key: str, as_of: date, at: datetime
) -> Promise | PaymentPlan:
    """Do what was read back and confirmed; the same key again is the same record.

    Customer and rights are the session's. Raises Refused where the ledger or the plan offered
    is not any more what was read back, and for all the portal's own actions refuse.
    """
    actor.require("portal.ask")
    own_customer(actor, customer)
    return (_promise if tool.name == "promise" else _plan)(
        actor, customer, tool, key=key, as_of=as_of, at=at
    )


def _promise(
    actor: Actor, customer: Customer, tool: Tool, *, key: str, as_of: date, at: datetime
) -> Promise:
    told = {int(item): int(minor) for item, minor in tool.told["amounts"].items()}
    facts = assistant_facts(customer, as_of=as_of)
    free = {one.id: one.free_minor for one in facts.items}
    if any(minor > free.get(item, 0) for item, minor in told.items()):
        raise Refused(CHANGED)
    items = Item.objects.filter(customer=customer).in_bulk(list(told))
    return promise_in_portal(
        actor=actor,
        customer=customer,
        amounts={items[item]: minor for item, minor in told.items()},
        due_on=date.fromisoformat(tool.told["day"]),
        note="Told the assistant",
        key=key,
        as_of=as_of,
        at=at,
    )


def _plan(
    actor: Actor, customer: Customer, tool: Tool, *, key: str, as_of: date, at: datetime
) -> PaymentPlan:
    told = tool.told
    offered = assistant_facts(customer, as_of=as_of).plan
    same = offered is not None and (
        offered.frequency, offered.number, offered.deposit_minor, offered.total_minor,
        offered.first_on.isoformat(), list(offered.items),
    ) == (
        told["frequency"], told["number"], told["deposit_minor"], told["total_minor"],
        told["first"], told["items"],
    )  # fmt: skip
    if not same:
        raise Refused(CHANGED)
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
        key=key,
        as_of=as_of,
        at=at,
    )
