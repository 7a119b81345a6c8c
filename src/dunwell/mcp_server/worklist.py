"""Tools that read the desk's work: the worklist, promises, cases, holds, plans, approvals."""

from typing import Literal

from dunwell.actions.four_eyes import person
from dunwell.mcp_server.arguments import PageArguments
from dunwell.mcp_server.tools import Caller, tool
from dunwell.queries.approvals import ApprovalRow, approval_rows
from dunwell.queries.dispute_cases import CaseChoice, DisputeCaseRow, case_rows
from dunwell.queries.holds import HoldRow, hold_rows
from dunwell.queries.messages import MessageFilter, MessageRow, message_rows
from dunwell.queries.pages import Page
from dunwell.queries.plans import PlanRow, plan_rows
from dunwell.queries.promises import PromiseRow, promise_rows
from dunwell.queries.request_fields import Day, Key, Text, Word
from dunwell.queries.worklist import WorklistRow, worklist_rows


class ListWorklist(PageArguments):
    """Which view of the worklist."""

    show: Literal["plan", "mine", "all", "unassigned", "snoozed"] = "all"
    search: Text = ""


class ListPromises(PageArguments):
    """Which promises."""

    outcome: Literal["", "open", "kept", "partially_kept", "broken", "withdrawn", "superseded"] = (
        "open"
    )
    customer_id: Key | None = None
    due_from: Day | None = None
    due_until: Day | None = None


class ListDisputes(PageArguments):
    """Which dispute cases."""

    scope: Literal["open", "mine", "late", "over", "all"] = "open"
    reason: Word = ""
    customer_id: Key | None = None


class ListHolds(PageArguments):
    """Which holds."""

    only_active: bool = True
    customer_id: Key | None = None


class ListPlans(PageArguments):
    """Which payment plans."""

    customer_id: Key | None = None


class ListMessages(PageArguments):
    """Which messages."""

    status: Literal[
        "", "draft", "ready", "claimed", "sent", "delivered", "bounced", "failed", "dead",
        "cancelled",
    ] = ""  # fmt: skip
    customer_id: Key | None = None


class ListApprovals(PageArguments):
    """Which requests for approval."""

    scope: Literal["waiting", "mine", "decided", "all"] = "mine"


@tool(right="ledger.view", result=Page[WorklistRow], title="List the worklist")
def list_worklist(caller: Caller, arguments: ListWorklist) -> Page[WorklistRow]:
    """List whom to contact next: by expected extra cash per minute, with every reason.

    `suggestion` says what to do, `blocked` what keeps a customer from being contacted now.
    """
    return worklist_rows(
        caller.actor.company,
        as_of=caller.as_of,
        user_id=caller.actor.user_id,
        show=arguments.show,
        search=arguments.search,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[PromiseRow], title="List promises")
def list_promises(caller: Caller, arguments: ListPromises) -> Page[PromiseRow]:
    """List promises to pay, the soonest due first."""
    return promise_rows(
        caller.actor.company,
        as_of=caller.as_of,
        outcome=arguments.outcome,
        customer_id=arguments.customer_id,
        due_from=arguments.due_from,
        due_until=arguments.due_until,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[DisputeCaseRow], title="List disputes")
def list_disputes(caller: Caller, arguments: ListDisputes) -> Page[DisputeCaseRow]:
    """List dispute cases with their amounts, who has them, and until when they are decided."""
    return case_rows(
        caller.actor.company,
        CaseChoice(
            scope=arguments.scope,
            user_id=caller.actor.user_id,
            reason=arguments.reason,
            customer_id=arguments.customer_id,
        ),
        as_of=caller.as_of,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[HoldRow], title="List holds")
def list_holds(caller: Caller, arguments: ListHolds) -> Page[HoldRow]:
    """List orders not to chase a customer or an item, with their reasons."""
    return hold_rows(
        caller.actor.company,
        as_of=caller.as_of,
        only_active=arguments.only_active,
        customer_id=arguments.customer_id,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[PlanRow], title="List payment plans")
def list_plans(caller: Caller, arguments: ListPlans) -> Page[PlanRow]:
    """List payment plans, the newest first."""
    return plan_rows(
        caller.actor.company,
        customer_id=arguments.customer_id,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[MessageRow], title="List messages")
def list_messages(caller: Caller, arguments: ListMessages) -> Page[MessageRow]:
    """List messages to customers, drafts that wait for a person among them."""
    return message_rows(
        caller.actor.company,
        only=MessageFilter(status=arguments.status, customer_id=arguments.customer_id),
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=Page[ApprovalRow], title="List approval requests")
def list_approvals(caller: Caller, arguments: ListApprovals) -> Page[ApprovalRow]:
    """List requests for approval: by default those this caller made, with their decisions.

    People decide on them in the desk; there is no tool that does.
    """
    actor = caller.actor
    return approval_rows(
        actor.company,
        scope=arguments.scope,
        person=person(actor.name),
        roles=actor.roles,
        as_of=caller.as_of,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


TOOLS = (
    list_worklist, list_promises, list_disputes, list_holds, list_plans, list_messages,
    list_approvals,
)  # fmt: skip
