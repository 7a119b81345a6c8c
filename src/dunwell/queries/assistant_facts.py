"""What the assistant may say of a customer: the portal's own figures, read at that moment."""

from datetime import date, timedelta

from django.db.models import Q

from dunwell.engine.assistant_answers import SHOWN_PAYMENTS
from dunwell.engine.assistant_facts import (
    BalanceFact,
    ContactFact,
    Facts,
    ItemFact,
    PaymentFact,
    PlanFact,
)
from dunwell.models import Contact, Customer, Dispute, InvoiceFile, Item, Payment, PortalSeat
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.payment_ways import transfer_to
from dunwell.queries.plan_offers import listed_offers
from dunwell.queries.portal_account import account_figures
from dunwell.queries.portal_contacts import is_own_contact
from dunwell.queries.portal_promises import Promisable, promisable_items, promise_bounds

FIRST_INSTALMENT_DAYS = 14
"""A plan the assistant reads back begins so many days from now; another day is a person's."""

KNOWN_SETTLED = 50
"""So many settled documents are known by number, the newest; the page of invoices has all."""

DISPUTE_REASON = "other"
"""Code a query of the assistant is opened with; a clerk names the real one."""


def assistant_facts(
    customer: Customer, *, seat: PortalSeat, may_ask: bool = True, as_of: date
) -> Facts:
    """Return a customer's facts on a day; the number of queries does not grow with its items.

    Balances are those of the portal's first page, items what is open, `latest_on` the last day a
    promise may lie, the plan the shortest one the plan policy offers, the contact the seat's own.
    """
    rows = promisable_items(customer, as_of=as_of)
    disputed = dict(
        Dispute.objects.filter(customer=customer, closed_on=None).values_list(
            "item_id", "amount_minor"
        )
    )
    account = transfer_to(customer)
    reasons = dispute_policy_in_force(customer.company, as_of=as_of).policy.reasons
    return Facts(
        balances=tuple(
            BalanceFact(
                currency=one.balance.currency,
                owed_minor=one.owed_minor,
                overdue_minor=one.balance.overdue_minor,
            )
            for one in account_figures(customer, as_of=as_of)
        ),
        items=tuple(_item(row, disputed.get(row.id, 0)) for row in rows),
        settled=_settled(customer),
        payments=_payments(customer, as_of),
        documents=InvoiceFile.objects.filter(invoice__item__customer=customer)
        .values("invoice")
        .distinct()
        .count(),
        latest_on=promise_bounds(customer, as_of=as_of).latest_on,
        plan=_plan(customer, rows, as_of),
        account_name=account.name if account else "",
        iban=account.iban if account else "",
        contact=_contact(customer, seat),
        dispute_reason=DISPUTE_REASON if DISPUTE_REASON in reasons else "",
        may_ask=may_ask,
    )


def _item(row: Promisable, disputed_minor: int) -> ItemFact:
    return ItemFact(
        id=row.id,
        number=row.number,
        currency=row.currency,
        open_minor=row.open_minor,
        free_minor=row.free_minor if row.promised_on is None else 0,
        due_on=row.due_on,
        is_due=row.is_due,
        disputed_minor=disputed_minor,
        promised_on=row.promised_on,
        bound_by=row.bound_by,
    )


def _settled(customer: Customer) -> tuple[str, ...]:
    rows = Item.objects.filter(customer=customer).filter(
        Q(open_now=None) | Q(open_now__open_minor=0)
    )
    return tuple(rows.order_by("-id").values_list("number", flat=True)[:KNOWN_SETTLED])


def _payments(customer: Customer, as_of: date) -> tuple[PaymentFact, ...]:
    """Return the payments that arrived last, without what was returned."""
    rows = Payment.objects.filter(customer=customer, amount_minor__gt=0, value_on__lte=as_of)
    rows = rows.filter(reverses=None, reversed_by=None).order_by("-value_on", "-id")
    return tuple(
        PaymentFact(amount_minor=minor, currency=currency, value_on=on)
        for minor, currency, on in rows.values_list("amount_minor", "currency", "value_on")[
            :SHOWN_PAYMENTS
        ]
    )


def _contact(customer: Customer, seat: PortalSeat) -> ContactFact | None:
    for one in Contact.objects.filter(customer=customer).order_by("pk"):
        if is_own_contact(seat, contact_id=one.pk, email=one.email):
            return ContactFact(id=one.pk, email=one.email, phone=one.phone)
    return None


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
