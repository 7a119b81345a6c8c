"""Disputes that come in bulk: what short payments leave out, and what ledger exports tell.

Nothing here is an action of its own: the caller holds items and customers and writes the event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.actions.dispute_intake import (
    LONGEST_TITLE,
    Claim,
    add_claims,
    claimed_by_currency,
    disputed_already,
)
from dunwell.actions.dispute_parts import (
    DECIDING,
    Status,
    case_number,
    close_parts,
    go_on,
    judge,
    move_case,
    new_case,
    next_numbers,
    staff_of,
)
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Company, CreditRequest, Customer, Dispute, DisputeCase, Item
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.dispute_facts import routing_facts
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.frames import fx_frame

MOST_JUDGED = 20
"""So many new cases are judged at once; what a large run opens is judged by the day's step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deducted:
    """A part of an item that a payment leaves out, in its minor units; `payment_id` left it."""

    payment_id: int
    item: Item
    amount_minor: int
    reason: str
    note: str = ""


def dispute_deductions(
    company: Company, deductions: Sequence[Deducted], *, as_of: date, at: datetime
) -> dict[int, list[int]]:
    """Open cases for what payments leave out; return the keys of the parts opened, by payment.

    What one payment leaves out of one customer's items for one reason is one case. An item that
    is disputed already stays in its case: the larger amount stands, unless its end is decided.
    """
    opened: dict[int, list[int]] = {}
    if not deductions:
        return opened
    found = disputed_already([one.item.pk for one in deductions])
    groups: dict[tuple[int, int, str], list[Deducted]] = {}
    for one in deductions:
        known = found.get(one.item.pk)
        if known is None:
            groups.setdefault((one.payment_id, one.item.customer_id, one.reason), []).append(one)
            continue
        is_ending = known.case is not None and known.case.status in (*DECIDING, *DisputeCase.OVER)
        if one.amount_minor > known.amount_minor and not is_ending:
            larger = go_on(
                known,
                amount_minor=one.amount_minor,
                outcome="A payment left out more of the item",
                as_of=max(as_of, known.opened_on),
                at=at,
            )
            opened.setdefault(one.payment_id, []).append(larger.pk)
    for key, dispute in _opened(company, groups, as_of=as_of, at=at):
        opened.setdefault(key, []).append(dispute.pk)
    return opened


def _opened(
    company: Company,
    groups: dict[tuple[int, int, str], list[Deducted]],
    *,
    as_of: date,
    at: datetime,
) -> Iterable[tuple[int, Dispute]]:
    """Write a case per group with its parts; yield each part with its payment."""
    if not groups:
        return
    in_force, staff = dispute_policy_in_force(company, as_of=as_of), staff_of(company)
    customers = Customer.objects.in_bulk({customer for _, customer, _ in groups})
    rates = read_rates(fx_frame(company), company.currency)
    numbers = next_numbers(company, DisputeCase, len(groups))
    for number, ((payment, owner, reason), listed) in zip(
        numbers, sorted(groups.items()), strict=True
    ):
        customer = customers[owner]
        claims = [
            Claim(item=one.item, amount_minor=one.amount_minor, note=one.note) for one in listed
        ]
        why = in_force.policy.reason_rule(reason).code
        case = new_case(
            company,
            customer,
            number=case_number(number),
            policy=in_force.policy,
            version_id=in_force.version_id,
            facts=routing_facts(
                company,
                customer,
                reason=why,
                amounts=claimed_by_currency(claims),
                as_of=as_of,
                rates=rates,
            ),
            staff=staff,
            as_of=as_of,
            title=", ".join(one.item.number for one in listed)[:LONGEST_TITLE],
            source=DisputeCase.Source.SHORT_PAYMENT,
            recorded_at=at,
        )
        case.save(force_insert=True)
        for dispute in add_claims(case, claims, reason=why, as_of=as_of, at=at):
            yield payment, dispute
        if len(groups) <= MOST_JUDGED:
            judge(case, in_force.policy)


def end_deductions(
    company: Company, keys: Sequence[int], *, outcome: str, as_of: date, at: datetime
) -> list[int]:
    """Take parts back that payments opened: what stood before stands again; return their keys.

    A part for which a credit note is asked stays. A case of which nothing is left ends.
    """
    asked = CreditRequest.objects.filter(status__in=UNANSWERED)
    found = (
        Dispute.objects.filter(company=company, pk__in=keys, closed_on=None)
        .exclude(pk__in=asked.values("dispute"))
        .select_related("case__company", "split_from", "item")
        .order_by("pk")
    )
    owners = Customer.objects.filter(disputes__in=list(found))
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk"))
    taken = list(found)
    for one in taken:
        before = one.split_from
        if before is not None and before.case_id == one.case_id:
            go_on(one, amount_minor=before.amount_minor, outcome=outcome, as_of=as_of, at=at)
        else:
            close_parts([one], outcome=outcome, as_of=as_of)
    for case in {one.case_id: one.case for one in taken if one.case is not None}.values():
        is_left = Dispute.objects.filter(case=case, closed_on=None).exists()
        if not is_left and Status.WITHDRAWN in DisputeCase.MOVES[Status(case.status)]:
            move_case(case, Status.WITHDRAWN, as_of=as_of, closed_on=as_of)
    return [one.pk for one in taken]


def end_cases(company: Company, *, as_of: date) -> int:
    """Close cases under way of which the ledger shows nothing disputed; return how many."""
    over = (*DisputeCase.OVER, *DECIDING)
    running = DisputeCase.objects.filter(company=company).exclude(status__in=over)
    disputed = Dispute.objects.filter(company=company, closed_on=None, case__isnull=False)
    return running.exclude(pk__in=disputed.values("case")).update(
        status=Status.CLOSED, resolved_on=as_of, closed_on=as_of, paused_on=None
    )
