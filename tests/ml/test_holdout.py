"""Random assignment: repeatable, in the promised shares, and independent between experiments."""

from hashlib import blake2b

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency, kstest

from dunwell.ml.holdout import PPM, REST, Arm, Split, assigned, positions

IDS = pl.Series("customer_id", range(1, 20_001))
SPLIT = Split("calls-2026", "salt", (Arm("control", 100_000), Arm("calls", 300_000)))


def test_the_place_of_a_customer_is_a_hash_anybody_can_repeat():
    hashes = [
        blake2b(b"calls-2026\x1f%d" % customer, key=b"salt", digest_size=8).digest()
        for customer in (1, 2, 3)
    ]
    by_hand = [int.from_bytes(one, "big") * PPM // 2**64 for one in hashes]
    assert positions([1, 2, 3], key="calls-2026", salt="salt").tolist() == by_hand
    assert by_hand == [29_397, 525_033, 666_568]


def test_places_are_uniform():
    places = positions(IDS, key="calls-2026", salt="salt")
    assert kstest(places / PPM, "uniform").pvalue > 0.01
    assert 0 <= places.min() <= places.max() < PPM


def test_arms_get_their_shares_and_the_chance_is_told():
    told = assigned(IDS, SPLIT)
    counts = told.group_by("arm", "propensity_ppm").len().sort("arm")
    assert counts.select("arm", "propensity_ppm").rows() == [
        ("calls", 300_000),
        ("control", 100_000),
        (REST, 600_000),
    ]
    wanted = np.array([6_000, 2_000, 12_000])
    assert (np.abs(counts["len"].to_numpy() - wanted) < 4 * np.sqrt(wanted)).all()


def test_a_customer_gets_the_same_arm_whoever_else_is_there():
    some = IDS.sample(500, seed=1)
    alone = assigned(some, SPLIT)
    assert alone.equals(some.to_frame().join(assigned(IDS, SPLIT), on="customer_id", how="left"))


def test_two_experiments_and_two_salts_are_independent():
    arms = (Arm("a", 500_000),)
    first = assigned(IDS, Split("one", "salt", arms))["arm"]
    for other in (Split("two", "salt", arms), Split("one", "other", arms)):
        second = assigned(IDS, other)["arm"]
        table = pl.DataFrame({"a": first, "b": second}).group_by("a", "b").len().sort("a", "b")
        assert chi2_contingency(table["len"].to_numpy().reshape(2, 2)).pvalue > 0.001


def test_no_customers_no_rows():
    assert assigned(pl.Series("customer_id", [], pl.Int64), SPLIT).rows() == []


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ((Arm("a", 600_000), Arm("b", 400_001)), "more than a million"),
        ((Arm("a", 1), Arm("a", 1)), "distinct names"),
        ((Arm(REST, 1),), "distinct names"),
        ((Arm("a", 0),), "at least 1 ppm"),
    ],
)
def test_a_split_that_cannot_be_drawn_is_refused(arms, words):
    with pytest.raises(ValueError, match=words):
        Split("e", "s", arms)
    with pytest.raises(ValueError, match="needs a key"):
        Split("", "s", ())
