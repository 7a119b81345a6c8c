"""Neighbours and sums so far in a log, against a loop over each case."""

import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.process.order import in_order, with_next, with_sum_so_far

EVENT = st.tuples(
    st.integers(1, 4), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(-9, 9)
)
SCHEMA = ["case_id", "day", "place", "moment", "settled_minor"]
TYPES = dict.fromkeys((*SCHEMA, "event_id"), pl.Int64)


@given(st.lists(EVENT, max_size=25))
def test_each_event_knows_its_place_its_next_one_and_what_was_settled(rows):
    events = pl.DataFrame(
        [(*row, key) for key, row in enumerate(rows)], schema=TYPES, orient="row"
    )
    told = with_sum_so_far(in_order(nw.from_native(events.lazy())), "settled_minor", "so_far")
    found = with_next(told, next_id="event_id", next_day="day").collect().to_native()

    expected = []
    in_turn = sorted(enumerate(rows), key=lambda one: (one[1][:4], one[0]))
    for at, (key, row) in enumerate(in_turn):
        mine = [(n, other) for n, other in in_turn if other[0] == row[0]]
        place = [n for n, _ in mine].index(key)
        coming = mine[place + 1] if place + 1 < len(mine) else (None, (None, None))
        so_far = sum(other[4] for _, other in mine[: place + 1])
        expected.append((at, key, at - place, so_far, coming[0], coming[1][1]))
    columns = ["at", "event_id", "first_at", "so_far", "next_id", "next_day"]
    assert sorted(found.select(columns).rows()) == expected
