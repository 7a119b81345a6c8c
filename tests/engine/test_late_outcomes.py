"""Items that were more than 90 days late while open, each on its first such day."""

from datetime import date, timedelta

from dunwell.engine.calendars import day_number
from dunwell.engine.late_outcomes import late_outcomes
from dunwell.engine.ledger import Ledger
from tests.engine import rows

DUE = date(2026, 1, 31)
LATE = DUE + timedelta(days=91)


def outcomes(*money, **item):
    ledger = Ledger(
        items=rows.items({"item_id": 1, "customer_id": 7, "due_day": DUE, **item}),
        allocations=rows.allocations(*money),
        payments=rows.payments(),
        disputes=rows.disputes(),
        promises=rows.promises(),
    )
    return [
        (row["customer_id"], row["item_id"], row["late_day"])
        for row in rows.answers(late_outcomes(ledger))
    ]


def paid(on, amount_minor=10_000, **changes):
    return {"item_id": 1, "applied_day": on, "amount_minor": amount_minor, **changes}


def test_an_item_never_paid_counts_from_the_day_after_ninety():
    assert outcomes() == [(7, 1, day_number(LATE))]


def test_an_item_paid_the_day_before_never_counts_and_on_the_day_it_does():
    assert outcomes(paid(LATE - timedelta(days=1))) == []
    assert outcomes(paid(LATE)) == [(7, 1, day_number(LATE))]


def test_a_part_left_open_counts_and_a_credit_note_never():
    assert outcomes(paid(DUE, 9_999)) == [(7, 1, day_number(LATE))]
    assert outcomes(amount_minor=-100) == []


def test_what_was_written_off_stays_unpaid_and_a_payment_taken_back_was_none():
    assert outcomes(paid(DUE, source="write_off")) == [(7, 1, day_number(LATE))]
    assert outcomes(paid(DUE), paid(DUE, -10_000)) == [(7, 1, day_number(LATE))]
