"""Seeded chance: one stream of numbers per noun, and draws that keep their shares exact."""

import zlib
from collections.abc import Mapping

import numpy as np

from dunwell.demo.arrays import BoolArray, IntArray


def stream(seed: int, noun: str) -> np.random.Generator:
    """Return the generator of one noun, so that more rows of one never shift the draws of another.

    Raises ValueError for a negative seed.
    """
    if seed < 0:
        raise ValueError(f"seed {seed} is negative; give a whole number from 0 on")
    return np.random.default_rng([seed, zlib.crc32(noun.encode())])


def quota(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> IntArray:
    """Return `count` positions in `shares`, in random order, each as often as its share says.

    Every entry whose share is at least 1 / count is met, so that a ledger of
    twenty customers still shows every habit.
    """
    edges = np.cumsum(np.fromiter(shares.values(), dtype=np.float64))
    points = (np.arange(count) + 0.5) / count * edges[-1]
    return rng.permutation(np.searchsorted(edges, points, side="right").astype(np.int64))


def whole(rng: np.random.Generator, low: int, high: int, count: int) -> IntArray:
    """Return `count` whole numbers from `low` to `high`, both included."""
    return rng.integers(low, high + 1, count, dtype=np.int64)


def chosen(rng: np.random.Generator, candidates: IntArray, count: int) -> IntArray:
    """Return up to `count` different candidates in rising order."""
    picked = rng.choice(candidates, min(count, len(candidates)), replace=False)
    return np.sort(picked)


def happens(rng: np.random.Generator, share: float, count: int) -> BoolArray:
    """Return for each of `count` rows whether it happens, at the share given."""
    return np.asarray(rng.random(count) < share)
