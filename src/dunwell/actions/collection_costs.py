"""Typing in what collecting costs, and taking a cost back."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting
from dunwell.engine.money import is_currency_code
from dunwell.models import CollectionCost, Company, Customer, Membership, User


@transaction.atomic
def record_collection_cost(
    *,
    actor: Actor,
    kind: str,
    on: date,
    currency: str,
    amount_minor: int,
    reference: str,
    customer: Customer | None = None,
    collector: User | None = None,
    as_of: date,
    at: datetime,
) -> CollectionCost:
    """Record a cost of collecting on a day; the same voucher again gives the row there is.

    Raises Refused for a day to come, an amount that is not above 0, and for a voucher that was
    typed in with another amount, day or currency.
    """
    actor.require("cost.record")
    if customer is not None:
        open_customer(actor, customer)
    code = currency.strip().upper()
    told = fitting(text=reference, most=80, what="voucher")
    _check(kind=kind, on=on, code=code, amount_minor=amount_minor, as_of=as_of)
    if collector is not None:
        _check_person(actor, collector)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = CollectionCost.objects.filter(
        company=actor.company, reference=told, withdrawn_on=None
    ).first()
    if known is not None:
        if (known.on, known.currency, known.amount_minor) == (on, code, amount_minor):
            return known
        raise Refused(
            f"Voucher {told} is typed in already, with another day or amount; take that row back "
            "first, or give this one its own voucher."
        )
    cost = CollectionCost.objects.create(
        company=actor.company,
        kind=kind,
        on=on,
        currency=code,
        amount_minor=amount_minor,
        customer=customer,
        collector=collector,
        reference=told,
        recorded_by=actor.name,
        recorded_on=as_of,
        recorded_at=at,
    )
    record_event(
        actor,
        "collection_cost.recorded",
        cost,
        at=at,
        kind=kind,
        on=on.isoformat(),
        currency=code,
        amount_minor=amount_minor,
        reference=told,
    )
    return cost


@transaction.atomic
def withdraw_collection_cost(
    *, actor: Actor, cost: CollectionCost, as_of: date, at: datetime
) -> bool:
    """Take a cost back from a day on; return whether it stood until now."""
    actor.require("cost.record")
    own(actor, cost, "cost")
    stood = CollectionCost.objects.filter(pk=cost.pk, withdrawn_on=None).update(
        withdrawn_on=as_of, withdrawn_by=actor.name
    )
    if stood:
        record_event(
            actor,
            "collection_cost.withdrawn",
            cost,
            at=at,
            currency=cost.currency,
            amount_minor=cost.amount_minor,
            reference=cost.reference,
        )
    return bool(stood)


def _check(*, kind: str, on: date, code: str, amount_minor: int, as_of: date) -> None:
    if kind not in CollectionCost.Kind.values:
        raise Refused(
            f"There is no kind of cost {kind}; there are {', '.join(CollectionCost.Kind.values)}."
        )
    if not is_currency_code(code):
        raise Refused(f"{code} is no currency; give its three letters, such as EUR.")
    if amount_minor <= 0:
        raise Refused("A cost has an amount above 0; take a wrong one back instead.")
    if on > as_of:
        raise Refused(f"{on} is still to come; today is {as_of}. Costs are typed in once booked.")


def _check_person(actor: Actor, collector: User) -> None:
    is_ours = Membership.objects.filter(company=actor.company, user=collector).exists()
    if not is_ours:
        raise Refused("This person does not work for the company; choose one who does.")
