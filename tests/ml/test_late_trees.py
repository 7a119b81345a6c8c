"""Curves drawn to a chance of being late: that chance is met, and nothing else of them moves."""

from types import SimpleNamespace

import numpy as np
import pytest

from dunwell.ml.late_trees import drawn, late_odds

FIRST = 100
UNPAID = np.array([[0.9, 0.6, 0.5, 0.2], [0.9, 0.6, 0.5, 0.2], [1.0, 1.0, 0.8, 0.4]], np.float32)


def views(*, due, start):
    """Return the days of items that the two functions ask for."""
    return SimpleNamespace(due=np.array(due), start=np.array(start))


ITEMS = views(due=[101, 99, 100], start=[100, 100, 102])
"""Due on the second day; past due; due before it can be paid."""


def test_the_odds_are_those_of_the_curve_where_the_question_is_open():
    odds = late_odds(UNPAID, ITEMS, FIRST)
    assert odds[0] == pytest.approx(np.log(0.6 / 0.4), abs=1e-6)
    assert np.isnan(odds[1:]).all()
    assert np.isnan(late_odds(UNPAID, views(due=[104] * 3, start=[100] * 3), FIRST)).all()
    assert drawn(UNPAID, ITEMS, FIRST, odds) == pytest.approx(UNPAID, abs=1e-6)


def test_the_days_before_and_after_the_due_day_keep_their_shares():
    odds = np.array([np.log(0.3 / 0.7), np.nan, np.nan])
    found = drawn(UNPAID, ITEMS, FIRST, odds)
    assert found[0] == pytest.approx([1 - 0.1 * 0.7 / 0.4, 0.3, 0.25, 0.1])
    assert np.array_equal(found[1:], UNPAID[1:])


def test_however_sure_the_answer_a_curve_never_rises():
    random = np.random.default_rng(1)
    unpaid = np.minimum.accumulate(random.random((400, 30)).astype(np.float32), axis=1)
    unpaid[:20], unpaid[20:40, 3:] = 1, 0
    items = views(due=FIRST + random.integers(0, 30, 400), start=np.full(400, FIRST))
    found = drawn(unpaid, items, FIRST, random.normal(0, 12, 400))
    assert found.dtype == np.float32
    assert (found >= 0).all() and (found <= 1).all()
    assert (np.diff(found, axis=1) <= 0).all()
