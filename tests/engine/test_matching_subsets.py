"""The search for sums: right, complete while the set is small, and never exponential."""

from itertools import combinations, islice

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.matching.subsets import MOST_FOUND, _triples, find_sums
from tests.effort import effort

amounts = st.lists(st.integers(-500, 2_000).filter(bool), min_size=1, max_size=11)


@given(amounts, st.integers(1, 4_000))
def test_a_small_search_finds_exactly_the_sums_there_are(values, target):
    every = {
        places
        for size in range(1, len(values) + 1)
        for places in combinations(range(len(values)), size)
        if sum(values[n] for n in places) == target
    }
    sums = find_sums(values, target, steps=20_000)
    assert set(sums.found) <= every
    assert bool(sums.found) == bool(every)
    if sums.is_complete:
        assert set(sums.found) == every
    else:
        assert len(every) > MOST_FOUND


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=300), st.integers(1, 10**9))
def test_a_large_search_stays_inside_its_budget_and_says_so(values, target):
    sums = find_sums(values, target, steps=2_000)
    assert all(sum(values[n] for n in places) == target for places in sums.found)
    assert all(list(places) == sorted(set(places)) for places in sums.found)
    assert sums.searched <= 2_000 or sums.is_complete


def test_the_oldest_and_the_plainest_sums_come_first():
    sums = find_sums([300, 700, 1_000, 600, 400], 1_000, steps=20_000)
    assert sums.found[0] == (2,)
    assert sums.found[1] == (0, 1)
    assert sums.is_complete


def test_credit_notes_are_part_of_the_sum():
    assert find_sums([1_000, -200, 50], 800, steps=20_000).found == ((0, 1),)


def test_many_equal_amounts_stay_cheap():
    with effort() as spent:
        sums = find_sums([100] * 400, 20_000, steps=20_000)
    assert spent.seconds < 0.5
    assert sums.found and not sums.is_complete


def test_nothing_adds_up_to_nothing():
    assert find_sums([5, -5], 0, steps=100).found == ()


def _triples_of(values, target, steps):
    """Look at every pair in turn, a step each."""
    places, found = {value: n for n, value in enumerate(values)}, []
    for first, second in islice(combinations(range(len(values)), 2), steps):
        third = places.get(target - values[first] - values[second], 0)
        if third > second:
            found.append((first, second, third))
    return found[:MOST_FOUND]


@given(st.lists(st.integers(-9, 40), max_size=30), st.integers(1, 90), st.integers(0, 300))
def test_triples_are_looked_for_pair_by_pair_as_far_as_the_budget_reaches(values, target, steps):
    assert _triples(values, target, steps) == _triples_of(values, target, steps)
