"""Settlements asked for, accepted and declined by the debtor's people in the portal."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, lent, own_customer
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.actions.settlements import accept_settlement, decline_settlement, propose_settlement
from dunwell.engine.authority import PORTAL
from dunwell.models import Customer, Item, Settlement

PROPOSE = "settlement.propose"


@transaction.atomic
def ask_settlement(
    *,
    actor: Actor,
    customer: Customer,
    items: Sequence[Item],
    pay_minor: int,
    pay_by_on: date,
    reason: str,
    key: str,
    as_of: date,
    at: datetime,
) -> Settlement:
    """Propose to pay less than is open on the items, all at once; sent twice it is one.

    The authority policy says how much may be asked for here and who decides; whoever may decide
    finds it with the approvals. Raises Refused beyond it, and as `propose_settlement` does.
    """
    actor.require("portal.ask")
    before = begin_request(
        actor, customer, key, Settlement.objects.all(), kind=Kind.SETTLEMENT, with_company=True
    )
    if before is not None:
        return before
    settlement = propose_settlement(
        actor=lent(actor, PROPOSE),
        customer=customer,
        items=items,
        pay_minor=pay_minor,
        pay_by_on=pay_by_on,
        reason=reason,
        source=PORTAL,
        as_of=as_of,
        at=at,
    )
    keep_request(actor, customer, key, settlement, kind=Kind.SETTLEMENT, at=at)
    return settlement


@transaction.atomic
def accept_own_settlement(
    *,
    actor: Actor,
    settlement: Settlement,
    name: str,
    has_agreed: bool,
    as_of: date,
    at: datetime,
) -> Settlement:
    """Accept an offered settlement; the same again changes nothing.

    Raises Refused without the tick, and as `accept_settlement` does.
    """
    actor.require("portal.ask")
    own_customer(actor, settlement.customer)
    if not has_agreed:
        raise Refused("Tick that you agree to the amount and the day.")
    return accept_settlement(
        actor=lent(actor, PROPOSE),
        settlement=settlement,
        name=name,
        note="Accepted in the portal",
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def decline_own_settlement(
    *, actor: Actor, settlement: Settlement, reason: str = "", as_of: date, at: datetime
) -> None:
    """Say no to an offered settlement; its items are free again."""
    actor.require("portal.ask")
    own_customer(actor, settlement.customer)
    decline_settlement(
        actor=lent(actor, PROPOSE),
        settlement=settlement,
        reason=reason.strip() or "Declined in the portal",
        as_of=as_of,
        at=at,
    )
