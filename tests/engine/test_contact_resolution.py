"""First-contact resolution, and the hours of work an answer takes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.answer_clock import work_began, work_minutes
from dunwell.engine.contact_resolution import CHOICES, Thread, chosen, grouped, judged, line

PLACE = {"country": "DE", "zone": "Europe/Berlin"}
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Nine o'clock in Berlin."""
LATER = MONDAY + timedelta(days=60)


def hours(n):
    return MONDAY + timedelta(hours=n)


def thread(**fields):
    values = {
        "conversation_id": 1, "label": "promise", "person": "eva", "came_at": (MONDAY,),
        "answered_at": (hours(2),), "done_at": hours(3), "reopened": 0, "is_open": False,
        **fields,
    }  # fmt: skip
    return Thread(**values)


def verdict(at=LATER, **fields):
    return judged(thread(**fields), at=at, hours=8, **PLACE).verdict


def test_one_answer_and_done_is_the_first_contact():
    assert verdict() == "first"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"answered_at": (hours(2), hours(5))}, "repeat"),
        ({"came_at": (MONDAY, hours(30))}, "repeat"),
        ({"came_at": (MONDAY, hours(1))}, "first"),
        ({"reopened": 1}, "repeat"),
        ({"came_at": (MONDAY, hours(24 * 20)), "reopened": 1}, "first"),
        ({"answered_at": ()}, "unanswered"),
        ({"done_at": None, "is_open": True}, "unanswered"),
    ],
)
def test_what_comes_back_within_the_window_was_not_the_first_contact(fields, expected):
    assert verdict(**fields) == expected


def test_what_was_done_lately_is_not_judged_yet():
    done = hours(3)

    assert verdict(at=done + timedelta(days=7) - timedelta(seconds=1)) == "early"
    assert verdict(at=done + timedelta(days=7)) == "first"


def test_nights_weekends_and_holidays_are_no_work():
    friday = datetime(2026, 4, 2, 14, tzinfo=UTC)  # Thursday before Good Friday, 16:00 in Berlin
    tuesday = datetime(2026, 4, 7, 8, tzinfo=UTC)  # the day after Easter Monday, 10:00

    assert work_minutes(friday, tuesday, **PLACE) == 120
    assert work_minutes(tuesday, friday, **PLACE) == 0


@given(st.integers(0, 60 * 24 * 30), st.integers(1, 4_000))
def test_since_work_began_so_much_work_has_passed(offset, minutes):
    at = MONDAY + timedelta(minutes=offset)
    began = work_began(at, minutes, **PLACE)

    assert work_minutes(began, at, **PLACE) == minutes


def test_a_line_counts_and_its_threads_sum_to_it():
    found = [
        judged(one, at=LATER, hours=8, **PLACE)
        for one in (
            thread(),
            thread(conversation_id=2, answered_at=(hours(30),), done_at=hours(31), label=""),
            thread(conversation_id=3, answered_at=(hours(2), hours(5)), person=""),
            thread(conversation_id=4, answered_at=(), done_at=None, is_open=True),
        )
    ]
    total = line("", found)

    assert (
        total.conversations, total.resolved, total.first, total.first_ppm, total.answered,
        total.answer_minutes, total.timed, total.in_time, total.in_time_ppm, total.backlog,
    ) == (4, 3, 2, 666_667, 3, 120, 4, 2, 500_000, 1)  # fmt: skip
    for name in CHOICES:
        assert len(chosen(found, name)) == getattr(total, name)
        assert sum(getattr(one, name) for one in grouped(found, by="label")) == getattr(
            total, name
        )
    assert [one.name for one in grouped(found, by="person")] == ["eva", ""]
