"""Payment habits: labels, their inputs, and what is expected next."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine.behaviour import HABIT_LABELS, habits
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.items import open_items
from dunwell.engine.ledger import Ledger
from dunwell.engine.pay_days import expected_payments
from tests.engine.rows import allocations, answers, disputes, items, payments, promises

AS_OF = date(2026, 6, 30)
WEEKS = calendar_days("DE", first=date(2024, 1, 1), last=date(2027, 12, 31))


def ledger(
    *history: tuple[date, int], amount=10_000, still_open=(), words=(), customer=1
) -> Ledger:
    """A customer that paid items due on days so many days late; others are still open."""
    due = [
        {
            "customer_id": customer,
            "issued_day": on - timedelta(days=30),
            "due_day": on,
            "amount_minor": amount,
        }
        for on in [*(on for on, _ in history), *still_open]
    ]
    paid_on = [on + timedelta(days=late) for on, late in history]
    return Ledger(
        items=items(*due),
        allocations=allocations(
            *[
                {"item_id": n, "payment_id": n, "applied_day": on, "amount_minor": amount}
                for n, on in enumerate(paid_on, 1)
            ]
        ),
        payments=payments(
            *[{"value_day": on, "customer_id": customer, "amount_minor": amount} for on in paid_on]
        ),
        disputes=disputes(),
        promises=promises(*words),
    )


def monthly(lates, *, first=date(2024, 8, 14)):
    """Due days a month apart with the given days late."""
    return [(first + timedelta(days=30 * n), late) for n, late in enumerate(lates)]


def habit(of: Ledger) -> dict[str, object]:
    (row,) = answers(habits(of, WEEKS, as_of=AS_OF))
    return row


def month_end_run(on: date) -> int:
    """Days from a due day to the last business day of its month."""
    (row,) = answers(WEEKS.filter(nw.col("day") == day_number(on)))
    return row["last_business_day"] - day_number(on)


TIGHT = [
    35 if (date(2024, 8, 14) + timedelta(days=30 * n)).month in (12, 1) else 1 for n in range(22)
]
RUNS = [(on, month_end_run(on)) for on, _ in monthly(range(20), first=date(2024, 9, 8))]
HISTORIES = {
    "prompt": ledger(*monthly([0, 1, -1, 2, 0, 40, 1])),
    "slow": ledger(*monthly([20, 25, 18, 22, 24, 21, 19], first=date(2025, 2, 26))),
    "steady": ledger(*monthly([6, 6, 7, 6, 5, 6, 6])),
    "month_end": ledger(*RUNS),
    "seasonal": ledger(*monthly(TIGHT)),
    "failing": ledger(*monthly([1, 2, 3, 4, 6, 9, 14, 20, 28, 37, 47, 58])),
    "new": ledger(*monthly([0, 0])),
}


@pytest.mark.parametrize("label", HABIT_LABELS)
def test_each_habit_is_recognised(label):
    assert habit(HISTORIES[label])["habit"] == label


def test_a_customer_that_stopped_paying_is_failing_even_without_history():
    silent = ledger(still_open=[AS_OF - timedelta(days=60)])
    recent = ledger(still_open=[AS_OF - timedelta(days=59)])

    assert (habit(silent)["habit"], habit(silent)["oldest_overdue_days"]) == ("failing", 60)
    assert (habit(recent)["habit"], habit(recent)["oldest_overdue_days"]) == ("new", 59)


def test_a_season_seen_in_one_year_only_is_no_season():
    once = [late if n < 12 else 1 for n, late in enumerate(TIGHT)]

    assert habit(ledger(*monthly(once)))["season_month"] is None
    assert habit(HISTORIES["seasonal"])["season_month"] == 12


def test_the_inputs_of_a_habit():
    words = [
        {"made_day": date(2026, 5, 1), "due_day": date(2026, 5, 20)},
        {"made_day": date(2026, 6, 25), "due_day": date(2026, 7, 20)},
    ]
    row = habit(ledger(*monthly([0] * 10 + [10] * 10), words=words))

    assert row == {
        "customer_id": 1,
        "settled_items": 20,
        "mean_days_late": 5.0,
        "median_days_late": 0,
        "spread_days": 5.0,
        "recent_days_late": 10.0,
        "trend_days": 10.0,
        "late_ppm": 500_000,
        "month_end_ppm": row["month_end_ppm"],
        "pay_weekday": None,
        "typical_days_late": 0,
        "season_month": None,
        "last_payment_day": day_number(date(2024, 8, 14) + timedelta(days=580)),
        "oldest_overdue_days": 0,
        "promises_broken": 1,
        "expected_days_late": 0,
        "habit": "prompt",
    }


def test_lateness_weighs_by_amount_within_a_currency_only():
    def item(number, currency, amount, late):
        due = date(2026, 3, 1)
        return (
            {"item_id": number, "currency": currency, "amount_minor": amount, "due_day": due},
            {
                "item_id": number,
                "payment_id": number,
                "amount_minor": amount,
                "applied_day": due + timedelta(days=late),
            },
        )

    rows = [
        item(1, "EUR", 1_000, 0),
        item(2, "EUR", 3_000, 8),
        item(3, "JPY", 900_000, 20),
        item(4, "JPY", 900_000, 20),
    ]
    owed = items(*[row for row, _ in rows])
    booked = allocations(*[row for _, row in rows])
    row = habit(Ledger(owed, booked, payments(), disputes(), promises()))

    # Euros alone: (1 * 0 + 3 * 8) / 4 = 6; yen 20; two items each.
    assert (row["mean_days_late"], row["median_days_late"]) == (13.0, 8)


def test_a_short_history_is_drawn_towards_the_portfolio():
    slow = ledger(*monthly([30] * 20))
    two = ledger(*monthly([0, 0, 0]), customer=2)
    shift = 20
    both = Ledger(
        items=nw.concat([slow.items, two.items.with_columns(nw.col("item_id") + shift)]),
        allocations=nw.concat(
            [
                slow.allocations,
                two.allocations.with_columns(nw.col("item_id", "payment_id") + shift),
            ]
        ),
        payments=slow.payments,
        disputes=disputes(),
        promises=promises(),
    )
    found = answers(habits(both, WEEKS, as_of=AS_OF), "customer_id", "expected_days_late")

    # Portfolio 600 / 23 = 26.09; (20 * 30 + 3 * 26.09) / 23 = 29.5, (0 + 3 * 26.09) / 6 = 13.04.
    assert [row["expected_days_late"] for row in found] == [29, 13]


def test_a_payment_run_on_one_weekday_is_seen():
    thursdays = [(on, (3 - on.weekday()) % 7) for on, _ in monthly(range(8))]

    assert habit(ledger(*thursdays))["pay_weekday"] == 4


def expected_day(of: Ledger) -> list[date]:
    opened = open_items(of.items, of.allocations, as_of=AS_OF)
    found = expected_payments(opened, habits(of, WEEKS, as_of=AS_OF), WEEKS, as_of=AS_OF)
    return [date(1970, 1, 1) + timedelta(days=r["expected_pay_day"]) for r in answers(found)]


def with_open(lates, due):
    return ledger(*monthly(lates), still_open=[due])


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        # Always 6 days late: due Friday the 10th, expected Thursday the 16th of July.
        (with_open([6] * 12, date(2026, 7, 10)), date(2026, 7, 16)),
        # Sunday moves to Monday.
        (with_open([6] * 12, date(2026, 7, 13)), date(2026, 7, 20)),
        # Ten days later than its habit already: ten more, Friday.
        (with_open([6] * 12, date(2026, 6, 14)), date(2026, 7, 10)),
        # One day later than its habit: three more at least, Friday.
        (with_open([6] * 12, date(2026, 6, 23)), date(2026, 7, 3)),
        # Half a year late: sixty more at most, Saturday moves to Monday.
        (with_open([6] * 12, date(2026, 1, 5)), date(2026, 8, 31)),
        # A month-end payer pays with the run of the month it is due in.
        (ledger(*RUNS, still_open=[date(2026, 7, 8)]), date(2026, 7, 31)),
    ],
)
def test_the_expected_day_of_payment(of, expected):
    assert expected_day(of)[-1:] == [expected]


def test_a_weekday_payer_is_expected_on_its_weekday():
    thursdays = [(on, (3 - on.weekday()) % 7) for on, _ in monthly(range(12))]
    (day,) = expected_day(ledger(*thursdays, still_open=[date(2026, 7, 10)]))

    assert day.isoweekday() == 4


def test_credit_notes_are_not_expected_to_be_paid():
    of = ledger()
    credit = items({"kind": "credit_note", "amount_minor": -500})

    assert (
        answers(
            expected_payments(
                open_items(credit, allocations(), as_of=AS_OF),
                habits(of, WEEKS, as_of=AS_OF),
                WEEKS,
                as_of=AS_OF,
            )
        )
        == []
    )
