"""How items stood on several days at once: the same as day by day."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items, settled_items
from dunwell.engine.standings import OPEN_THEN, SETTLED_THEN, opened, paid, standings
from dunwell.formats.frames import kept
from tests.engine.ledgers import FIRST, SPAN, random_rows
from tests.engine.rows import answers


@pytest.mark.parametrize("keep", [lambda frame: frame, kept], ids=["lazy", "kept"])
@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32),
    back=st.lists(st.integers(0, SPAN), max_size=3, unique=True),
    day=st.integers(60, SPAN),
    window=st.integers(1, 200),
)
def test_each_day_has_what_was_open_then_and_the_last_what_was_paid(seed, back, day, window, keep):
    ledger, as_of = random_rows(seed, currencies=3, items_each=30).ledger(), at(day)
    days = list(dict.fromkeys([as_of, *(as_of - timedelta(days=n) for n in back)]))
    last = day_number(as_of)
    first = last - window + 1
    standing = keep(standings(ledger.items, ledger.allocations, days=days, since=first))
    for on in days:
        one = open_items(ledger.items, ledger.allocations, as_of=on)
        assert answers(opened(standing, days=days, on=on)) == answers(one.select(*OPEN_THEN))

    settled = settled_items(ledger.items, ledger.allocations, as_of=as_of).filter(
        nw.col("settled_day").is_between(first, last),
        ~nw.col("paid_day").is_null(),
        nw.col("amount_minor") > 0,
    )
    assert answers(paid(standing, first=first, last=last)) == answers(
        settled.select(*SETTLED_THEN)
    )


def at(day: int) -> date:
    return FIRST + timedelta(days=day)


def test_other_days_lie_before_the_first_and_a_day_not_named_is_refused():
    ledger = random_rows(1, currencies=1, items_each=3).ledger()
    with pytest.raises(ValueError, match="the one the others lie before"):
        standings(ledger.items, ledger.allocations, days=[at(60), at(61)], since=0)
    standing = standings(ledger.items, ledger.allocations, days=[at(60)], since=0)
    with pytest.raises(ValueError, match="not in list"):
        opened(standing, days=[at(60)], on=at(59))
