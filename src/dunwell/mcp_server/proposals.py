"""Tools that ask for something: plans, settlements, limits, orders, drafts of messages.

What lies beyond the authority of the token's owner waits for somebody else: the answer names the
request. No tool decides on one, and none sends a message.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from django.db.models import Model
from pydantic import Field

from dunwell.actions.approvals import withdraw_approval
from dunwell.actions.compositions import compose_message
from dunwell.actions.gate import Refused
from dunwell.actions.limits import propose_limit as ask_limit
from dunwell.actions.plan_proposals import propose_plan as ask_plan
from dunwell.actions.settlements import propose_settlement as ask_settlement
from dunwell.engine.plan_offers import PlanWish
from dunwell.mcp_server.arguments import WriteArguments
from dunwell.mcp_server.records import own_items, own_record
from dunwell.mcp_server.tools import Caller, tool
from dunwell.models import ApprovalRequest, Contact, Customer
from dunwell.queries.approvals import waiting_request
from dunwell.queries.request_fields import LARGEST_MINOR, Day, Key, Plain, PositiveMinor

Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Why = Annotated[Plain, Field(min_length=1, max_length=300)]
ItemKeys = Annotated[list[Key], Field(min_length=1, max_length=200)]
DRAFTED = "A program wrote this: a person reads it before it goes out."


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What was proposed and how it stands.

    `approval_id` names the request that waits for somebody with the role `needs_role`; both are
    empty where the caller's authority reaches.
    """

    record: str
    id: int
    status: str
    approval_id: int | None
    needs_role: str


class ProposePlan(WriteArguments):
    """A payment plan for all that is open on the items; the rest of its terms is the policy's."""

    customer_id: Key
    item_ids: ItemKeys
    frequency: Literal["weekly", "fortnightly", "monthly", "quarterly"]
    number: Annotated[int, Field(ge=1, le=120)]
    first_on: Day
    deposit_minor: Minor = 0
    concession_minor: Minor = 0
    reason: Annotated[Plain, Field(max_length=300)] = ""


class ProposeSettlement(WriteArguments):
    """All that is open on the items for less, paid by a day."""

    customer_id: Key
    item_ids: ItemKeys
    pay_minor: PositiveMinor
    pay_by_on: Day
    reason: Why


class ProposeLimit(WriteArguments):
    """A credit limit of a customer, in minor units of the company's currency."""

    customer_id: Key
    amount_minor: Minor
    from_on: Day | None = None
    until_on: Day | None = None
    reason: Why


class DraftMessage(WriteArguments):
    """A message to a customer; subject and text may hold placeholders of the wordings."""

    customer_id: Key
    contact_id: Annotated[
        Key | None, Field(description="From show_customer; needed for an e-mail.")
    ] = None
    channel: Literal["email", "letter", "portal"] = "email"
    subject: Annotated[Plain, Field(max_length=200)] = ""
    body: Annotated[Plain, Field(min_length=1, max_length=20_000)]
    item_ids: Annotated[list[Key], Field(max_length=200)] = []
    is_confirmed: Annotated[
        bool, Field(description="Warnings of an earlier refusal were read.")
    ] = False


class WithdrawRequest(WriteArguments):
    """Which request of one's own is taken back."""

    approval_id: Key
    reason: Annotated[Plain, Field(max_length=300)] = ""


@tool(right="plan.propose", result=Proposed, title="Propose a payment plan")
def propose_plan(caller: Caller, arguments: ProposePlan) -> Proposed:
    """Propose a payment plan; within authority it is offered, beyond it somebody else decides."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    plan = ask_plan(
        actor=caller.actor,
        customer=customer,
        items=own_items(customer, arguments.item_ids),
        wish=PlanWish(
            frequency=arguments.frequency,
            number=arguments.number,
            first_on=arguments.first_on,
            deposit_minor=arguments.deposit_minor,
            concession_minor=arguments.concession_minor,
        ),
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return _proposed(caller, plan, "plan", plan.status)


@tool(right="settlement.propose", result=Proposed, title="Propose a settlement")
def propose_settlement(caller: Caller, arguments: ProposeSettlement) -> Proposed:
    """Propose to take less than is owed; within authority it is offered, beyond it it waits."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    settlement = ask_settlement(
        actor=caller.actor,
        customer=customer,
        items=own_items(customer, arguments.item_ids),
        pay_minor=arguments.pay_minor,
        pay_by_on=arguments.pay_by_on,
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return _proposed(caller, settlement, "settlement", settlement.status)


@tool(right="limit.propose", result=Proposed, title="Propose a credit limit")
def propose_limit(caller: Caller, arguments: ProposeLimit) -> Proposed:
    """Ask for a credit limit; within authority it is granted at once, beyond it it waits."""
    limit = ask_limit(
        actor=caller.actor,
        customer=own_record(Customer, caller.actor, arguments.customer_id),
        kind="standard",
        amount_minor=arguments.amount_minor,
        from_on=arguments.from_on or caller.as_of,
        until_on=arguments.until_on,
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return _proposed(caller, limit, "limit", limit.status)


@tool(right="message.compose", result=Proposed, title="Draft a message")
def draft_message(caller: Caller, arguments: DraftMessage) -> Proposed:
    """Write a message as a draft; it goes out only when a person approves it in the desk."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    contact = None
    if arguments.contact_id is not None:
        contact = Contact.objects.filter(pk=arguments.contact_id, customer=customer).first()
        if contact is None:
            raise Refused(f"The customer has no contact {arguments.contact_id}.")
    message = compose_message(
        actor=caller.actor,
        customer=customer,
        contact=contact,
        channel=arguments.channel,
        subject=arguments.subject,
        body=arguments.body,
        items=own_items(customer, arguments.item_ids),
        is_confirmed=arguments.is_confirmed,
        why_draft=DRAFTED,
        as_of=caller.as_of,
        at=caller.at,
    )
    return _proposed(caller, message, "message", message.status)


@tool(right="ledger.view", result=Proposed, title="Withdraw a request for approval")
def withdraw_request(caller: Caller, arguments: WithdrawRequest) -> Proposed:
    """Take a request of one's own back while nobody has decided on it."""
    request = withdraw_approval(
        actor=caller.actor,
        request=own_record(ApprovalRequest, caller.actor, arguments.approval_id),
        reason=arguments.reason,
        as_of=caller.as_of,
        at=caller.at,
    )
    return _proposed(caller, request, "approval", request.status)


def _proposed(caller: Caller, record: Model, name: str, status: str) -> Proposed:
    """Return a proposal with the request that waits for somebody else, if there is one."""
    waiting = waiting_request(
        caller.actor.company, subject=record._meta.model_name or "", subject_id=record.pk
    )
    return Proposed(
        record=name,
        id=record.pk,
        status=str(status),
        approval_id=None if waiting is None else waiting.pk,
        needs_role="" if waiting is None else waiting.needs_role,
    )


TOOLS = (
    propose_plan, propose_settlement, propose_limit, draft_message, withdraw_request,
)  # fmt: skip
