"""Records that arguments name; another company's are as absent as none."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model
from django.shortcuts import get_object_or_404

from dunwell.actions.gate import Actor, Refused
from dunwell.models import Customer, Item

M = TypeVar("M", bound=Model)


def own_record(model: type[M], actor: Actor, pk: int) -> M:
    """Return a record of the actor's company; raise Http404 where there is none."""
    return get_object_or_404(model, pk=pk, company=actor.company)


def own_items(customer: Customer, keys: Sequence[int]) -> list[Item]:
    """Return items of a customer in the order of their keys; raise Refused for a stranger."""
    items = Item.objects.filter(customer=customer).in_bulk(list(keys))
    if unknown := sorted(set(keys) - items.keys()):
        raise Refused(f"The customer has no item {unknown[0]}.")
    return [items[key] for key in sorted(items)]
