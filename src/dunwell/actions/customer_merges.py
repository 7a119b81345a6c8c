"""Merging two records of one customer: proposed by one person, done by a second, undone whole.

Nothing is booked: what the merged record has becomes the survivor's, row by row, and every row is
noted (`CustomerMove`), so that totals, ageing, numbers and days are the same before and after.
Locks are taken in one order: the company, both customers by key, payments and items by key, the
books.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.merge_moves import give_back, take_over
from dunwell.actions.periods import take_books
from dunwell.actions.texts import fitting, needed
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    Customer,
    CustomerMerge,
    DistinctCustomers,
    Item,
    PayerAlias,
    Payment,
    WorklistEntry,
)
from dunwell.queries.customer_merges import holdings
from dunwell.queries.match_payers import plain_name
from dunwell.queries.merge_hindrances import hindrances
from dunwell.queries.merge_splits import split_hindrances

Status = CustomerMerge.Status

LONGEST_REASON = 300
ALIAS = "merged"
"""Source of the alias under which payments in the merged record's name find the survivor."""


@transaction.atomic
def propose_merge(
    *,
    actor: Actor,
    merged: Customer,
    survivor: Customer,
    reason: str,
    as_of: date,
    at: datetime,
) -> CustomerMerge:
    """Propose that one record goes into another; a second person merges them.

    The same again is the proposal that is there. Raises Refused without a reason, for a customer
    of another company, for a record into itself, and for what stands against it now.
    """
    actor.require("merge.propose")
    why = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say why both records are one customer.",
    )
    merged, survivor = _both(actor, merged, survivor)
    known = CustomerMerge.objects.filter(
        merged=merged, survivor=survivor, status=Status.PROPOSED
    ).first()
    if known is not None:
        return known
    _check(merged, survivor)
    merge = CustomerMerge.objects.create(
        company=actor.company,
        merged=merged,
        survivor=survivor,
        reason=why,
        author=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    _tell(actor, "proposed", merge, at=at, customer_id=merged.pk, reason=why)
    return merge


@transaction.atomic
def merge_customers(
    *, actor: Actor, merge: CustomerMerge, as_of: date, at: datetime
) -> CustomerMerge:
    """Do a merge that somebody else proposed; the merged record is closed from then on.

    Once done, the same again changes nothing. Raises Refused for one's own proposal where a
    second person works here, and for what stands against it now.
    """
    actor.require("merge.decide")
    own(actor, merge, "merge")
    merged, survivor = _both(actor, merge.merged, merge.survivor)
    merge = CustomerMerge.objects.get(pk=merge.pk)
    if merge.status == Status.MERGED:
        return merge
    check_status(CustomerMerge.MOVES, Status(merge.status), Status.MERGED, "This merge")
    override = own_approval(
        actor,
        author=merge.author,
        refusal="You proposed this merge; somebody else has to decide it.",
    )
    _check(merged, survivor)
    _hold_rows(actor.company, merged)
    sums = _sums(merged)
    told = _stricter(actor, merged, survivor, as_of=as_of, at=at)
    merge.status, merge.decided_by = Status.MERGED, actor.name
    merge.decided_on, merge.decided_at = as_of, at
    merge.told = {
        **told,
        "moved": take_over(actor, merge, as_of=as_of, at=at),
        "sums": sums,
        "allocation": Allocation.objects.aggregate(last=Max("pk"))["last"] or 0,
    }
    merge.save(update_fields=["status", "decided_by", "decided_on", "decided_at", "told"])
    WorklistEntry.objects.filter(customer=merged).delete()
    said: dict[str, Any] = {"moved": merge.told["moved"], "sums": sums}
    said |= {"override": override} if override else {}
    _tell(actor, "merged", merge, at=at, customer_id=survivor.pk, **said)
    _tell(actor, "closed", merge, at=at, customer_id=merged.pk)
    return merge


@transaction.atomic
def decline_merge(
    *, actor: Actor, merge: CustomerMerge, reason: str, is_distinct: bool = False, at: datetime
) -> CustomerMerge:
    """Turn a proposal down; with `is_distinct` the two are not proposed as twins again.

    Who proposed it may take it back. Raises Refused without a reason and for one decided before.
    """
    actor.require("merge.propose")
    own(actor, merge, "merge")
    why = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say why the records are not merged.",
    )
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    merge = CustomerMerge.objects.select_related("merged", "survivor").get(pk=merge.pk)
    check_status(CustomerMerge.MOVES, Status(merge.status), Status.DECLINED, "This merge")
    merge.status, merge.decided_by, merge.decided_at = Status.DECLINED, actor.name, at
    merge.save(update_fields=["status", "decided_by", "decided_at"])
    if is_distinct:
        _note_distinct(actor, merge.merged, merge.survivor, reason=why, at=at)
    _tell(actor, "declined", merge, at=at, customer_id=merge.merged.pk, reason=why)
    return merge


