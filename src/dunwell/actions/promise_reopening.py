"""Promises that would open again: one beside which something newer was agreed is superseded.

A returned payment re-opens the judgement. Until then the promise counted as kept, so another
promise or a plan may have been agreed for what was open again; what came last holds.
"""

from collections.abc import Collection, Iterable, Sequence

from dunwell.actions.gate import Actor
from dunwell.models import Customer, PaymentPlan, PlanItem, Promise, PromiseItem

Outcome = Promise.Outcome
Change = tuple[Promise, Promise.Outcome]
Place = tuple[str, int, str]
"""What one open promise stands for: an item, or a customer's debt in a currency."""
MOST_KEYS = 1_000


def hold_customers(actor: Actor, keys: Collection[int]) -> None:
    """Lock the customers of promises: nobody agrees on something new with them meanwhile.

    Before the promises themselves, as whoever records one does.
    """
    for some in _chunks(sorted(keys)):
        rows = Customer.objects.select_for_update(no_key=True, of=("self",)).filter(
            company=actor.company, promises__in=some
        )
        list(rows.order_by("pk").values_list("pk", flat=True))


def give_way(actor: Actor, changed: Sequence[Change]) -> list[Change]:
    """Return the changes with `superseded` for what would open beside something newer.

    Of several that open again for one item the newest does.
    """
    again = [promise for promise, outcome in changed if outcome == Outcome.OPEN]
    if not again:
        return list(changed)
    places = _places(again)
    ended = {promise.pk for promise, _ in changed}
    taken = _agreed(actor, places, ended)
    superseded: set[int] = set()
    for promise in sorted(again, key=lambda one: one.pk, reverse=True):
        if places[promise.pk] & taken:
            superseded.add(promise.pk)
        else:
            taken |= places[promise.pk]
    return [
        (promise, Outcome.SUPERSEDED if promise.pk in superseded else outcome)
        for promise, outcome in changed
    ]


def _places(promises: Iterable[Promise]) -> dict[int, set[Place]]:
    found: dict[int, set[Place]] = {
        promise.pk: {("amount", promise.customer_id, promise.currency)}
        if promise.level == Promise.Level.CUSTOMER
        else set()
        for promise in promises
    }
    for some in _chunks(sorted(found)):
        lines = PromiseItem.objects.filter(promise__in=some)
        for key, item in lines.values_list("promise_id", "item_id"):
            found[key].add(("item", item, ""))
    return found


def _agreed(actor: Actor, places: dict[int, set[Place]], ended: Collection[int]) -> set[Place]:
    """Return for which of the places something stands that is not judged just now."""
    told = {place for several in places.values() for place in several}
    taken: set[Place] = set()
    for some in _chunks(sorted({key for kind, key, _ in told if kind == "amount"})):
        amounts = Promise.objects.filter(
            company=actor.company, customer__in=some, level=Promise.Level.CUSTOMER,
            outcome=Outcome.OPEN,
        )  # fmt: skip
        rows = amounts.values_list("pk", "customer_id", "currency")
        taken |= {("amount", owner, currency) for key, owner, currency in rows if key not in ended}
    for some in _chunks(sorted({key for kind, key, _ in told if kind == "item"})):
        lines = PromiseItem.objects.filter(item__in=some, promise__outcome=Outcome.OPEN)
        held = lines.values_list("promise_id", "item_id")
        taken |= {("item", item, "") for key, item in held if key not in ended}
        planned = PlanItem.objects.filter(
            item__in=some, is_live=True, plan__status=PaymentPlan.Status.ACTIVE
        )
        taken |= {("item", item, "") for item in planned.values_list("item_id", flat=True)}
    return taken


def _chunks(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[n : n + MOST_KEYS] for n in range(0, len(keys), MOST_KEYS)]
