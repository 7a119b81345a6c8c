"""What the assistant may say of a customer: the portal's own figures, read at that moment."""

from datetime import date, timedelta

from dunwell.engine.assistant import BalanceFact, Facts, ItemFact, PlanFact
from dunwell.models import Customer
from dunwell.queries.payment_ways import transfer_to
from dunwell.queries.plan_offers import listed_offers
from dunwell.queries.portal_account import account_figures
from dunwell.queries.portal_promises import Promisable, promisable_items, promise_bounds

FIRST_INSTALMENT_DAYS = 14
"""A plan the assistant reads back begins so many days from now; another day is a person's."""


def assistant_facts(customer: Customer, *, as_of: date) -> Facts:
    """Return a customer's facts on a day; the number of queries does not grow with its items.

    Balances are those of the portal's first page, items what is open, `latest_on` the last day a
    promise may lie, the plan the shortest one the plan policy offers.
    """
    rows = promisable_items(customer, as_of=as_of)
    account = transfer_to(customer)
    return Facts(
        balances=tuple(
            BalanceFact(
                currency=one.balance.currency,
                owed_minor=one.owed_minor,
                overdue_minor=one.balance.overdue_minor,
            )
            for one in account_figures(customer, as_of=as_of)
        ),
        items=tuple(
            ItemFact(
                id=row.id,
                number=row.number,
                currency=row.currency,
                open_minor=row.open_minor,
                free_minor=row.free_minor if row.promised_on is None else 0,
                due_on=row.due_on,
                is_due=row.is_due,
            )
            for row in rows
        ),
        latest_on=promise_bounds(customer, as_of=as_of).latest_on,
        plan=_plan(customer, rows, as_of),
        account_name=account.name if account else "",
        iban=account.iban if account else "",
    )


def _plan(customer: Customer, rows: tuple[Promisable, ...], as_of: date) -> PlanFact | None:
    """Return the shortest plan offered over all that is free; None for several currencies."""
    free = [row for row in rows if row.free_minor == row.open_minor]
    currencies = {row.currency for row in free}
    if len(currencies) != 1:
        return None
    currency = currencies.pop()
    found = listed_offers(
        customer.company,
        covered_minor=sum(row.open_minor for row in free),
        currency=currency,
        first_on=as_of + timedelta(days=FIRST_INSTALMENT_DAYS),
        as_of=as_of,
    )
    if not found:
        return None
    best = min(found, key=lambda one: (one.last_on, one.number, one.frequency))
    return PlanFact(
        frequency=best.frequency,
        number=best.number,
        deposit_minor=best.deposit_minor,
        level_minor=best.level_minor,
        total_minor=best.total_minor,
        currency=currency,
        first_on=best.first_on,
        last_on=best.last_on,
        items=tuple(row.id for row in free),
    )