@transaction.atomic
def split_customers(
    *, actor: Actor, merge: CustomerMerge, reason: str, as_of: date, at: datetime
) -> CustomerMerge:
    """Undo a merge: everything that came with it goes back, and the record is open again.

    So does what came since by the number of the closed record. What was newly recorded for the
    survivor stays there; what belongs to a returned document alone goes with it. Raises Refused
    without a reason, and where something recorded since ties both together: the sentence says
    what to undo first.
    """
    actor.require("merge.decide")
    own(actor, merge, "merge")
    why = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say why the records are two customers after all.",
    )
    merged, survivor = _both(actor, merge.merged, merge.survivor)
    merge = CustomerMerge.objects.get(pk=merge.pk)
    if merge.status == Status.SPLIT:
        return merge
    check_status(CustomerMerge.MOVES, Status(merge.status), Status.SPLIT, "This merge")
    _hold_rows(actor.company, survivor)
    found = split_hindrances(merge)
    if found:
        raise Refused(f"{merged.number} cannot be split off: {found[0].told()}")
    back = give_back(actor, merge, as_of=as_of, at=at)
    _as_before(merge, merged, survivor)
    merge.status, merge.split_by, merge.split_on = Status.SPLIT, actor.name, as_of
    merge.save(update_fields=["status", "split_by", "split_on"])
    _tell(actor, "split", merge, at=at, customer_id=survivor.pk, moved=back, reason=why)
    _tell(actor, "reopened", merge, at=at, customer_id=merged.pk, reason=why)
    return merge


@transaction.atomic
def mark_distinct(
    *, actor: Actor, first: Customer, second: Customer, reason: str = "", at: datetime
) -> DistinctCustomers:
    """Say that two records are not the same customer; said again, what was said first stands.

    Raises Refused for a customer of another company and for a record and itself.
    """
    actor.require("merge.propose")
    why = fitting(text=reason, most=LONGEST_REASON, what="reason")
    _both(actor, first, second)
    return _note_distinct(actor, first, second, reason=why, at=at)


def _both(actor: Actor, merged: Customer, survivor: Customer) -> tuple[Customer, Customer]:
    """Lock the company and both records, in the order of their keys; return them as they are."""
    for one in (merged, survivor):
        own(actor, one, "customer")
    if merged.pk == survivor.pk:
        raise Refused("A record cannot be merged into itself; choose two.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=(merged.pk, survivor.pk))
    found = {one.pk: one for one in rows.order_by("pk")}
    return found[merged.pk], found[survivor.pk]


def _check(merged: Customer, survivor: Customer) -> None:
    """Raise Refused with the first thing that stands against the merge."""
    if found := hindrances(merged, survivor):
        raise Refused(
            f"{merged.number} cannot be merged into {survivor.number}: {found[0].told()}"
        )


def _hold_rows(company: Company, owner: Customer) -> None:
    """Hold what is about to go to another record, so that nobody books on it meanwhile."""
    rows: QuerySet[Any]
    for rows in (Payment.objects.all(), Item.objects.all()):
        held = rows.select_for_update(no_key=True, of=("self",)).filter(customer=owner)
        list(held.order_by("pk").values_list("pk"))
    take_books(company)


def _sums(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "currency": one.currency,
            "open_minor": one.open_minor,
            "unapplied_minor": one.unapplied_minor,
        }
        for one in holdings(customer)
    ]


def _stricter(
    actor: Actor, merged: Customer, survivor: Customer, *, as_of: date, at: datetime
) -> dict[str, Any]:
    """Let the stricter of both hold for the survivor; return what was changed, for the split."""
    roles = Contact.objects.filter(customer=survivor, is_primary=True).values("role")
    second = Contact.objects.filter(customer=merged, is_primary=True, role__in=roles)
    demoted = list(second.order_by("pk").values_list("pk", flat=True))
    Contact.objects.filter(pk__in=demoted).update(is_primary=False)
    is_stricter = merged.is_opted_out and not survivor.is_opted_out
    if is_stricter:
        Customer.objects.filter(pk=survivor.pk).update(is_opted_out=True)
    alias, is_new = None, False
    if name := plain_name(merged.name)[:200]:
        alias, is_new = PayerAlias.objects.get_or_create(
            company=actor.company,
            customer=survivor,
            kind=PayerAlias.Kind.NAME,
            text=name,
            defaults={
                "source": ALIAS,
                "last_on": as_of,
                "recorded_by": actor.name,
                "recorded_at": at,
            },
        )
    return {
        "opted_out": is_stricter,
        "demoted": demoted,
        "alias": alias.pk if alias and is_new else None,
    }


def _as_before(merge: CustomerMerge, merged: Customer, survivor: Customer) -> None:
    """Take back what the merge changed at the records themselves."""
    told = merge.told
    Contact.objects.filter(pk__in=told["demoted"], customer=merged).update(is_primary=True)
    if told["opted_out"]:
        Customer.objects.filter(pk=survivor.pk).update(is_opted_out=False)
    if told["alias"]:
        PayerAlias.objects.filter(pk=told["alias"], source=ALIAS).delete()


def _note_distinct(
    actor: Actor, one: Customer, other: Customer, *, reason: str, at: datetime
) -> DistinctCustomers:
    first, second = sorted((one, other), key=lambda row: row.pk)
    said, is_new = DistinctCustomers.objects.get_or_create(
        first=first,
        second=second,
        defaults={
            "company": actor.company,
            "reason": reason,
            "by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor,
            "customer_merge.distinct",
            said,
            at=at,
            customer_id=first.pk,
            other_id=second.pk,
            reason=reason,
        )
    return said


def _tell(
    actor: Actor, verb: str, merge: CustomerMerge, *, customer_id: int, at: datetime, **data: Any
) -> None:
    """Write an event of a merge for one of its records; each says which two they are."""
    record_event(
        actor,
        f"customer_merge.{verb}",
        merge,
        at=at,
        customer_id=customer_id,
        merged=merge.merged.number,
        merged_id=merge.merged_id,
        survivor=merge.survivor.number,
        survivor_id=merge.survivor_id,
        author=merge.author,
        **data,
    )
