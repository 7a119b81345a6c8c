"""Early warnings: each told by a story, and what kind of sign it is."""

from dataclasses import replace
from datetime import date

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_answers import REPLIES
from dunwell.engine.early_warnings import WARNING_CODES, early_warnings, stances
from dunwell.engine.ledger import Ledger
from tests.engine import rows

AS_OF = date(2026, 6, 29)
DAY = day_number(AS_OF)

WEEKLY = [7 * n + 3 for n in range(100, -1, -1)]
"""Days ago on which an item of 100.00 was due, one a week for two years."""


def ledger(
    *,
    late: int = 2,
    open_last: int = 0,
    size: int = 10_000,
    words=(),
    disputed=(),
    reversed_ago=(),
) -> Ledger:
    """A customer that pays `late` days late, but has not paid the last items."""
    due = dict(enumerate(WEEKLY, 1))
    paid = {n: ago for n, ago in due.items() if n <= len(due) - open_last and ago > late}
    return Ledger(
        items=rows.items(
            *[
                {
                    "item_id": n,
                    "issued_day": DAY - ago - 30,
                    "due_day": DAY - ago,
                    "amount_minor": size if n > len(due) - open_last else 10_000,
                }
                for n, ago in due.items()
            ]
        ),
        allocations=rows.allocations(
            *[
                {"item_id": n, "payment_id": n, "applied_day": DAY - ago + late}
                for n, ago in paid.items()
            ]
        ),
        payments=rows.payments(
            *[{"payment_id": n, "value_day": DAY - ago + late} for n, ago in paid.items()],
            *[
                {"payment_id": 500 + n, "value_day": DAY - ago, "amount_minor": -10_000}
                for n, ago in enumerate(reversed_ago)
            ],
        ),
        disputes=rows.disputes(
            *[{"item_id": item, "opened_day": DAY - ago} for item, ago in disputed]
        ),
        promises=rows.promises(*words),
    )


def warned(of: Ledger, **words: nw.LazyFrame) -> dict[object, dict[str, object]]:
    found = rows.answers(early_warnings(of, as_of=AS_OF, **words))
    return {row.pop("code"): row for row in found}


def shown(row: dict[str, object]) -> tuple[object, ...]:
    names = ("kind", "unit", "measured", "usual", "since_day", "evidence", "severity")
    return tuple(row[name] for name in names)


def promise(number: int, item: int, ago: int) -> dict[str, object]:
    """A promise of an item, made ten days before it was due."""
    return {
        "promise_id": number,
        "item_id": item,
        "made_day": DAY - ago - 10,
        "due_day": DAY - ago,
    }


def told(*days_ago: int, item: int = 100) -> nw.LazyFrame:
    return rows.contacts(*[{"item_id": item, "contacted_day": DAY - ago} for ago in days_ago])


def test_a_steady_customer_raises_no_warning():
    assert warned(ledger()) == {}


def test_paying_later_than_before():
    of = ledger(open_last=5)
    since = DAY - WEEKLY[-5]

    # 31, 24, 17, 10 and 3 days late so far, after two days for two years
    assert shown(warned(of)["paying_later"]) == ("unclear", "days", 17, 2, since, 5, 2)


def test_promises_broken_lately():
    of = ledger(open_last=3, words=[promise(1, 99, 20), promise(2, 100, 9), promise(3, 101, -5)])
    expected = ("hardship", "count", 2, 0, DAY - 19, 2, 2)

    assert shown(warned(of)["promises_broken"]) == expected


def test_a_customer_that_always_broke_promises_has_not_changed():
    always = [promise(n, 101, 9 + 30 * n) for n in range(20)]

    assert "promises_broken" not in warned(ledger(open_last=2, words=always))


def test_the_first_returned_payment():
    found = warned(ledger(reversed_ago=[8]))
    usual = warned(ledger(reversed_ago=[8, 108, 208, 308, 408, 508, 608]))

    assert shown(found["payments_returned"]) == ("hardship", "count", 1, 0, DAY - 8, 1, 2)
    assert "payments_returned" not in usual


def part(amount: int, ago: int, *, of: Ledger) -> Ledger:
    """The ledger with a part of item 101 paid."""
    day = DAY - ago
    paid = rows.allocations(
        {"item_id": 101, "payment_id": 700, "amount_minor": amount, "applied_day": day}
    )
    return replace(of, allocations=nw.concat([of.allocations, paid]))


@pytest.mark.parametrize(
    ("amount", "severity"),
    [(4_321, 1), (5_000, 2), (9_600, None)],
    ids=["odd amount", "round amount", "short-paid only"],
)
def test_the_first_part_payment(amount, severity):
    found = warned(part(amount, 1, of=ledger(open_last=1))).get("part_payments")
    expected = ("hardship", "count", 1, 0, DAY - 1, 1, severity)

    assert (found and shown(found)) == (expected if severity else None)


