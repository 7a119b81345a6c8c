"""What of a ledger was known on a day: the day itself belongs to it, the next one does not."""

from datetime import date, timedelta

import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.ledger import happened, known, known_ledger
from tests.engine.ledgers import random_rows
from tests.engine.rows import answers, disputes, items

DAY = date(2026, 3, 31)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_what_was_recorded_on_the_day_was_known_at_its_end():
    frame = items({"recorded_day": BEFORE}, {"recorded_day": DAY}, {"recorded_day": AFTER})

    assert [row["item_id"] for row in answers(known(frame, on=DAY), "item_id")] == [1, 2]


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        (BEFORE, None, [None]),
        (BEFORE, BEFORE, [BEFORE]),
        (BEFORE, DAY, [DAY]),
        (BEFORE, AFTER, [None]),
        (DAY, DAY, [DAY]),
        (DAY, AFTER, [None]),
        (AFTER, None, []),
        (AFTER, AFTER, []),
    ],
)
def test_a_beginning_and_an_end_count_from_their_own_day_on(opened, closed, expected):
    frame = disputes({"opened_day": opened, "closed_day": closed})
    found = happened(frame, "opened_day", ends="closed_day", as_of=DAY)

    assert [row["closed_day"] for row in answers(found)] == [
        None if day is None else day_number(day) for day in expected
    ]


def test_a_ledger_is_known_as_its_rows_are_on_every_day_on_which_something_was_recorded():
    rows = random_rows(3, items_each=12)
    days = {row["recorded_day"] for row in (*rows.items, *rows.allocations, *rows.payments)}
    days |= {row[end] for row in rows.disputes for end in ("opened_day", "closed_day")}
    days |= {row[end] for row in rows.promises for end in ("made_day", "withdrawn_day")}
    for day in sorted(days - {None})[::4]:
        on = date(1970, 1, 1) + timedelta(days=day)
        seen, then = known_ledger(rows.ledger(), on=on), rows.recorded(on).ledger()
        for name in ("items", "allocations", "payments", "disputes", "promises"):
            assert answers(getattr(seen, name)) == answers(getattr(then, name)), (name, on)
