"""On which day a report is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import is_business_day
from dunwell.engine.report_clock import DAY, EVERY, MONTH, WEEK, report_day

LONG_AGO = date(2020, 1, 1)
CASES = [
    (DAY, "2026-11-27", "2026-11-27"),
    (DAY, "2026-11-28", "2026-11-27"),
    (DAY, "2026-12-25", "2026-12-24"),
    (WEEK, "2026-11-27", "2026-11-23"),
    (WEEK, "2026-11-23", "2026-11-23"),
    # Easter Monday: the week's report is Tuesday's, and on Monday still that of the week before
    (WEEK, "2026-04-06", "2026-03-30"),
    (WEEK, "2026-04-07", "2026-04-07"),
    (MONTH, "2026-11-01", "2026-10-01"),
    (MONTH, "2026-11-02", "2026-11-02"),
    (MONTH, "2027-01-01", "2026-12-01"),
    (MONTH, "2027-01-04", "2027-01-04"),
]


@pytest.mark.parametrize(("every", "as_of", "due"), CASES)
def test_a_report_is_due_on_open_days(every, as_of, due):
    day = report_day(every, from_on=LONG_AGO, as_of=date.fromisoformat(as_of), country="DE")
    assert day == date.fromisoformat(due)


@given(st.sampled_from(EVERY), st.dates(date(2025, 2, 1), date(2027, 12, 31)))
def test_the_due_day_is_open_has_come_and_stays_until_the_next(every, as_of):
    day = report_day(every, from_on=LONG_AGO, as_of=as_of, country="DE")
    assert day is not None and day <= as_of
    assert is_business_day(day, country="DE")
    assert report_day(every, from_on=LONG_AGO, as_of=day, country="DE") == day
    later = report_day(every, from_on=LONG_AGO, as_of=as_of + timedelta(days=1), country="DE")
    assert later is not None and later >= day


def test_before_its_first_day_nothing_is_due_and_another_rhythm_is_refused():
    on = {"as_of": date(2026, 11, 27), "country": "DE"}
    assert report_day(WEEK, from_on=date(2026, 11, 24), **on) is None
    with pytest.raises(ValueError, match="a report comes every day, week, month"):
        report_day("hour", from_on=LONG_AGO, **on)
