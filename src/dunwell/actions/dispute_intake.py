"""How reports of a dispute come together: a new part, or one that an open case has already.

An item has one open part. A second report of it, whoever makes it, joins that case: the larger
of the two amounts stands, lines that are new are added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dunwell.actions.allocations import money_text
from dunwell.actions.dispute_parts import (
    DECIDING,
    Status,
    case_number,
    go_on,
    judge,
    keep_lines,
    new_case,
    next_numbers,
    tell,
)
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.dispute_amounts import line_amount
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.models import (
    Conversation,
    Customer,
    Dispute,
    DisputeCase,
    DisputeLine,
    Item,
)
from dunwell.queries.dispute_facts import open_amounts, routing_facts
from dunwell.queries.dispute_policies import DisputesInForce

LONGEST_NOTE, LONGEST_TITLE, LONGEST_LINE = 500, 200, 40


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputedLine:
    """A line of an item: quantities in thousandths, prices in minor units per whole unit.

    The amount is the disputed quantity times the price (too few came), or times the difference
    to the claimed price (too dear); a stated amount is checked, 0 is worked out.
    """

    line: str
    description: str = ""
    quantity_milli: int | None = None
    disputed_quantity_milli: int | None = None
    price_minor: int | None = None
    claimed_price_minor: int | None = None
    amount_minor: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputedPart:
    """What is disputed of an item: an amount in its minor units, or its lines and their sum."""

    item: Item
    amount_minor: int = 0
    note: str = ""
    lines: tuple[DisputedLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A part that was checked: what is to be disputed of an item, with the lines as records."""

    item: Item
    amount_minor: int
    note: str = ""
    lines: Sequence[DisputeLine] = field(default_factory=tuple)


def checked_claims(parts: Sequence[DisputedPart], *, customer: Customer) -> list[Claim]:
    """Return the parts as claims; raise Refused for a foreign item, a wrong amount or line."""
    if not parts:
        raise Refused("Name at least one item that is disputed.")
    if len({part.item.pk for part in parts}) < len(parts):
        raise Refused("An item stands twice; state one amount for it.")
    return [_checked(part, customer) for part in parts]


def check_open(claims: Sequence[Claim]) -> None:
    """Raise Refused where more is disputed of an item than is open on it."""
    open_minor = open_amounts([one.item.pk for one in claims])
    for claim in claims:
        item, left = claim.item, max(open_minor.get(claim.item.pk, 0), 0)
        if not left:
            raise Refused(f"Nothing of {item.number} is open, so nothing can be disputed.")
        if not 0 < claim.amount_minor <= left:
            raise Refused(
                f"Dispute more than 0 and at most {money_text(left, item.currency)}, "
                f"the open amount of {item.number}."
            )


def check_reason(reason: str, in_force: DisputesInForce) -> None:
    """Raise Refused for a reason the policy does not have."""
    if reason not in in_force.policy.reasons:
        known = ", ".join(in_force.policy.reasons)
        raise Refused(f"There is no reason {reason}; use {known}.")


def check_cause(root_cause: str, policy: DisputePolicy) -> None:
    """Raise Refused for a root cause the policy does not have."""
    if root_cause not in policy.root_causes:
        known = ", ".join(policy.root_causes)
        raise Refused(f"There is no root cause {root_cause}; use {known}.")


def claimed_by_currency(claims: Sequence[Claim]) -> dict[str, int]:
    """Return what is claimed by currency, in minor units."""
    amounts: dict[str, int] = {}
    for claim in claims:
        currency = claim.item.currency
        amounts[currency] = amounts.get(currency, 0) + claim.amount_minor
    return amounts


def disputed_already(items: Sequence[int]) -> dict[int, Dispute]:
    """Return the open part of each item that has one."""
    found = Dispute.objects.filter(item__in=items, closed_on=None).select_related("item", "case")
    return {one.item_id: one for one in found.order_by("pk")}


def enter_case(
    actor: Actor,
    customer: Customer,
    claims: Sequence[Claim],
    *,
    in_force: DisputesInForce,
    reason: str,
    source: str,
    title: str = "",
    conversation: Conversation | None = None,
    as_of: date,
    at: datetime,
) -> DisputeCase:
    """Write a new case with its parts; the caller holds the customer and checked the claims."""
    amounts = claimed_by_currency(claims)
    facts = routing_facts(actor.company, customer, reason=reason, amounts=amounts, as_of=as_of)
    # the head of the chain is locked here; after it nothing is locked any more
    (number,) = next_numbers(actor.company, DisputeCase, 1)
    numbers = ", ".join(claim.item.number for claim in claims)
    case = new_case(
        actor.company,
        customer,
        number=case_number(number),
        policy=in_force.policy,
        version_id=in_force.version_id,
        facts=facts,
        as_of=as_of,
        title=title or numbers[:LONGEST_TITLE],
        source=source,
        conversation=conversation,
        recorded_at=at,
    )
    case.save(force_insert=True)
    add_claims(case, claims, reason=reason, as_of=as_of, at=at)
    judge(case, in_force.policy)
    return case


