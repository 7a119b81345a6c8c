"""Tools that ask whether an order may be delivered: looked at, or checked and kept."""

from typing import Annotated, Literal

from pydantic import Field

from dunwell.actions.credit_checks import check_order as keep_check
from dunwell.actions.gate import Refused
from dunwell.engine.order_facts import OrderAsk
from dunwell.mcp_server.arguments import Arguments, WriteArguments
from dunwell.mcp_server.records import own_record
from dunwell.mcp_server.tools import Caller, tool
from dunwell.models import Customer
from dunwell.queries.credit_checks import CreditCheckRow, checks_told, simulated_row
from dunwell.queries.order_asks import simulate_orders
from dunwell.queries.request_fields import LARGEST_MINOR, Currency, Day, Key, Plain, Word

Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]


class OrderArguments(Arguments):
    """An order, amounts in minor units of its currency."""

    customer_id: Key
    number: Annotated[Plain, Field(min_length=1, max_length=80)]
    currency: Currency
    amount_minor: Minor
    prepaid_minor: Minor = 0
    terms: Word = ""
    deliver_on: Day | None = None
    checkpoint: Literal["order", "picking", "delivery"] = "order"

    def ask(self, caller: Caller) -> OrderAsk:
        """Return the order as the rules read it; raise Refused for amounts that cannot be."""
        try:
            return OrderAsk(
                number=self.number,
                currency=self.currency,
                amount_minor=self.amount_minor,
                prepaid_minor=self.prepaid_minor,
                terms=self.terms,
                ordered_on=caller.as_of,
                deliver_on=self.deliver_on,
                checkpoint=self.checkpoint,
                source=caller.actor.name[:80],
            )
        except ValueError as error:
            raise Refused(f"Order {self.number}: {error}.") from error


class CheckOrder(WriteArguments, OrderArguments):
    """An order to check and keep."""


@tool(right="order.check", result=CreditCheckRow, title="Preview an order check")
def preview_order(caller: Caller, arguments: OrderArguments) -> CreditCheckRow:
    """Say what a credit check of an order would decide and what would free it; keeps nothing."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    wish = (customer, arguments.ask(caller))
    (judgement,) = simulate_orders(caller.actor.company, [wish], as_of=caller.as_of)
    return simulated_row(
        caller.actor.company, wish, judgement, as_of=caller.as_of, by=caller.actor.name
    )


@tool(right="order.check", result=CreditCheckRow, title="Check an order")
def check_order(caller: Caller, arguments: CheckOrder) -> CreditCheckRow:
    """Check an order and keep the outcome; one that does not pass is held."""
    check = keep_check(
        actor=caller.actor,
        customer=own_record(Customer, caller.actor, arguments.customer_id),
        ask=arguments.ask(caller),
        as_of=caller.as_of,
        at=caller.at,
    )
    (row,) = checks_told(caller.actor.company, [check])
    return row


TOOLS = (preview_order, check_order)
