"""Promises kept, kept in part, broken, open and withdrawn."""

from datetime import date

import pytest

from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.promises import OUTCOMES, assess_promises
from tests.engine.rows import allocations, answers, items, promises

MADE, DUE = date(2026, 3, 5), date(2026, 3, 20)
PROMISE = {"made_day": MADE, "due_day": DUE, "tolerance_days": 2}
JUDGED = date(2026, 3, 22)


def paid(on, amount=10_000, **other):
    return {"payment_id": 1, "amount_minor": amount, "applied_day": on, **other}


CASES = {
    "nothing yet": (date(2026, 3, 22), [], "open", 0),
    "nothing the day after": (date(2026, 3, 23), [], "broken", 0),
    "paid at once": (date(2026, 3, 6), [paid(date(2026, 3, 6))], "kept", 10_000),
    "paid on the last day": (date(2026, 3, 30), [paid(JUDGED)], "kept", 10_000),
    "paid a day too late": (date(2026, 3, 30), [paid(date(2026, 3, 23))], "broken", 0),
    "booked late, value in time": (
        date(2026, 3, 30),
        [paid(date(2026, 3, 28), value_day=DUE)],
        "kept",
        10_000,
    ),
    "value in time, not booked yet": (
        date(2026, 3, 27),
        [paid(date(2026, 3, 28), value_day=DUE)],
        "broken",
        0,
    ),
    "a cent short": (date(2026, 3, 30), [paid(DUE, 9_999)], "partially_kept", 9_999),
    "a cent short, still time": (date(2026, 3, 21), [paid(DUE, 9_999)], "open", 9_999),
    "paid before it was made": (date(2026, 3, 30), [paid(date(2026, 3, 4))], "broken", 0),
    "bounced after the judged day": (
        date(2026, 4, 10),
        [paid(DUE), paid(date(2026, 4, 2), -10_000)],
        "broken",
        0,
    ),
    "taken back in part after the judged day": (
        date(2026, 4, 10),
        [paid(DUE), paid(date(2026, 4, 2), -4_000)],
        "partially_kept",
        6_000,
    ),
    "not bounced yet": (
        date(2026, 4, 1),
        [paid(DUE), paid(date(2026, 4, 2), -10_000)],
        "kept",
        10_000,
    ),
    "more than promised": (date(2026, 3, 30), [paid(DUE, 25_000)], "kept", 10_000),
    "written off": (
        date(2026, 3, 30),
        [paid(DUE, source="write_off", payment_id=None)],
        "broken",
        0,
    ),
    "credited in full": (
        date(2026, 3, 30),
        [paid(DUE, source="credit", payment_id=None)],
        "withdrawn",
        0,
    ),
    "part paid, rest credited": (
        date(2026, 3, 30),
        [paid(DUE, 4_000), paid(DUE, 6_000, source="credit", payment_id=None)],
        "kept",
        4_000,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_outcome(name):
    as_of, rows, outcome, paid_minor = CASES[name]
    found = assess_promises(promises(PROMISE), allocations(*rows), items({}), as_of=as_of)

    assert answers(found, "outcome", "paid_minor") == [
        {"outcome": outcome, "paid_minor": paid_minor}
    ]
    assert outcome in OUTCOMES


@pytest.mark.parametrize(
    ("withdrawn", "as_of", "outcome"),
    [
        (date(2026, 3, 10), date(2026, 3, 9), "open"),
        (date(2026, 3, 10), date(2026, 3, 10), "withdrawn"),
        (date(2026, 3, 10), date(2026, 4, 30), "withdrawn"),
        (date(2026, 3, 23), date(2026, 4, 30), "broken"),
    ],
)
def test_a_promise_withdrawn_before_it_is_judged_is_not_judged(withdrawn, as_of, outcome):
    words = promises({**PROMISE, "withdrawn_day": withdrawn})
    late = allocations(paid(date(2026, 4, 1)))

    assert answers(assess_promises(words, late, items({}), as_of=as_of), "outcome") == [
        {"outcome": outcome}
    ]


def test_one_item_paid_twice_does_not_keep_the_promise_for_another():
    words = promises(
        {**PROMISE, "promise_id": 7, "item_id": 1}, {**PROMISE, "promise_id": 7, "item_id": 2}
    )
    found = assess_promises(
        words, allocations(paid(DUE, 20_000)), items({}), as_of=date(2026, 3, 30)
    )

    assert answers(found) == [
        {
            "promise_id": 7,
            "customer_id": 1,
            "currency": "EUR",
            "made_day": day_number(MADE),
            "due_day": day_number(DUE),
            "judged_day": day_number(JUDGED),
            "withdrawn_day": None,
            "promised_minor": 20_000,
            "paid_minor": 10_000,
            "credited_minor": 0,
            "outcome": "partially_kept",
        }
    ]


@pytest.mark.parametrize(
    ("due", "tolerance", "judged"),
    [
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 2), 0, date(2026, 4, 2)),
        (date(2026, 4, 5), 0, date(2026, 4, 5)),  # a Sunday stays
        (date(2026, 4, 5), 1, date(2026, 4, 7)),
        (date(2027, 4, 5), 3, date(2027, 4, 8)),  # outside the calendar: calendar days
    ],
)
def test_with_a_calendar_tolerance_is_business_days(due, tolerance, judged):
    words = promises({"made_day": MADE, "due_day": due, "tolerance_days": tolerance})
    calendar = calendar_days("DE", first=date(2026, 1, 1), last=date(2026, 12, 31))
    found = assess_promises(
        words, allocations(), items({}), as_of=date(2026, 4, 6), calendar=calendar
    )

    assert answers(found, "judged_day") == [{"judged_day": day_number(judged)}]
