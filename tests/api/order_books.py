"""Orders and holds in every state that a call needs one in."""

from dunwell.actions.credit_checks import check_order
from dunwell.actions.credit_holds import place_hold
from dunwell.actions.gate import Actor, system
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.engine.order_facts import OrderAsk
from dunwell.models import Order
from tests.conftest import add_customer


def order_body(customer_id, number="NEW-1"):
    """An order of 10.00 as a program tells it."""
    return {
        "customer_id": customer_id, "number": number, "currency": "EUR", "amount_minor": 10_00,
    }  # fmt: skip


def keep_orders(company, tag="", *, today, at):
    """Add an order that passed, one held and a forced hold; return path parameter -> key."""
    role = "credit_manager"
    boss = Actor(
        company=company, name="checker", roles=frozenset({role}), rights=ROLE_RIGHTS[role]
    )
    on = {"as_of": today, "at": at}
    customer = add_customer(company, f"ORD{tag}", credit_limit_minor=1_000_00)
    checks = {}
    for number, amount in ((f"SO{tag}-1", 900_00), (f"SO{tag}-2", 200_00)):
        ask = OrderAsk(number=number, currency="EUR", amount_minor=amount, ordered_on=today)
        checks[number] = check_order(actor=system(company), customer=customer, ask=ask, **on)
    passed, held = Order.objects.filter(customer=customer).order_by("pk")
    other = add_customer(company, f"ORE{tag}")
    forced = place_hold(actor=boss, customer=other, reason="new owner", **on)
    return {
        "order_customer_id": customer.pk,
        "credit_check_id": checks[held.number].pk,
        "order_id": passed.pk,
        "held_order_id": held.pk,
        "credit_hold_id": held.holds.get().pk,
        "forced_credit_hold_id": forced.pk,
    }
