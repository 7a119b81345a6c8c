"""Recording promises of an amount, to be paid on whatever is oldest."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.promise_confirmations import confirm_promise
from dunwell.actions.promise_consequences import amount_failures_before
from dunwell.actions.promises import check_date, check_trust, supersede_promise
from dunwell.actions.texts import fitting
from dunwell.engine.money import from_minor
from dunwell.models import Customer, Promise
from dunwell.queries.promise_policies import promises_policy
from dunwell.queries.promised_amounts import free_to_promise
from dunwell.queries.promises import keep_chance_ppm


@transaction.atomic
def record_promised_amount(
    *,
    actor: Actor,
    customer: Customer,
    currency: str,
    amount_minor: int,
    due_on: date,
    as_of: date,
    at: datetime,
    note: str = "",
    supersede: bool = False,
) -> Promise:
    """Record that a customer will pay an amount by a day, on whatever of its items is oldest.

    There is one such promise at a time per currency; `supersede` replaces the open one. Raises
    Refused when one is open otherwise, the day is outside what is possible, or the amount is not
    above 0 or more than is open and neither disputed, promised by item, nor agreed otherwise.
    """
    actor.require("promise.record")
    open_customer(actor, customer)
    # Two people at once: the second one waits here and then sees the first one's promise.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    policy = promises_policy(actor.company, as_of=as_of)
    check_date(due_on, as_of, most_days=policy.most_days)
    check_trust(customer, as_of)
    _check_amount(customer, currency, amount_minor, as_of=as_of)
    _clear_the_way(actor, customer, currency, supersede=supersede, as_of=as_of, at=at)
    promise = Promise.objects.create(
        company=actor.company,
        customer=customer,
        level=Promise.Level.CUSTOMER,
        currency=currency,
        amount_minor=amount_minor,
        made_on=as_of,
        due_on=due_on,
        tolerance_days=policy.tolerance_days,
        rung=amount_failures_before(customer),
        keep_ppm=keep_chance_ppm(customer),
        note=fitting(text=note, most=500, what="note"),
        recorded_at=at,
    )
    confirm_promise(
        actor,
        promise,
        policy,
        amount_minor=amount_minor,
        currency=currency,
        as_of=as_of,
        at=at,
    )
    record_event(
        actor,
        "promise.recorded",
        promise,
        at=at,
        customer_id=customer.pk,
        due_on=due_on.isoformat(),
        currency=currency,
        amount_minor=amount_minor,
    )
    return promise


def _check_amount(customer: Customer, currency: str, amount_minor: int, *, as_of: date) -> None:
    if amount_minor <= 0:
        raise Refused("The promised amount must be more than 0.")
    most = free_to_promise(customer, as_of=as_of).get(currency, 0)
    if most == 0:
        raise Refused(
            f"Nothing in {currency} is open that is neither disputed, promised nor agreed "
            "otherwise."
        )
    if amount_minor > most:
        raise Refused(
            f"At most {from_minor(most, currency)} {currency} is open and neither disputed, "
            "promised nor agreed otherwise; promise that or less."
        )


def _clear_the_way(
    actor: Actor,
    customer: Customer,
    currency: str,
    *,
    supersede: bool,
    as_of: date,
    at: datetime,
) -> None:
    """Replace the open promise of an amount in the currency, or refuse because of it."""
    for promise in Promise.objects.filter(
        customer=customer,
        currency=currency,
        level=Promise.Level.CUSTOMER,
        outcome=Promise.Outcome.OPEN,
    ).order_by("due_on", "id"):
        if not supersede:
            amount = from_minor(promise.amount_minor or 0, currency)
            raise Refused(
                f"{amount} {currency} is already promised for {promise.due_on.isoformat()}; "
                "replace or withdraw that promise first. Several days are a payment plan."
            )
        supersede_promise(actor, promise, as_of=as_of, at=at)
