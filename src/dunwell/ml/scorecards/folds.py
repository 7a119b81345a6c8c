"""Folds that hold the share of bad rows alike, drawn by a seed."""

from collections.abc import Iterator

import numpy as np

from dunwell.ml.history import Ints
from dunwell.ml.metrics import Flags


def folds(
    is_bad: Flags, *, number: int, seed: int, whose: Ints | None = None
) -> Iterator[tuple[Ints, Ints]]:
    """Return (rows to learn from, rows to test on) of each fold; every row is tested once.

    Rows of one subject, as `whose` tells them apart, lie in one fold, so that nobody is tested
    on what was learned from itself; a subject counts as bad when any of its rows is.
    """
    draw = np.random.default_rng(seed)
    subject = np.arange(len(is_bad)) if whose is None else np.unique(whose, return_inverse=True)[1]
    ever_bad = np.zeros(int(subject.max()) + 1, np.bool_)
    np.logical_or.at(ever_bad, subject, is_bad)
    fold = np.empty(len(ever_bad), np.int64)
    for side in (False, True):
        subjects = np.flatnonzero(ever_bad == side)
        draw.shuffle(subjects)
        fold[subjects] = np.arange(len(subjects)) % number
    for one in range(number):
        yield np.flatnonzero(fold[subject] != one), np.flatnonzero(fold[subject] == one)
