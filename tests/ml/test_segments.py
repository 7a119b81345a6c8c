"""Learned groups: planted ones are found, the same rows give the same draft, rules are played."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from dunwell.engine.segments_policy import read_segments_policy
from dunwell.engine.segments_rules import POOL_FACTS, WORD
from dunwell.ml.segments import FEWEST_CUSTOMERS, learned_segments
from dunwell.ml.segments_tree import leaves

DAY = date(2026, 3, 5)


def customers(*groups, size=60, seed=1):
    """`size` customers around each centre (days late, billed), the rest of the facts unknown."""
    random = np.random.default_rng(seed)
    late = np.concatenate([random.normal(days, 1.5, size) for days, _ in groups])
    billed = np.concatenate([random.normal(sum_, sum_ * 0.03, size) for _, sum_ in groups])
    rows = len(late)
    columns = {
        name: pl.Series([""] * rows)
        if fact.unit == WORD
        else pl.Series([None] * rows, dtype=pl.Int64)
        for name, fact in POOL_FACTS.items()
    }
    return pl.DataFrame({"customer_id": range(1, rows + 1), **columns}).with_columns(
        median_days_late=pl.Series(late.round().astype(np.int64)),
        billed_minor=pl.Series(billed.round().astype(np.int64)),
    )


FOUR = ((-5, 100_00), (-5, 900_00), (40, 100_00), (40, 900_00))


def test_planted_groups_are_found_named_and_drafted_as_rules_that_place_them_alike():
    found = learned_segments(customers(*FOUR), valid_from=DAY)
    assert found.facts == ("median_days_late", "billed_minor")
    assert [group.customers for group in found.groups] == [60] * 4
    assert sorted(group.name for group in found.groups) == sorted(
        {group.name for group in found.groups}
    )
    assert (found.customers, found.matched, found.matched_ppm) == (240, 240, 1_000_000)
    assert found.silhouette_ppm > 700_000
    policy = read_segments_policy(found.document)
    assert {segment.name for segment in policy.segments} == {g.name for g in found.groups}
    late = next(group for group in found.groups if group.centre["median_days_late"] > 30)
    assert "later" in late.name


def test_the_same_rows_in_any_order_give_the_same_proposal():
    rows = customers(*FOUR)
    first = learned_segments(rows, valid_from=DAY)
    again = learned_segments(rows.sample(fraction=1.0, shuffle=True, seed=3), valid_from=DAY)
    assert again == first


def test_what_the_rules_cannot_match_is_said():
    rows = customers(*FOUR).with_columns(
        median_days_late=pl.when(pl.col("customer_id") % 10 != 0).then("median_days_late")
    )
    found = learned_segments(rows, valid_from=DAY)
    assert (found.customers, found.matched) == (240, 216)


@pytest.mark.parametrize(
    "rows",
    [
        customers((0, 100), size=FEWEST_CUSTOMERS - 1),
        customers(*FOUR).with_columns(
            median_days_late=pl.lit(None, pl.Int64), billed_minor=pl.lit(5, pl.Int64)
        ),
        customers(*FOUR).with_columns(
            median_days_late=pl.col("customer_id") % 2, billed_minor=pl.lit(5, pl.Int64)
        ),
    ],
)
def test_nothing_is_proposed_from_too_few_or_from_facts_that_do_not_differ(rows):
    assert learned_segments(rows, valid_from=DAY) is None


def test_a_tree_covers_every_row_once_and_gives_neighbours_of_one_group_back_as_one():
    values = np.array([[n, n % 3] for n in range(60)], dtype=np.int64)
    group = (values[:, 0] >= 20).astype(np.int64) + (values[:, 0] >= 40)
    boxes = leaves(values, group)
    assert [(box.group, box.bounds) for box in boxes] == [
        (0, {0: (None, 19)}),
        (1, {0: (20, 39)}),
        (2, {0: (40, None)}),
    ]
