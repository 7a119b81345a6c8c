"""Limits, a group and links in every state that a call needs one in."""

from dataclasses import replace

from dunwell.actions.credit_groups import add_group, join_group
from dunwell.actions.customer_links import add_link
from dunwell.actions.gate import Actor
from dunwell.actions.limits import propose_limit
from dunwell.actions.role_rights import ROLE_RIGHTS
from tests.conftest import add_customer

CALLER = "callie"
"""Who calls the table's operations; only its author withdraws a limit."""


def keep_limits(company, tag="", *, today, at):
    """Add a limit in force, one that waits, a group and a link; return path parameter -> key."""
    role = "credit_manager"
    boss = Actor(
        company=company, name="limiter", roles=frozenset({role}), rights=ROLE_RIGHTS[role]
    )
    on = {"as_of": today, "at": at}
    customer, other = add_customer(company, f"LIM{tag}"), add_customer(company, f"LIN{tag}")
    wish = {"from_on": today, "reason": "they buy more", **on}
    row = propose_limit(
        actor=boss, customer=customer, kind="standard", amount_minor=5_000_00, **wish
    )
    waiting = propose_limit(
        actor=replace(boss, name=CALLER),
        customer=other,
        kind="standard",
        amount_minor=900_000_00,
        **wish,
    )
    group = add_group(actor=boss, name=f"Group {tag}", at=at)
    joined = {"actor": boss, "group": group, "from_on": today, **on}
    member = join_group(customer=customer, **joined)
    link = add_link(actor=boss, customer=customer, other=other, kind="parent", from_on=today, **on)
    return {
        "limit_id": row.pk,
        "waiting_limit_id": waiting.pk,
        "group_id": group.pk,
        "credit_group_id": group.pk,
        "member_id": member.pk,
        "credit_member_id": member.pk,
        "link_id": link.pk,
        "customer_link_id": link.pk,
        "limit_customer_id": customer.pk,
        "limit_customer_number": customer.number,
        "other_customer_id": other.pk,
    }
