"""Steps of merging: two records become one, and are parted again."""

from dunwell.actions.customer_merges import (
    decline_merge,
    mark_distinct,
    merge_customers,
    propose_merge,
    split_customers,
)
from dunwell.models import CustomerMerge
from tests.simulator.world import step


def _merges(world, *status):
    return world.one(CustomerMerge.objects.filter(company=world.company, status__in=status))


@step(2, "I26", then=("merge_records", "split_records"))
def propose_a_merge(world):
    merged, survivor = world.customer(), world.customer()
    propose_merge(
        **world.by("carla", "mona"), merged=merged, survivor=survivor, reason="same tax number"
    )


@step(2, "I26", "D5", "D6", "D7", "I19", "I20", then=("split_records", "wait", "split_records"))
def merge_records(world):
    merge_customers(**world.by("mona", "max"), merge=_merges(world, "proposed"))


@step(4, "I26", "D5", "D6", "D7", "I19", "I20")
def split_records(world):
    split_customers(**world.by("mona", "max"), merge=_merges(world, "merged"), reason="two")


@step(1, "I26")
def turn_a_merge_down(world):
    merge = _merges(world, "proposed")
    by = world.by("carla")
    decline_merge(
        actor=by["actor"], at=by["at"], merge=merge, reason="two branches",
        is_distinct=world.chance.random() < 0.5,
    )  # fmt: skip


@step(1, "I26")
def tell_them_apart(world):
    by = world.by("carla")
    mark_distinct(
        actor=by["actor"], at=by["at"], first=world.customer(), second=world.customer(),
        reason="another town",
    )  # fmt: skip
