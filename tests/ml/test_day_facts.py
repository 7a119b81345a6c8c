"""Bins of a day: always within their tables, the same however they are asked for."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.closed_days import calendar_names, closed_days
from dunwell.ml.curves import GRID_DAYS
from dunwell.ml.day_facts import GROUPS, day_bins
from dunwell.ml.features import FACTS, Lookups, Views, usual_amounts
from dunwell.ml.history import NEVER, as_known
from dunwell.ml.past import Past
from dunwell.ml.quick import QUICK_GROUPS, QuickTables
from dunwell.ml.tables import offsets
from dunwell.ml.tilt import COARSE, FINE
from tests.ml.books import rewritten, sample_history
from tests.ml.plain_facts import odd_history

BOOK = sample_history(400)
BOOKS = {"sample": BOOK, "odd": odd_history(3)}


def seen(known, items=None):
    """Return items as seen on the evening of the history's day, customers together."""
    rows = (known.items if items is None else items).sort("customer_id", "item_id")
    lookups = Lookups(known, Past(known), usual_amounts(known))
    names = calendar_names(rows, known)
    distinct = names.unique().sort()
    closed = closed_days(distinct.to_list(), first=known.as_of, last=known.as_of + 300)
    calendar = distinct.search_sorted(names).to_numpy()
    return lookups.views(rows, np.full(rows.height, known.as_of), calendar), closed


def ahead(known, count):
    days = known.as_of + 1 + np.arange(GRID_DAYS)
    return np.broadcast_to(days, (count, GRID_DAYS))


def inside(bins):
    """Say whether every bin of every group lies within its table."""
    return all(
        (axis >= 0).all() and (axis < size).all()
        for name, axes in bins.items()
        for axis, size in zip(axes, GROUPS[name], strict=True)
    )


@pytest.mark.parametrize("known", BOOKS.values(), ids=BOOKS)
def test_every_day_of_every_item_has_a_place_in_every_table(known):
    views, closed = seen(known)
    bins = day_bins(views, closed, ahead(known, known.items.height))
    assert tuple(bins) == tuple(GROUPS)
    assert inside(bins)


def test_facts_that_are_missing_or_beyond_all_measure_have_a_place_too():
    views, closed = seen(BOOK)
    random = np.random.default_rng(2)
    wild = random.choice(
        [np.nan, -1e6, -70, -0.5, 0, 0.5, 1, 33.3, 250, 1e6], (len(views.due), len(FACTS))
    )
    days = views.due + random.integers(-3000, 3000, len(views.due)).astype(np.int32)
    promised = np.where(random.random(len(views.due)) < 0.5, NEVER, days)
    odd = replace(
        views, facts=wild.astype(np.float32), due=days, promised=promised.astype(np.int32)
    )
    with np.errstate(invalid="ignore"):
        assert inside(day_bins(odd, closed, ahead(BOOK, len(views.due))))


def test_days_one_by_one_have_the_bins_of_days_together():
    views, closed = seen(BOOK)
    days = ahead(BOOK, len(views.due))
    together = day_bins(views, closed, days)
    for column in (0, 1, 40, GRID_DAYS - 1):
        alone = day_bins(views, closed, days[:, column])
        for name, axes in together.items():
            for one, many in zip(alone[name], axes, strict=True):
                wide = np.broadcast_to(many, days.shape)
                assert np.array_equal(one, wide[:, column]), name


def test_groups_can_be_asked_for_alone():
    views, closed = seen(BOOK)
    days = ahead(BOOK, len(views.due))
    some = day_bins(views, closed, days, ("due", "promise"))
    every = day_bins(views, closed, days)
    assert set(some) == {"due", "promise"}
    assert all(
        np.array_equal(one, two)
        for name in some
        for one, two in zip(some[name], every[name], strict=True)
    )


@pytest.mark.parametrize("group", GROUPS)
def test_what_happens_later_moves_no_bin(group):
    day = BOOK.as_of - 90
    then, other = as_known(BOOK, as_of=day), as_known(rewritten(BOOK, after=day), as_of=day)
    days = ahead(then, then.items.height)
    one, two = (day_bins(*seen(known), days, (group,))[group] for known in (then, other))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert any(len(np.unique(axis)) > 1 for axis in one)


@pytest.mark.parametrize("known", BOOKS.values(), ids=BOOKS)
def test_the_quick_way_through_the_tables_gives_what_looking_up_every_day_gives(known):
    random = np.random.default_rng(8)
    tables = {name: random.normal(0, 1, GROUPS[name]).astype(np.float32) for name in QUICK_GROUPS}
    # items not issued yet, due years ago or years ahead among them
    moved = known.items.with_columns(
        due_day=pl.col("due_day")
        + pl.Series(random.choice([0, -900, 900, 40], known.items.height)),
        issued_day=pl.col("issued_day")
        + pl.Series(random.choice([0, 0, 0, known.as_of - 20_300], known.items.height)),
        customer_id=pl.col("customer_id")
        + pl.Series(random.choice([0, 0, 9000, 9001], known.items.height)),
    ).with_columns(pl.col("due_day", "issued_day").cast(pl.Int32))
    views, closed = seen(known, moved)
    bins = day_bins(views, closed, ahead(known, moved.height), QUICK_GROUPS)
    slow = offsets(tables, -3.0, bins)
    quick = QuickTables(tables, -3.0).odds(views, closed, known.as_of + 1)
    assert quick == pytest.approx(slow, abs=1e-4)
    assert isinstance(views, Views)


@pytest.mark.parametrize("phases", [COARSE, FINE], ids=["coarse", "fine"])
def test_a_phase_has_as_many_days_as_fall_into_it_one_by_one(phases):
    moved = BOOK.items.with_columns(
        due_day=(pl.col("due_day") + pl.Series(np.arange(BOOK.items.height) % 400 - 200)).cast(
            pl.Int32
        )
    )
    views, _ = seen(BOOK, moved)
    days = ahead(BOOK, moved.height)
    told = phases.of(views, days)
    counted = [np.bincount(row, minlength=phases.count) for row in told]
    assert np.array_equal(phases.days_in(views, days), counted)
    assert (phases.days_in(views, days) > 0).any(axis=0).all()
