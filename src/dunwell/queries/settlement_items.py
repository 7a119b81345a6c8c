"""Which items of a customer a settlement may cover, and what the customer was granted before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.foreign import read_rates
from dunwell.engine.money import LARGEST_MINOR
from dunwell.engine.settlement_worth import (
    ItemOutlook,
    Worth,
    WorthPolicy,
    prediction_steps,
    settlement_worth,
)
from dunwell.models import (
    Company,
    Customer,
    Habit,
    ItemPrediction,
    OpenItem,
    Settlement,
)
from dunwell.queries.agreements import Keys, bound_items, disputed_items
from dunwell.queries.authority import exchanged
from dunwell.queries.frames import fx_frame

Status = Settlement.Status
STANDING = (Status.DRAFT, Status.PENDING, Status.OFFERED, Status.ACCEPTED)
"""Statuses of a settlement that is not over."""

GRANTED = (Status.PENDING, Status.OFFERED, Status.ACCEPTED, Status.COMPLETED)
"""Statuses that count into what a customer was granted."""


MANY = 500
"""From so many items on they are looked up by their customer, not by their keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleableItem:
    """An open debit item; `bound_by` is the number of the plan or settlement it stands in."""

    id: int
    number: str
    currency: str
    due_on: date
    days_late: int
    open_minor: int
    is_disputed: bool
    bound_by: str

    @property
    def is_free(self) -> bool:
        """Return whether a settlement may cover it."""
        return not self.is_disputed and not self.bound_by


def settleable_items(
    company: Company, customer: Customer, *, as_of: date
) -> tuple[SettleableItem, ...]:
    """Return the open debit items of a customer, the oldest first; four queries."""
    theirs = OpenItem.objects.filter(company=company, customer=customer, open_minor__gt=0)
    # asked for by the customer: thousands of keys in a query cost more than the answer
    keys = theirs.values_list("item", flat=True)
    bound, disputed = bound_items(keys), disputed_items(keys)
    columns = ("item", "item__number", "currency", "due_on", "open_minor")
    return tuple(
        SettleableItem(
            id=key,
            number=number,
            currency=currency,
            due_on=due_on,
            days_late=(as_of - due_on).days,
            open_minor=open_minor,
            is_disputed=key in disputed,
            bound_by=bound.get(key, ""),
        )
        for key, number, currency, due_on, open_minor in theirs.order_by(
            "due_on", "item"
        ).values_list(*columns)
    )


def granted_earlier(customer: Customer, currency: str, *, as_of: date, window_days: int) -> int:
    """Return the debts of the customer's settlements of the last days, in a currency.

    Proposed ones count until they are over. Where a rate is missing it is the largest amount
    there is: what is not known counts as the strictest.
    """
    found = (
        Settlement.objects.filter(
            customer=customer,
            status__in=GRANTED,
            proposed_on__gt=as_of - timedelta(days=window_days),
        )
        .order_by("currency")
        .values_list("currency")
        .annotate(minor=Sum("open_minor"))
    )
    total, rates = 0, None
    for other, minor in found:
        if other == currency:
            total += minor
            continue
        rates = rates or read_rates(fx_frame(customer.company), customer.company.currency)
        converted = rates.convert(minor, other, to=currency, day=day_number(as_of))
        if converted is None:
            return LARGEST_MINOR
        total += converted
    return total


def item_outlooks(
    company: Company, customer: Customer, items: Sequence[SettleableItem], *, as_of: date
) -> tuple[ItemOutlook, ...]:
    """Return when each item is expected to be paid if nothing is done; two queries."""
    told = ItemPrediction.objects.filter(
        company=company, item__in=_keys_of(customer, items)
    ).values_list("item", "q10_on", "q50_on", "q90_on", "p_loss_ppm")
    predicted = {
        key: prediction_steps(
            q10_days=(q10_on - as_of).days,
            q50_days=(q50_on - as_of).days,
            q90_days=(q90_on - as_of).days,
            p_loss_ppm=p_loss_ppm,
        )
        for key, q10_on, q50_on, q90_on, p_loss_ppm in told
    }
    habits = Habit.objects.filter(customer=customer, n_settled__gt=0)
    habit = habits.values_list("expected_days_late", flat=True).first()
    return tuple(
        ItemOutlook(
            item_id=item.id,
            open_minor=item.open_minor,
            age_days=item.days_late,
            steps=predicted.get(item.id, ()),
            habit_days=habit,
        )
        for item in items
    )


def _keys_of(customer: Customer, items: Sequence[SettleableItem]) -> Keys:
    """Return the keys of items; of many, those of all that is open of the customer."""
    if len(items) <= MANY:
        return [item.id for item in items]
    return OpenItem.objects.filter(customer=customer).values_list("item", flat=True)


def worth_of(
    company: Company,
    customer: Customer,
    items: Sequence[SettleableItem],
    *,
    pay_minor: int,
    pay_by_on: date,
    policy: WorthPolicy,
    as_of: date,
) -> Worth:
    """Return a settlement of the items, paid on a day, beside waiting, agency and the courts.

    The fixed cost of the courts is stated in the company's currency; without a rate it is taken
    as written.
    """
    currency = items[0].currency
    return settlement_worth(
        item_outlooks(company, customer, items, as_of=as_of),
        pay_minor=pay_minor,
        pay_days=max((pay_by_on - as_of).days, 0),
        policy=policy,
        legal_cost_minor=exchanged(
            company, policy.legal_cost_minor, company.currency, to=currency, as_of=as_of
        ),
    )