def test_disputes_that_only_come_after_a_reminder_are_refusal():
    disputed = [(99, 10), (100, 4)]
    reminded = rows.contacts(
        {"item_id": 99, "contacted_day": DAY - 12}, {"item_id": 100, "contacted_day": DAY - 6}
    )
    of = ledger(open_last=3, disputed=disputed)

    assert shown(warned(of, contacts=reminded)["disputes"]) == (
        *("refusal", "count", 2, 0),
        *(DAY - 10, 2, 2),
    )
    assert "disputes" not in warned(of)


def test_a_burst_of_disputes_without_reminders_is_unclear():
    of = ledger(disputed=[(99, 10), (100, 4), (101, 1)])

    assert shown(warned(of)["disputes"]) == ("unclear", "count", 3, 0, DAY - 10, 3, 1)


def test_slower_answers_to_contacts():
    past = [{"item_id": n, "contacted_day": DAY - WEEKLY[n - 1] - 1} for n in range(40, 60)]
    lately = [{"item_id": 101, "contacted_day": DAY - ago} for ago in (60, 40)]
    found = warned(ledger(open_last=1), contacts=rows.contacts(*past, *lately))

    # answered with money three days later, now not for 30 days
    assert shown(found["slower_answers"]) == ("unclear", "days", 30, 3, DAY - 60, 2, 1)


def test_an_open_amount_far_above_the_usual_one():
    found = warned(ledger(open_last=4, size=80_000))["open_above_usual"]

    # 45 000 were open on average, four or five items; now 320 000 are
    assert shown(found) == ("unclear", "ppm", 7_111_111, 1_000_000, DAY, 4, 2)


def silent(**changes) -> Ledger:
    """A customer that paid weekly until 60 days ago."""
    return ledger(open_last=9, **changes)


def test_silence_is_refusal_only_after_reminders():
    last = DAY - WEEKLY[91] + 2
    days = DAY - last

    assert shown(warned(silent())["silence"]) == (
        *("unclear", "days", days, 7),
        *(last + 1, 0, 1),
    )
    assert shown(warned(silent(), contacts=told(20, 40))["silence"]) == (
        *("refusal", "days", days, 7),
        *(last + 1, 2, 2),
    )


@pytest.mark.parametrize(
    "words",
    [
        {"replies": rows.table(REPLIES, [{"customer_id": 1, "replied_day": DAY - 5}])},
        {"of": silent(words=[promise(1, 101, 5)])},
        {"of": silent(disputed=[(101, 5)])},
    ],
    ids=["reply", "promise", "dispute"],
)
def test_a_word_ends_the_silence(words):
    given = dict(words)
    of = given.pop("of", None) or silent()

    assert "silence" not in warned(of, **given)


def test_orders_that_stopped_while_something_is_overdue():
    of = ledger(open_last=1)
    before = of.items.filter(nw.col("issued_day") <= DAY - 100)
    due = rows.items({"item_id": 999, "issued_day": DAY - 100, "due_day": DAY - 70})
    stopped = replace(of, items=nw.concat([before, due]))
    paid = replace(of, items=before)

    assert warned(stopped)["orders_stopped"]["usual"] > 10
    assert shown(warned(stopped)["orders_stopped"])[:3] == ("unclear", "count", 0)
    assert "orders_stopped" not in warned(paid)


def test_a_stance_weighs_signs_of_hardship_against_signs_of_refusal():
    def stance(of: Ledger, **words: nw.LazyFrame) -> list[tuple[object, ...]]:
        found = stances(early_warnings(of, as_of=AS_OF, **words))
        return [tuple(row.values())[1:] for row in rows.answers(found)]

    # hardship: a returned debit; refusal: silence after reminders; both; paying later only
    assert stance(ledger(reversed_ago=[8])) == [(1, 2, 2, 0, "hardship")]
    assert stance(silent(), contacts=told(20, 40))[0][2:] == (0, 2, "refusal")
    assert stance(silent(reversed_ago=[8]), contacts=told(20, 40))[0][2:] == (2, 2, "mixed")
    assert stance(ledger(open_last=5))[0][2:] == (0, 0, "unclear")


def test_every_code_is_told_in_some_story():
    stories = [
        ({}, ledger(open_last=5)),
        ({}, ledger(open_last=3, words=[promise(1, 99, 20), promise(2, 100, 9)])),
        ({}, part(5_000, 1, of=ledger(open_last=1, reversed_ago=[8]))),
        ({}, ledger(disputed=[(99, 10), (100, 4), (101, 1)])),
        ({}, ledger(open_last=4, size=80_000)),
        ({}, silent()),
    ]
    found = {code for words, of in stories for code in warned(of, **words)}

    assert set(WARNING_CODES) - found == {"slower_answers", "orders_stopped"}
