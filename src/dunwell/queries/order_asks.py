"""Orders as they are put to the check: as asked, as stored, and a check that writes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from django.db.models import QuerySet

from dunwell.engine.order_checks import Judgement, judge_orders
from dunwell.engine.order_facts import OrderAsk, OrderFacts
from dunwell.engine.order_rules import OrderRules
from dunwell.models import Company, Customer, Order
from dunwell.queries import order_sql as sql
from dunwell.queries.credit_policies import KIND, policy_of_text
from dunwell.queries.fetched_rows import fetched
from dunwell.queries.kept_book import kept_book, known_for_long
from dunwell.queries.order_facts import OrderBook, order_facts, terms_days
from dunwell.queries.policy_documents import standard_text
from dunwell.queries.prepared import prepared

COUNTED = (Order.Status.APPROVED, Order.Status.HELD)
"""Orders of which the exposure holds more than what was delivered."""

Wish = tuple[Customer, OrderAsk]
"""An order that is to be checked, and whose it is."""


def order_rules_in_force(company: Company, *, as_of: date) -> tuple[OrderRules, int | None]:
    """Return the rules of the order check of a day, and the version of the policy; one query.

    Plain SQL, for a check has no time to build a record of what it reads twice a second.
    """
    found = fetched(sql.POLICY, [company.pk, as_of])
    if not found:
        return _standard(), None
    ((version_id, text),) = found
    return policy_of_text(text).orders, version_id


@cache
def _standard() -> OrderRules:
    return policy_of_text(standard_text(KIND)).orders


def stored_ask(order: Order) -> OrderAsk:
    """Return a stored order as it was asked."""
    return OrderAsk(
        number=order.number,
        currency=order.currency,
        amount_minor=order.amount_minor,
        prepaid_minor=order.prepaid_minor,
        delivered_minor=order.delivered_minor,
        billed_minor=order.billed_minor,
        terms=order.terms,
        kind=order.kind,
        ordered_on=order.ordered_on,
        deliver_on=order.deliver_on,
        source=order.source,
    )


def asked(
    book: OrderBook, customer_id: int, ask: OrderAsk, stored: Order | None = None
) -> OrderFacts:
    """Return an order ready to be judged; `stored` is what is known of it already."""
    if ask.terms:
        ask = replace(ask, terms_days=terms_days(ask.terms))
    held = book.held
    if stored is None:
        return OrderFacts(ask=ask, customer=book.customers[customer_id])
    forced_by, forced_reason = held.forced_orders.get(stored.pk, ("", ""))
    # what a person let pass is let pass again, as long as no more is asked for
    is_more = ask.on_credit_minor > stored_ask(stored).on_credit_minor
    return OrderFacts(
        ask=ask,
        customer=book.customers[customer_id],
        stored=stored_ask(stored),
        stored_status=stored.status,
        forced_by=forced_by,
        forced_reason=forced_reason,
        waivers=() if is_more else held.order_waivers.get(stored.pk, ()),
    )


def stored_orders(company: Company, numbers: Sequence[str]) -> dict[str, Order]:
    """Return the orders of these numbers that are known; two queries for each thousand."""
    keys: list[int] = []
    for start in range(0, len(numbers), 1_000):
        some = numbers[start : start + 1_000]
        marks = ", ".join(["%s"] * len(some))
        known = fetched(sql.KNOWN_ORDERS.format(marks=marks), [company.pk, *some])
        keys += [key for (key,) in known]
    found: dict[str, Order] = {}
    for start in range(0, len(keys), 1_000):
        rows = Order.objects.filter(pk__in=keys[start : start + 1_000])
        found |= {order.number: order for order in rows}
    return found


def customers_by_key(company: Company, keys: Collection[int]) -> dict[int, Customer]:
    """Return the customers of these keys that are the company's; the query of one is kept."""
    if len(keys) == 1:
        return {customer.pk: customer for customer in _customer(company.pk, *keys)}
    return Customer.objects.filter(company=company).in_bulk(keys)


@prepared
def _customer(company_id: int, key: int) -> QuerySet[Customer]:
    return Customer.objects.filter(company=company_id, pk=key)


def customers_by_number(company: Company, numbers: Sequence[str]) -> dict[str, Customer]:
    """Return the customers of these numbers that are known; a query for each thousand."""
    listed = sorted({number for number in numbers if number})
    found: dict[str, Customer] = {}
    for start in range(0, len(listed), 1_000):
        some = listed[start : start + 1_000]
        rows = Customer.objects.filter(company=company, number__in=some)
        found |= {customer.number: customer for customer in rows}
    return found


def simulate_orders(
    company: Company, wishes: Sequence[Wish], *, as_of: date
) -> tuple[Judgement, ...]:
    """Return what a check of these orders would say, one after the other; writes nothing."""
    rules, _version = order_rules_in_force(company, as_of=as_of)
    stored = stored_orders(company, [ask.number for _, ask in wishes])
    facts = asked_orders(company, wishes, stored, rules=rules, as_of=as_of)
    return judge_orders(facts, rules, as_of=as_of)


def asked_orders(
    company: Company,
    wishes: Sequence[Wish],
    stored: Mapping[str, Order],
    *,
    rules: OrderRules,
    as_of: date,
) -> tuple[OrderFacts, ...]:
    """Return orders ready to be judged by rules, with the facts of their customers.

    Where limits of the appetite hold orders, what is kept of the book comes with them: one query.
    """
    book = order_facts(
        company,
        as_of=as_of,
        customer_ids={customer.pk for customer, _ in wishes},
        currencies={ask.currency for _, ask in wishes},
    )
    facts = [asked(book, customer.pk, ask, stored.get(ask.number)) for customer, ask in wishes]
    if rules.appetite is None:
        return tuple(facts)
    kept = kept_book(company, rules.appetite, as_of=as_of)
    known: set[int] = set()
    if rules.appetite.asks_new:
        known = known_for_long({customer.pk for customer, _ in wishes}, as_of=as_of)
    return tuple(
        replace(
            one,
            appetite=kept,
            customer=replace(
                one.customer,
                is_new=rules.appetite.asks_new and one.customer.customer_id not in known,
            ),
        )
        for one in facts
    )