def add_claims(
    case: DisputeCase, claims: Sequence[Claim], *, reason: str, as_of: date, at: datetime
) -> list[Dispute]:
    """Write the parts of claims on items without an open one; return them."""
    disputes = Dispute.objects.bulk_create(
        Dispute(
            company_id=case.company_id,
            customer_id=case.customer_id,
            item=claim.item,
            amount_minor=claim.amount_minor,
            reason=reason,
            note=claim.note,
            opened_on=as_of,
            case=case,
            recorded_at=at,
        )
        for claim in claims
    )
    for dispute, claim in zip(disputes, claims, strict=True):
        keep_lines(dispute, claim.lines)
    return disputes


def join_case(
    dispute: Dispute, claim: Claim, *, open_minor: int, as_of: date, at: datetime
) -> Dispute:
    """Return the part that stands after a second report of its item: the old, or a larger one.

    While a resolution waits for a decision, and once a credit is on its way, the part stays.
    """
    case = dispute.case
    known = set(dispute.lines.values_list("line", flat=True))
    fresh = [line for line in claim.lines if line.line not in known]
    if known and claim.lines:
        wanted = dispute.amount_minor + sum(line.amount_minor for line in fresh)
    else:
        wanted, fresh = max(dispute.amount_minor, claim.amount_minor), list(claim.lines)
    wanted = min(wanted, open_minor)
    if wanted <= dispute.amount_minor:
        return dispute
    if case is not None and case.status in (*DECIDING, *DisputeCase.OVER):
        raise Refused(
            f"{dispute.item.number} is in {case.number}, which is marked: "
            f"{Status(case.status).label.lower()}. More of it can be disputed once that is "
            "rejected, or the credit note is here."
        )
    larger = go_on(
        dispute,
        amount_minor=wanted,
        outcome="More of the item is disputed",
        as_of=max(as_of, dispute.opened_on),
        at=at,
    )
    kept = list(DisputeLine.objects.filter(dispute=dispute).order_by("pk"))
    for line in kept:
        line.pk, line.id = None, None
    keep_lines(larger, [*kept, *fresh])
    return larger


def told_opened(
    actor: Actor, case: DisputeCase, claims: Sequence[Claim], *, at: datetime, **data: object
) -> None:
    """Write the event of a new case."""
    tell(
        actor,
        "opened",
        case,
        at=at,
        reason=case.reason,
        source=str(case.source),
        team=case.team,
        owner=case.owner.username if case.owner else "",
        route=case.route,
        items=[
            {
                "item": claim.item.number,
                "amount_minor": claim.amount_minor,
                "currency": claim.item.currency,
            }
            for claim in claims
        ],
        **data,
    )


def _checked(part: DisputedPart, customer: Customer) -> Claim:
    item = part.item
    if item.company_id != customer.company_id:
        raise Refused("This item belongs to another company.")
    if item.customer_id != customer.pk:
        raise Refused(f"{item.number} belongs to another customer.")
    lines = [_line(line, item) for line in part.lines]
    if len({line.line for line in lines}) < len(lines):
        raise Refused(f"A line of {item.number} stands twice; state it once.")
    amount = part.amount_minor
    if lines:
        amount = sum(line.amount_minor for line in lines)
        if part.amount_minor not in (0, amount):
            raise Refused(
                f"The lines of {item.number} come to {money_text(amount, item.currency)}, not "
                f"{money_text(part.amount_minor, item.currency)}."
            )
    return Claim(
        item=item,
        amount_minor=amount,
        note=fitting(text=part.note, most=LONGEST_NOTE, what="note"),
        lines=lines,
    )


def _line(line: DisputedLine, item: Item) -> DisputeLine:
    name = fitting(text=line.line, most=LONGEST_LINE, what="line number")
    if not name:
        raise Refused(f"Say which line of {item.number} is disputed.")
    figures: Mapping[str, int | None] = {
        "quantity_milli": line.quantity_milli,
        "disputed_quantity_milli": line.disputed_quantity_milli,
        "price_minor": line.price_minor,
        "claimed_price_minor": line.claimed_price_minor,
    }
    where = f"line {name} of {item.number}"
    if any(value is not None and value < 0 for value in figures.values()):
        raise Refused(f"Quantities and prices of {where} cannot be below 0.")
    billed, disputed = line.quantity_milli, line.disputed_quantity_milli
    if billed is not None and disputed is not None and disputed > billed:
        raise Refused(f"More is disputed of {where} than was billed.")
    worked_out = line_amount(
        quantity_milli=billed,
        disputed_quantity_milli=disputed,
        price_minor=line.price_minor,
        claimed_price_minor=line.claimed_price_minor,
    )
    amount = line.amount_minor or worked_out or 0
    if worked_out is not None and amount != worked_out:
        raise Refused(
            f"Quantity and price of {where} come to {money_text(worked_out, item.currency)}, "
            f"not {money_text(amount, item.currency)}."
        )
    if amount <= 0:
        raise Refused(f"Nothing of {where} is disputed; state a quantity, a price or an amount.")
    return DisputeLine(
        line=name,
        description=fitting(text=line.description, most=200, what="description"),
        amount_minor=amount,
        **figures,
    )
