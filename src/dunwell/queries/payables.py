"""What a customer may pay now: its open items with what is contested, bound and discounted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from dunwell.engine.payment_choices import PayablePart
from dunwell.models import (
    Checkout,
    CheckoutLine,
    Customer,
    Dispute,
    Item,
    OpenItem,
    PaymentPlan,
    PlanInstalment,
    Settlement,
)
from dunwell.queries.agreements import bound_items
from dunwell.queries.early_payment import OpenOffer, open_offers

LIVE_INSTALMENTS = (
    PlanInstalment.Status.SCHEDULED,
    PlanInstalment.Status.DUE,
    PlanInstalment.Status.PART,
    PlanInstalment.Status.MISSED,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableItem:
    """An open item a customer may pay, in minor units of its currency.

    `disputed_minor` is contested and left out by itself, `under_way_minor` is being paid through
    a checkout that is not over; `bound_by` is the number of a plan or settlement that covers it.
    """

    item_id: int
    number: str
    due_on: date
    open_minor: int
    disputed_minor: int
    under_way_minor: int
    bound_by: str
    offer: OpenOffer | None

    @property
    def part(self) -> PayablePart:
        """Return the item as it is chosen from; what is being paid counts as contested."""
        return PayablePart(
            item_id=self.item_id,
            due_on=self.due_on,
            open_minor=self.open_minor,
            disputed_minor=min(self.disputed_minor + self.under_way_minor, self.open_minor),
        )

    @property
    def free_minor(self) -> int:
        """Return what is neither contested nor being paid."""
        return self.part.free_minor

    def discount_on(self, on: date) -> int:
        """Return what paying all of it on a day earns; a plan or settlement has its own terms."""
        return self.offer.discount_on(on) if self.offer is not None and not self.bound_by else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditItem:
    """A credit note that is open, with what of it may be used, above 0."""

    item_id: int
    number: str
    free_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableInstalment:
    """An instalment of a running plan that is not paid in full."""

    instalment: PlanInstalment
    plan: PaymentPlan
    left_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Payables:
    """All a customer may pay in one currency."""

    currency: str
    items: tuple[PayableItem, ...]
    credits: tuple[CreditItem, ...]
    instalments: tuple[PayableInstalment, ...]
    settlements: tuple[Settlement, ...]

    @property
    def parts(self) -> list[PayablePart]:
        """Return the items as they are chosen from; those of plans are paid by instalments."""
        return [one.part for one in self.items if not one.bound_by]


def currencies_of(customer: Customer) -> tuple[str, ...]:
    """Return the currencies in which a customer owes something, by name."""
    found = OpenItem.objects.filter(customer=customer, open_minor__gt=0)
    return tuple(found.order_by("currency").values_list("currency", flat=True).distinct())


def payables(customer: Customer, *, currency: str, as_of: date) -> Payables:
    """Return what a customer may pay in a currency, the oldest first; so many queries always."""
    rows = list(
        OpenItem.objects.filter(customer=customer, currency=currency)
        .exclude(open_minor=0)
        .order_by("due_on", "item_id")
        .values_list("item_id", "item__number", "due_on", "open_minor")
    )
    # asked for by the customer: thousands of keys in a query cost more than the answer
    owed = OpenItem.objects.filter(customer=customer, currency=currency, open_minor__gt=0)
    keys = owed.values_list("item_id", flat=True)
    disputed = _sums(Dispute.objects.filter(item__in=keys, closed_on=None))
    # a page that was opened and left is no payment; only what the provider is collecting is
    under_way = _sums(
        CheckoutLine.objects.filter(item__in=keys, checkout__status=Checkout.Status.PROCESSING)
    )
    bound = bound_items(keys)
    offers = {one.item_id: one for one in open_offers(customer.company, customer, as_of=as_of)}
    return Payables(
        currency=currency,
        items=tuple(
            PayableItem(
                item_id=key,
                number=number,
                due_on=due_on,
                open_minor=open_minor,
                disputed_minor=min(disputed.get(key, 0), open_minor),
                under_way_minor=under_way.get(key, 0),
                bound_by=bound.get(key, ""),
                offer=offers.get(key),
            )
            for key, number, due_on, open_minor in rows
            if open_minor > 0
        ),
        credits=tuple(
            CreditItem(item_id=key, number=number, free_minor=-open_minor)
            for key, number, _due_on, open_minor in rows
            if open_minor < 0
        ),
        instalments=_instalments(customer, currency),
        settlements=tuple(
            Settlement.objects.filter(
                customer=customer, currency=currency, status=Settlement.Status.ACCEPTED
            ).order_by("pay_by_on", "pk")
        ),
    )


def instalment_amounts(instalment: PlanInstalment, *, left_minor: int) -> dict[Item, int]:
    """Return how an instalment goes on the items of its plan, the oldest first."""
    lines = instalment.plan.lines.filter(is_live=True).select_related("item__open_now")
    rows = sorted(lines, key=lambda line: (line.item.due_on, line.item_id))
    return _spread(((line.item, _open(line.item)) for line in rows), left_minor)


def settlement_amounts(settlement: Settlement) -> dict[Item, int]:
    """Return how what a settlement asks for goes on its items; what is given up stays open."""
    lines = settlement.lines.filter(is_live=True).select_related("item__open_now")
    return {
        line.item: amount
        for line in lines.order_by("item__due_on", "item_id")
        if (amount := _open(line.item) - line.concession_minor) > 0
    }


def _spread(rows: Iterable[tuple[Item, int]], amount_minor: int) -> dict[Item, int]:
    left: int = amount_minor
    found: dict[Item, int] = {}
    for item, open_minor in rows:
        if taken := min(left, open_minor):
            found[item] = taken
            left -= taken
    return found


def _instalments(customer: Customer, currency: str) -> tuple[PayableInstalment, ...]:
    found = (
        PlanInstalment.objects.filter(
            plan__customer=customer,
            plan__currency=currency,
            plan__status__in=PaymentPlan.LIVE,
            status__in=LIVE_INSTALMENTS,
        )
        .select_related("plan")
        .order_by("due_on", "pk")
    )
    return tuple(
        PayableInstalment(
            instalment=one, plan=one.plan, left_minor=one.amount_minor - one.paid_minor
        )
        for one in found
        if one.amount_minor > one.paid_minor
    )


def _open(item: Item) -> int:
    now = getattr(item, "open_now", None)
    return now.open_minor if now is not None else 0


def _sums(rows: QuerySet[Dispute] | QuerySet[CheckoutLine]) -> dict[int, int]:
    return dict(rows.order_by().values_list("item").annotate(Sum("amount_minor")))
