"""Credit groups: customers who share one limit, from day to day."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting
from dunwell.models import Company, CreditGroup, CreditGroupMember, CreditLimit, Customer

LONGEST_NAME, LONGEST_NOTE = 120, 300


@transaction.atomic
def add_group(*, actor: Actor, name: str, note: str = "", at: datetime) -> CreditGroup:
    """Add a group without members; raise Refused where a group has the name."""
    actor.require("group.edit")
    called = fitting(text=name, most=LONGEST_NAME, what="name")
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    if not called:
        raise Refused("Give the group a name.")
    # the name is unique; two people at once queue here
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if CreditGroup.objects.filter(company=company, name=called, ended_on=None).exists():
        raise Refused(f"There is a group {called} already.")
    group = CreditGroup.objects.create(
        company=company, name=called, note=told, by=actor.name, recorded_at=at
    )
    record_event(actor, "credit_group.added", group, at=at, name=called, note=told)
    return group


@transaction.atomic
def join_group(
    *,
    actor: Actor,
    group: CreditGroup,
    customer: Customer,
    from_on: date,
    as_of: date,
    at: datetime,
) -> CreditGroupMember:
    """Put a customer into a group from today or a later day on.

    The same again changes nothing. Raises Refused for a day gone by, a group that ended, and
    while the customer is in a group on that day or later.
    """
    actor.require("group.edit")
    open_customer(actor, customer)
    customer, group = _locked(actor, customer, group)
    if from_on < as_of:
        raise Refused(f"A customer cannot join before today, {as_of}.")
    if group.ended_on is not None:
        raise Refused(f"The group {group.name} ended on {group.ended_on}.")
    others = CreditGroupMember.objects.filter(customer=customer).select_related("group")
    for other in others.order_by("pk"):
        if other.until_on is None and other.group_id == group.pk and other.from_on <= from_on:
            return other
        if other.until_on is None or other.until_on >= from_on:
            until = f"until {other.until_on}" if other.until_on else f"since {other.from_on}"
            raise Refused(f"{customer.name} is in the group {other.group.name} {until}.")
    member = CreditGroupMember.objects.create(
        group=group, customer=customer, from_on=from_on, by=actor.name, recorded_at=at
    )
    _tell(actor, "credit_group.joined", member, at=at, from_on=from_on.isoformat())
    return member


@transaction.atomic
def leave_group(
    *, actor: Actor, member: CreditGroupMember, until_on: date, as_of: date, at: datetime
) -> CreditGroupMember:
    """End a membership with a last day, today or later; the group's limit no longer holds then.

    Raises Refused for a day gone by, before it began, and for one that has ended.
    """
    actor.require("group.edit")
    own(actor, member.group, "group")
    _locked(actor, member.customer, member.group)
    member = CreditGroupMember.objects.select_related("group", "customer").get(pk=member.pk)
    if member.until_on is not None:
        raise Refused(f"{member.customer.name} leaves {member.group.name} on {member.until_on}.")
    if until_on < max(as_of, member.from_on):
        raise Refused("The last day in a group is today or later, and not before the first.")
    member.until_on, member.ended_by = until_on, actor.name
    member.save(update_fields=["until_on", "ended_by"])
    _tell(actor, "credit_group.left", member, at=at, until_on=until_on.isoformat())
    return member


@transaction.atomic
def end_group(*, actor: Actor, group: CreditGroup, as_of: date, at: datetime) -> CreditGroup:
    """End a group today: its members leave, its limit holds no more.

    Raises Refused for one that ended, and while a limit of it waits for an approval.
    """
    actor.require("group.edit")
    own(actor, group, "group")
    group = CreditGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    if group.ended_on is not None:
        raise Refused(f"The group {group.name} ended on {group.ended_on}.")
    if CreditLimit.objects.filter(group=group, status=CreditLimit.Status.PROPOSED).exists():
        raise Refused("A limit of this group waits for an approval; decide or withdraw it first.")
    members = list(group.members.filter(until_on=None).order_by("pk"))
    for member in members:
        member.until_on, member.ended_by = max(as_of, member.from_on), actor.name
    CreditGroupMember.objects.bulk_update(members, ["until_on", "ended_by"])
    group.ended_on = as_of
    group.save(update_fields=["ended_on"])
    record_event(actor, "credit_group.ended", group, at=at, name=group.name, left=len(members))
    return group


def _locked(actor: Actor, customer: Customer, group: CreditGroup) -> tuple[Customer, CreditGroup]:
    """Return both as they are now: the customer locked first, then the group."""
    own(actor, customer, "customer or group")
    own(actor, group, "customer or group")
    return (
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk),
        CreditGroup.objects.select_for_update(no_key=True).get(pk=group.pk),
    )


def _tell(
    actor: Actor, verb: str, member: CreditGroupMember, *, at: datetime, **data: str
) -> None:
    record_event(
        actor,
        verb,
        member.group,
        at=at,
        customer_id=member.customer_id,
        name=member.group.name,
        **data,
    )
