"""Office hours: moments ahead over nights, weekends, holidays and a change of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.office_hours import OfficeHours

BERLIN = OfficeHours(country="DE", zone="Europe/Berlin")


def at(day, hour, minute=0):
    """A moment on the wall in Berlin in winter, March 2026: an hour ahead of UTC."""
    return datetime(2026, 3, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(5, 10), 2, at(5, 12)),
        (at(5, 16), 2, at(6, 10)),
        (at(5, 7), 8, at(5, 17)),
        (at(6, 17), 1, at(9, 10)),
        (at(7, 12), 4, at(9, 13)),
        (at(5, 9), 16, at(6, 17)),
        # the clocks go forward on 29 March; Good Friday and Easter Monday are closed
        (datetime(2026, 3, 27, 15, tzinfo=UTC), 2, datetime(2026, 3, 30, 8, tzinfo=UTC)),
        (datetime(2026, 4, 2, 14, tzinfo=UTC), 2, datetime(2026, 4, 7, 8, tzinfo=UTC)),
    ],
)
def test_only_office_hours_count(start, hours, end):
    assert BERLIN.after(start, hours=hours) == end
    assert BERLIN.minutes_between(start, end) == hours * 60


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(1, 40), st.integers(1, 40))
def test_hours_add_up_and_as_many_minutes_lie_between(start, first, second):
    step = BERLIN.after(start, hours=first)
    assert step > start
    assert BERLIN.minutes_between(start, step) == first * 60
    assert BERLIN.after(step, hours=second) == BERLIN.after(start, hours=first + second)


@given(MOMENTS, st.integers(0, 200))
def test_nothing_lies_between_a_moment_and_an_earlier_one(start, hours):
    assert BERLIN.minutes_between(start, start - timedelta(hours=hours)) == 0
