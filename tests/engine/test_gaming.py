"""What the checks against gaming take out of targets, and what they leave alone."""

from datetime import UTC, date, datetime, timedelta

from dunwell.engine.gaming import (
    CallMade,
    DisputeClosed,
    PromiseJudged,
    Receipt,
    collected,
    disputes_resolved,
    promises_honest,
    promises_kept,
    quick_calls,
    share_standing,
)

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_money_from_easy_accounts_is_out_and_write_offs_are_named():
    told = collected([Receipt(1, 7, 1_000, 100_000), Receipt(2, 8, 500, 900_000),
                      Receipt(3, 9, 200, None)], written_off_minor=50)  # fmt: skip
    assert (told.value, told.honest, told.cases) == (1_700, 800, 3)
    assert [(one.code, one.taken_out, len(one.cases)) for one in told.findings] == [
        ("easy_accounts", 900, 1), ("written_off", 0, 0),
    ]  # fmt: skip
    assert collected([Receipt(1, 7, 1_000, 900_000)]).findings == ()


def test_a_promise_written_down_late_does_not_count_and_many_that_break_are_named():
    late = PromiseJudged(1, 7, DAY, DAY + timedelta(days=9), is_kept=True)
    kept = PromiseJudged(2, 7, DAY, DAY + timedelta(days=1), is_kept=True)
    broken = PromiseJudged(3, 8, DAY, DAY, is_kept=False)
    told = promises_kept([late, kept, broken])
    assert (told.value, told.honest) == (666_666, 500_000)
    assert told.findings[0].code == "backdated" and told.findings[0].cases[0].id == 1
    assert promises_honest([kept, broken]) is None
    assert promises_honest([broken]).code == "promises_break"
    assert promises_kept([]).value is None


def test_a_dispute_that_comes_again_was_not_resolved():
    again = DisputeClosed(1, 7, DAY, DAY + timedelta(days=30))
    later = DisputeClosed(2, 7, DAY, DAY + timedelta(days=31))
    told = disputes_resolved([again, later, DisputeClosed(3, 8, DAY, None)])
    assert (told.value, told.honest) == (1_000_000, 666_666)
    assert [case.id for case in told.findings[0].cases] == [1]


def test_conversations_that_follow_each_other_within_seconds_are_named():
    calls = [
        CallMade(1, 7, "anna", AT),
        CallMade(2, 8, "anna", AT + timedelta(seconds=10)),
        CallMade(3, 9, "bob", AT + timedelta(seconds=12)),
        CallMade(4, 9, "anna", AT + timedelta(minutes=5)),
    ]
    assert [case.id for case in quick_calls(calls).cases] == [2]
    assert quick_calls(calls[:1]) is None
    assert share_standing(1, 4).honest == 250_000
