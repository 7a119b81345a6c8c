"""Laws of the pay-date distribution: one object, and every question answered from it alike."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS, LEVELS, LONGEST_DAYS, Curves, joined

AS_OF = day_number(date(2026, 3, 31))
TYPES = {
    "item_id": pl.Int64, "customer_id": pl.Int64, "currency": pl.String, "open_minor": pl.Int64,
    "issued_day": pl.Int32, "due_day": pl.Int32,
}  # fmt: skip


def curves(hazards, tails, dues=None):
    """Return curves of daily hazards, one row each; a row shorter than the grid is repeated."""
    full = np.stack([np.resize(row, GRID_DAYS) for row in hazards])
    count = len(full)
    dues = dues or [AS_OF] * count
    rows = [(n, n, "EUR", 100, AS_OF - 30, due) for n, due in enumerate(dues, 1)]
    return Curves(
        as_of=AS_OF,
        items=pl.DataFrame(rows, schema=TYPES, orient="row"),
        paid=(1 - np.cumprod(1 - full, axis=1)).astype(np.float32),
        tail=np.asarray(tails, np.float32),
        model="test",
    )


@st.composite
def some_curves(draw):
    rows = draw(st.integers(1, 4))
    chance = st.sampled_from((0.0, 0.0, 0.0, 0.001, 0.02, 0.3, 0.9, 1.0))
    hazards = [draw(st.lists(chance, min_size=1, max_size=20)) for _ in range(rows)]
    tails = [draw(st.sampled_from((0.0, 0.005, 0.03, 0.2, 1.0))) for _ in range(rows)]
    dues = [AS_OF + draw(st.integers(-200, 760)) for _ in range(rows)]
    return curves(hazards, tails, dues)


def by(told, days):
    return told.paid_by(np.full(len(told), AS_OF + days, np.int32))


def plain(told, row, days):
    """P(paid within so many days), day after day."""
    if days < 1:
        return 0.0
    left = 1 - float(told.paid[row, min(days, GRID_DAYS) - 1])
    for _ in range(days - GRID_DAYS):
        left *= 1 - float(told.tail[row])
    return 1 - left


@given(some_curves())
def test_the_chance_of_being_paid_grows_from_nothing_and_stays_one_chance(told):
    chances = np.stack([by(told, days) for days in range(-3, 900, 7)])
    assert (chances >= 0).all() and (chances <= 1).all()
    assert (np.diff(chances, axis=0) >= -1e-12).all()
    assert (by(told, 0) == 0).all() and (by(told, -400) == 0).all()


@given(some_curves(), st.integers(-5, 900))
def test_paid_by_a_day_is_read_off_the_grid_and_goes_on_with_the_tail(told, days):
    expected = [plain(told, row, days) for row in range(len(told))]
    assert by(told, days) == pytest.approx(expected, abs=1e-9)
    assert told.unpaid_after(days) == pytest.approx([1 - one for one in expected], abs=1e-9)


@given(some_curves(), st.integers(0, 40))
def test_late_is_not_paid_by_the_due_day_and_sure_once_it_has_passed(told, days):
    late = told.late(days)
    ahead = told.due + days - AS_OF
    expected = [1 - plain(told, row, int(ahead[row])) for row in range(len(told))]
    assert late == pytest.approx(expected, abs=1e-9)
    assert (late[ahead <= 0] == 1).all()
    assert (told.late(days + 1) <= late + 1e-12).all()


@given(some_curves())
def test_quantiles_rise_with_their_level_and_are_the_first_day_that_is_enough(told):
    days = np.stack([told.quantile(level) for level in LEVELS])
    assert days.dtype == np.int32
    assert (np.diff(days, axis=0) >= 0).all()
    assert (days > AS_OF).all() and (days <= AS_OF + LONGEST_DAYS).all()
    for level, found in zip(LEVELS, days, strict=True):
        reached = told.paid_by(found)
        before = told.paid_by(found - 1)
        is_cut = found == AS_OF + LONGEST_DAYS
        assert (is_cut | (reached >= level - 1e-6)).all()
        assert (before < level + 1e-6).all()


@settings(max_examples=25)
@given(some_curves())
def test_the_expected_day_is_the_sum_of_the_days_it_is_waited_for(told):
    # E(wait) = P(wait > 0) + P(wait > 1) + ...
    expected = [float(AS_OF)] * len(told)
    for row in range(len(told)):
        left = 1.0
        for days in range(LONGEST_DAYS):
            expected[row] += left
            on_grid = days < GRID_DAYS
            left = (
                1 - float(told.paid[row, days]) if on_grid else left * (1 - float(told.tail[row]))
            )
    assert told.expected() == pytest.approx(expected, abs=0.01)
    assert (told.expected() >= AS_OF + 1 - 1e-3).all()
    assert (told.expected() <= AS_OF + LONGEST_DAYS + 1e-3).all()


@given(some_curves(), st.integers(1, 60))
def test_weeks_add_up_to_what_is_paid_by_their_end(told, weeks):
    by_week = told.by_week(weeks)
    assert by_week.shape == (len(told), weeks)
    assert (by_week >= -1e-12).all()
    assert by_week.sum(axis=1) == pytest.approx(by(told, 7 * weeks), abs=1e-9)
    assert by_week[:, 0] == pytest.approx(by(told, 7), abs=1e-9)


def test_beyond_the_grid_the_hazard_is_exactly_the_tail():
    told = curves([[0.01]], [0.05])
    on_grid = 0.99**GRID_DAYS
    for more in (0, 1, 10, 400):
        assert told.unpaid_after(GRID_DAYS + more)[0] == pytest.approx(
            on_grid * 0.95**more, rel=1e-5
        )
    # 0.99^120 = .299; half of that is left after ln(.5) / ln(.95) = 13.5 days, so on day 134
    assert told.quantile(1 - on_grid / 2).tolist() == [AS_OF + GRID_DAYS + 14]


def test_questions_by_hand():
    told = curves([[0, 0, 0.5, 0, 1]], [0.1], dues=[AS_OF + 3])
    assert told.late(0).tolist() == [0.5]
    assert told.late(2).tolist() == [0.0]
    assert (told.quantile(0.5) - AS_OF).tolist() == [3]
    assert (told.quantile(0.51) - AS_OF).tolist() == [5]
    assert told.expected().tolist() == [AS_OF + 4]
    assert told.by_week(2).tolist() == [[1.0, 0.0]]


def test_an_item_that_is_never_paid_waits_the_longest_we_tell():
    told = curves([[0.0]], [0.0])
    assert told.quantile(0.5).tolist() == [AS_OF + LONGEST_DAYS]
    assert told.expected() == pytest.approx([AS_OF + LONGEST_DAYS], abs=0.01)
    assert by(told, 5000) == pytest.approx([0.0], abs=1e-6)


def test_curves_can_be_taken_apart_and_joined():
    told = curves([[0.1], [0.2], [0.3]], [0.01, 0.02, 0.03])
    parts = [told.take(np.array([row])) for row in (2, 0)]
    back = joined(parts)
    assert back.items["item_id"].to_list() == [3, 1]
    assert np.array_equal(back.paid, told.paid[[2, 0]])
    assert back.tail.tolist() == told.tail[[2, 0]].tolist()
    assert (back.as_of, back.model, tuple(back.items.columns)) == (AS_OF, "test", ITEM_COLUMNS)


def test_no_items_give_no_answers():
    told = curves([[0.1]], [0.1]).take(np.empty(0, np.int64))
    assert len(told) == len(told.quantile(0.5)) == len(told.expected()) == len(told.late(0)) == 0
    assert told.by_week(4).shape == (0, 4)
