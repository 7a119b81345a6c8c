"""/credit-groups, /customer-links: who shares a limit, who belongs to whom, and the hierarchy."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.credit_groups import add_group, end_group, join_group, leave_group
from dunwell.actions.customer_links import add_link, end_link
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    Body,
    Created,
    Day,
    Done,
    Id,
    Key,
    Plain,
    PositiveMinor,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import CreditGroup, CreditGroupMember, Customer, CustomerLink
from dunwell.queries.hierarchies import CustomerLinkRow, Hierarchy, hierarchy, link_rows
from dunwell.queries.limit_use import (
    CreditGroupRow,
    GroupMemberRow,
    group_row,
    group_rows,
    member_rows,
)

router = Router(tags=["credit groups"])
LinkKind = Literal["parent", "guarantor", "bill_to", "payer"]


class CreditGroupIn(Body):
    """A new group."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    note: Annotated[Plain, Field(max_length=300)] = ""


class GroupMemberIn(Body):
    """Who joins, from today unless said otherwise."""

    customer_id: Key
    from_on: Day | None = None


class LastDayIn(Body):
    """The last day of a membership or a link, today unless said otherwise."""

    until_on: Day | None = None


class CustomerLinkIn(Body):
    """`other_id` is the parent, guarantor, bill-to or payer; `most_minor` caps a guarantor."""

    customer_id: Key
    other_id: Key
    kind: LinkKind
    from_on: Day | None = None
    most_minor: PositiveMinor | None = None
    reason: Annotated[Plain, Field(max_length=300)] = ""


@router.get("/credit-groups", response=answers(list[CreditGroupRow]))
def list_credit_groups(
    request: ApiRequest,
    ended: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
) -> list[CreditGroupRow]:
    """List the groups that share a limit, with what their members use of it together."""
    request.actor.require("ledger.view")
    return list(group_rows(request.actor.company, as_of=request.as_of, with_ended=ended))


@router.get("/credit-groups/{group_id}", response=answers(CreditGroupRow))
def show_credit_group(request: ApiRequest, group_id: Id) -> CreditGroupRow:
    """Show one group."""
    request.actor.require("ledger.view")
    return existing(group_row(request.actor.company, group_id, as_of=request.as_of))


@router.get("/credit-groups/{group_id}/members", response=answers(list[GroupMemberRow]))
def list_group_members(request: ApiRequest, group_id: Id) -> list[GroupMemberRow]:
    """List everybody who is, was or will be in a group."""
    request.actor.require("ledger.view")
    group = own(CreditGroup, request.actor, group_id)
    return list(member_rows(request.actor.company, group.pk, as_of=request.as_of))


@router.post("/credit-groups", response=answers(Created, 201))
@once
def new_credit_group(request: ApiRequest, body: CreditGroupIn) -> tuple[int, dict[str, Any]]:
    """Add a group without members."""
    group = add_group(actor=request.actor, name=body.name, note=body.note, at=request.at)
    return 201, {"id": group.pk}


@router.post("/credit-groups/{group_id}/members", response=answers(Created, 201))
@once
def new_group_member(
    request: ApiRequest, group_id: Id, body: GroupMemberIn
) -> tuple[int, dict[str, Any]]:
    """Put a customer into a group; a customer is in one group at a time."""
    member = join_group(
        actor=request.actor,
        group=own(CreditGroup, request.actor, group_id),
        customer=own(Customer, request.actor, body.customer_id),
        from_on=body.from_on or request.as_of,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": member.pk}


@router.post("/credit-groups/members/{member_id}/leave", response=answers(Done))
@once
def end_membership(
    request: ApiRequest, member_id: Id, body: LastDayIn
) -> tuple[int, dict[str, Any]]:
    """End a membership with its last day."""
    member = existing(
        CreditGroupMember.objects.filter(
            pk=member_id, group__company=request.actor.company
        ).first()
    )
    leave_group(
        actor=request.actor,
        member=member,
        until_on=body.until_on or request.as_of,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/credit-groups/{group_id}/end", response=answers(Done))
@once
def end_credit_group(request: ApiRequest, group_id: Id) -> tuple[int, dict[str, Any]]:
    """End a group today; its members leave."""
    end_group(
        actor=request.actor,
        group=own(CreditGroup, request.actor, group_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/customers/{customer_id}/links", response=answers(list[CustomerLinkRow]))
def list_customer_links(request: ApiRequest, customer_id: Id) -> list[CustomerLinkRow]:
    """List every link of a customer and to it, those that hold and those that ended."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return list(link_rows(request.actor.company, customer_id=customer.pk))


@router.get("/customers/{customer_id}/hierarchy", response=answers(Hierarchy))
def show_hierarchy(request: ApiRequest, customer_id: Id, as_of: Day | None = None) -> Hierarchy:
    """Show the tree around a customer with exposure and limit at every place, as of a day."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    day: date = as_of or request.as_of
    return hierarchy(request.actor.company, customer_id=customer.pk, as_of=day)


@router.post("/customer-links", response=answers(Created, 201))
@once
def new_customer_link(request: ApiRequest, body: CustomerLinkIn) -> tuple[int, dict[str, Any]]:
    """Say that another customer is the parent, guarantor, bill-to or payer."""
    link = add_link(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        other=own(Customer, request.actor, body.other_id),
        kind=body.kind,
        from_on=body.from_on or request.as_of,
        most_minor=body.most_minor,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": link.pk}


@router.post("/customer-links/{link_id}/end", response=answers(Done))
@once
def end_customer_link(
    request: ApiRequest, link_id: Id, body: LastDayIn
) -> tuple[int, dict[str, Any]]:
    """End a link with its last day."""
    end_link(
        actor=request.actor,
        link=own(CustomerLink, request.actor, link_id),
        until_on=body.until_on or request.as_of,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
