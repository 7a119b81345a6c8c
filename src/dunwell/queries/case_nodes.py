"""Nodes and edges of a customer's case, what of it can be talked about, and its open items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Manager

from dunwell.models import (
    Conversation,
    CreditHold,
    Customer,
    DisputeCase,
    Escalation,
    HandOff,
    Hold,
    Item,
    LegalMatter,
    OpenItem,
    Order,
    PaymentPlan,
    Placement,
    Promise,
    Task,
)

ITEM = "item"
SUBJECTS: Mapping[str, Manager[Any]] = {
    ITEM: Item.objects,
    "dispute": DisputeCase.objects,
    "promise": Promise.objects,
    "plan": PaymentPlan.objects,
    "placement": Placement.objects,
    "legal": LegalMatter.objects,
    "hold": Hold.objects,
    "order": Order.objects,
    "credit_hold": CreditHold.objects,
    "conversation": Conversation.objects,
    "escalation": Escalation.objects,
    "hand_off": HandOff.objects,
    "task": Task.objects,
}
"""What of a customer can be talked about and handed over, by the name of its nodes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseNode:
    """One record that stands; `amount_minor` in `currency`, empty where it has no amount.

    `id` is its key, 0 for a node that stands for `count` others of its kind. `on` is the day
    that matters next. `desk` is whose matter it is, empty for nobody's in particular.
    """

    kind: str
    id: int
    label: str
    status: str = ""
    desk: str = ""
    amount_minor: int | None = None
    currency: str = ""
    on: date | None = None
    is_late: bool = False
    count: int = 1

    @property
    def key(self) -> str:
        """Return what the node is called in the graph."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseEdge:
    """What joins two nodes, by their keys: "covers" an item, "holds" an order, is "about" one."""

    first: str
    second: str
    why: str


def open_items(customer: Customer, *, as_of: date) -> list[CaseNode]:
    """Return everything open of a customer, the oldest due day first; one query."""
    found = (
        OpenItem.objects.filter(company_id=customer.company_id, customer=customer)
        .order_by("due_on", "item_id")
        .values_list("item_id", "item__number", "item__kind", "open_minor", "currency", "due_on")
    )
    # translated once a kind: a customer can have thousands of items
    labels = {kind.value: str(kind.label) for kind in Item.Kind}
    return [
        CaseNode(
            kind=ITEM,
            id=key,
            label=number,
            status=labels[kind],
            amount_minor=minor,
            currency=currency,
            on=due_on,
            is_late=due_on < as_of and minor > 0,
        )
        for key, number, kind, minor, currency, due_on in found
    ]
