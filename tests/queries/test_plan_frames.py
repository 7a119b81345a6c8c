"""What running plans say of the days their items are paid on, as the pay-date model sees it."""

from datetime import date, timedelta

import pytest

from dunwell.engine.calendars import day_number
from dunwell.ml.history import as_known
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.actions.ledger_rows import invoice
from tests.actions.plan_rows import accepted, judged, paid
from tests.conftest import TODAY

MARCH, APRIL, MAY = date(2026, 3, 9), date(2026, 4, 9), date(2026, 5, 11)
FAILED, CURED = date(2026, 4, 8), date(2026, 4, 10)


def promises(company, as_of):
    """(item, made, due, withdrawn) of each promise the model knows of."""
    frame = company_history(Books(company), as_of=as_of).promises
    return frame.sort("made_day", "item_id").select("made_day", "due_day", "withdrawn_day").rows()


def days(*told):
    return tuple(None if day is None else day_number(day) for day in told)


@pytest.fixture
def items(customer):
    return [invoice(customer, "R1", 500_00), invoice(customer, "R2", 400_00)]


def test_each_item_is_promised_for_the_instalment_that_pays_the_last_of_it(
    company, collector, items
):
    assert promises(company, TODAY) == []
    accepted(collector, items)
    # 500 and 400 by instalments of 300: the first is paid in April, the second in May
    assert promises(company, TODAY) == [days(TODAY, APRIL, None), days(TODAY, MAY, None)]
    assert promises(company, TODAY - timedelta(days=1)) == []


def test_no_day_sees_what_comes_of_the_plan_later(company, collector, customer, items):
    accepted(collector, items)
    seen = {}
    looked = (TODAY, FAILED - timedelta(days=1), FAILED, CURED, MAY)

    def look(day):
        seen[day] = company_history(Books(company), as_of=day).promises

    look(TODAY)
    look(looked[1])
    judged(company, FAILED)
    look(FAILED)
    assert promises(company, FAILED) == [days(TODAY, APRIL, FAILED), days(TODAY, MAY, FAILED)]
    paid(customer, "P1", {items[0]: 500_00, items[1]: 100_00}, CURED)
    judged(company, CURED)
    look(CURED)
    assert promises(company, CURED)[2:] == [days(CURED, APRIL, None), days(CURED, MAY, None)]
    paid(customer, "P2", {items[1]: 300_00}, MAY)
    judged(company, MAY)
    look(MAY)

    whole = company_history(Books(company), as_of=MAY)
    for day in looked:
        then = company_history(Books(company), as_of=day).promises
        assert then.equals(seen[day])
        known = as_known(whole, as_of=day_number(day)).promises
        assert known.sort(known.columns).equals(then.sort(then.columns))
