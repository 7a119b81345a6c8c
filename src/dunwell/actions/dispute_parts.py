"""What the actions on dispute cases are made of: locks, moves, numbers, parts that go on.

Rows are locked customer first, then cases by key, then items, as everywhere. Nothing here is an
action of its own: the caller holds the transaction and checked the right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from dunwell.actions.events import locked_head, record_event
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.engine.dispute_clock import DisputeClock, due_on, started
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.dispute_routes import COLLECTOR, DisputeFacts, Route, clock_of, route_of
from dunwell.models import (
    Company,
    CreditRequest,
    Customer,
    Dispute,
    DisputeCase,
    DisputeLine,
    Membership,
    User,
)
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.dispute_facts import Debtor, case_validities, disputed_now

Status = DisputeCase.Status

DECIDING = (Status.PROPOSED, Status.PENDING_APPROVAL)
"""How it ends is being decided; until then nothing else of it changes."""


def locked_case(actor: Actor, case: DisputeCase) -> DisputeCase:
    """Lock the customer and the case; return it as it is now, or raise Refused."""
    own(actor, case, "case")
    lock_customer(case.customer_id)
    return (
        DisputeCase.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company", "owner")
        .get(pk=case.pk)
    )


def lock_customer(key: int) -> Customer:
    """Lock a customer's row: everything about disputes of one customer queues here."""
    return Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=key)


def check_running(case: DisputeCase) -> None:
    """Raise Refused for a case that is over, or about whose end somebody is to decide."""
    status = Status(case.status)
    if status in DisputeCase.OVER:
        raise Refused(f"{case.number} is marked: {status.label.lower()}; reopen it first.")
    if status in DECIDING:
        raise Refused(
            f"A resolution of {case.number} waits for a decision; decide or reject that first."
        )


def check_nothing_asked(case: DisputeCase) -> None:
    """Raise Refused while billing has yet to answer for a credit note of a locked case.

    Billing may refuse one of several: the case is reviewed again, yet the rest is under way, and
    an end proposed then would ask for its credit twice.
    """
    asked = CreditRequest.objects.filter(
        Q(resolution__case=case) | Q(dispute__case=case), status__in=UNANSWERED
    )
    if (request := asked.order_by("pk").first()) is not None:
        raise Refused(
            f"{request.number} is still asked of billing; have it refused or settled first."
        )


def move_case(case: DisputeCase, status: str, *, as_of: date, **fields: object) -> None:
    """Move a locked case on, with fields that change with it; its clock starts or stops.

    Waiting for the customer stops the clock; leaving that moves the last days on.
    """
    before = Status(case.status)
    check_status(DisputeCase.MOVES, before, status, case.number)
    changes: dict[str, object] = {"status": status, **resumed(case, as_of=as_of), **fields}
    if status == Status.WAITING_CUSTOMER:
        changes["paused_on"] = as_of
    change_case(case, **changes)


def change_case(case: DisputeCase, **fields: object) -> None:
    """Write fields of a locked case; refuse when its status is not what was locked."""
    rows = DisputeCase.objects.filter(pk=case.pk, status=case.status).update(**fields)
    if rows != 1:
        raise Refused(f"Somebody else has just changed {case.number}; load the page again.")
    for name, value in fields.items():
        setattr(case, name, value)


def resumed(case: DisputeCase, *, as_of: date) -> dict[str, object]:
    """Return the fields by which the clock of a case runs again; none where it runs."""
    if case.paused_on is None:
        return {}
    country = case.company.country
    moved: dict[str, object] = {"paused_on": None}
    for name, due in (("respond_by", case.respond_by), ("resolve_by", case.resolve_by)):
        if due is not None:
            moved[name] = due_on(due, paused_on=case.paused_on, as_of=as_of, country=country)
    return moved


def responded(case: DisputeCase, *, as_of: date) -> dict[str, object]:
    """Return the field that says when the customer first heard from us, where that is new."""
    return {"responded_on": as_of} if case.responded_on is None else {}


def next_numbers(
    company: Company, kind: type[DisputeCase] | type[CreditRequest], many: int
) -> range:
    """Return the next numbers of a kind of record in a company.

    The head of the chain of events is locked, as every writer of events does last: two at once
    queue here, and nothing that others wait for is locked after it.
    """
    locked_head(company)
    first = kind.objects.filter(company=company).count() + 1
    return range(first, first + many)


def case_number(number: int) -> str:
    """Return how a case is called."""
    return f"D-{number:06d}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Who works in a company: active people by username and by key."""

    by_name: Mapping[str, User]
    by_key: Mapping[int, User]


def staff_of(company: Company) -> Staff:
    """Return who works in a company; one query."""
    people = User.objects.filter(memberships__company=company, is_active=True).distinct()
    found = list(people.order_by("pk"))
    return Staff(
        by_name={one.username: one for one in found}, by_key={one.pk: one for one in found}
    )


def routed(
    customer: Customer | Debtor, policy: DisputePolicy, facts: DisputeFacts, staff: Staff
) -> tuple[Route | None, User | None]:
    """Return the route of a case and who is its owner by it, None where nobody is named."""
    route = route_of(policy.routes, facts)
    if route is None or not route.owner:
        return route, None
    if route.owner == COLLECTOR:
        return route, staff.by_key.get(customer.collector_id or 0)
    return route, staff.by_name.get(route.owner)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """How a case begins: where it goes, who has it, and until when."""

    status: Status
    owner: User | None
    team: str
    route: str
    clock: DisputeClock
    clock_days: int


def opening(
    company: Company,
    customer: Customer | Debtor,
    *,
    policy: DisputePolicy,
    facts: DisputeFacts,
    staff: Staff,
    as_of: date,
) -> Opening:
    """Return how a case begins that becomes known on a day."""
    route, owner = routed(customer, policy, facts, staff)
    rule = clock_of(policy.clocks, facts)
    return Opening(
        status=Status.ASSIGNED if owner else Status.NEW,
        owner=owner,
        team=route.team if route else "",
        route=route.name if route else "",
        clock=started(rule, opened_on=as_of, country=company.country),
        clock_days=rule.resolve_days,
    )


def new_case(
    company: Company,
    customer: Customer,
    *,
    number: str,
    policy: DisputePolicy,
    version_id: int | None,
    facts: DisputeFacts,
    staff: Staff | None = None,
    as_of: date,
    **fields: Any,
) -> DisputeCase:
    """Return a case with its route, owner and clock, not yet written."""
    new = opening(
        company,
        customer,
        policy=policy,
        facts=facts,
        staff=staff or staff_of(company),
        as_of=as_of,
    )
    return DisputeCase(
        company=company,
        customer=customer,
        number=number,
        reason=facts.reason,
        status=new.status,
        owner=new.owner,
        team=new.team,
        route=new.route,
        respond_by=new.clock.respond_by,
        resolve_by=new.clock.resolve_by,
        clock_days=new.clock_days,
        opened_on=as_of,
        policy_version=version_id,
        **fields,
    )


def check_colleague(actor: Actor, user: User) -> None:
    """Raise Refused for somebody who does not work here."""
    people = Membership.objects.filter(company=actor.company, user=user, user__is_active=True)
    if not people.exists():
        raise Refused(f"{user.username} does not work for {actor.company.name}.")


def open_parts(case: DisputeCase) -> list[Dispute]:
    """Return what of a case is disputed now, in the order of its keys."""
    found = Dispute.objects.filter(case=case, closed_on=None).select_related("item")
    return list(found.order_by("pk"))


def close_parts(disputes: Iterable[Dispute], *, outcome: str, as_of: date) -> list[Dispute]:
    """Close open parts: what is open of their items is owed again; return them."""
    closed = sorted(disputes, key=lambda one: one.pk)
    keys = [one.pk for one in closed]
    rows = Dispute.objects.filter(pk__in=keys, closed_on=None)
    if rows.update(closed_on=as_of, outcome=outcome[:200]) != len(keys):
        raise Refused("Somebody else has just closed this dispute; load the page again.")
    for one in closed:
        one.closed_on, one.outcome = as_of, outcome[:200]
    return closed


def go_on(
    dispute: Dispute, *, amount_minor: int, outcome: str, as_of: date, at: datetime
) -> Dispute:
    """Close a part and open another one of the same item in its place, of another amount."""
    close_parts([dispute], outcome=outcome, as_of=as_of)
    return Dispute.objects.create(
        company_id=dispute.company_id,
        customer_id=dispute.customer_id,
        item=dispute.item,
        amount_minor=amount_minor,
        reason=dispute.reason,
        note=dispute.note,
        opened_on=as_of,
        case_id=dispute.case_id,
        split_from=dispute,
        recorded_at=at,
    )


def keep_lines(dispute: Dispute, lines: Sequence[DisputeLine]) -> None:
    """Write the lines of a disputed part."""
    for line in lines:
        line.dispute = dispute
    DisputeLine.objects.bulk_create(lines)


def judge(case: DisputeCase, policy: DisputePolicy) -> None:
    """Write how likely the claim is right, by what is known now."""
    judge_all([case], policy)


def judge_all(cases: Sequence[DisputeCase], policy: DisputePolicy) -> None:
    """Write how likely each claim is right, by what is known now; asked for all at once."""
    told = case_validities(cases, policy)
    for case in cases:
        found = told[case.pk]
        case.validity_ppm, case.validity = found.chance_ppm, found.document()
    DisputeCase.objects.bulk_update(cases, ["validity_ppm", "validity"])


def amounts_told(disputes: Sequence[Dispute]) -> list[dict[str, object]]:
    """Return disputed parts as events say them: item, amount, currency."""
    return [
        {
            "item": one.item.number,
            "amount_minor": one.amount_minor,
            "currency": one.item.currency,
        }
        for one in disputes
    ]


def sums_by_currency(disputes: Sequence[Dispute]) -> dict[str, int]:
    """Return what is disputed and open by currency, in minor units."""
    now = disputed_now(disputes)
    sums: dict[str, int] = {}
    for one in disputes:
        sums[one.item.currency] = sums.get(one.item.currency, 0) + now[one.pk]
    return sums


def tell(actor: Actor, verb: str, case: DisputeCase, *, at: datetime, **data: Any) -> None:
    """Write the event of a case, with its number and status."""
    record_event(
        actor,
        f"dispute_case.{verb}",
        case,
        at=at,
        customer_id=case.customer_id,
        number=case.number,
        status=str(case.status),
        **data,
    )
