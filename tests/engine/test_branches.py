"""What a customer did since the last contact changes the next step, and never the ladder."""

from datetime import timedelta

import pytest

from dunwell.engine.rehearsal import run_cases
from dunwell.engine.strategy import StrategyError, read_strategy
from tests.engine import rows
from tests.engine.chase_rows import DAY, LADDER, Desk, due, propose, sent, states, taken

CALL_VIEWERS = {"when": ["viewed"], "channel": "call", "template": "call_script"}


def ladder(*branches, **step):
    """Return the ladder with branches on its second level (day 14)."""
    steps = [dict(row) for row in LADDER["steps"]]
    steps[2].update({"branches": list(branches), **step})
    return read_strategy({**LADDER, "steps": steps})


def desk(*branches, signals=(), days_past_due=14, contacted=9, step=None, **more):
    return Desk(
        items=rows.items(due(days_past_due)),
        contacts=rows.contacts(*taken(1, l1=contacted)),
        strategies=(ladder(*branches, **(step or {})),),
        signals=rows.signals(*signals),
        **more,
    )


def heard(ago, signal="viewed", **more):
    return {"signal": signal, "signal_day": DAY - timedelta(ago), **more}


def contact(made):
    """Return level, channel and template of what goes out to customer 1, None for nothing."""
    found = sent(made).get(1)
    return found and (found["level"], found["channel"], found["template"])


WRITTEN = (2, "email", "second_reminder")
CALLED = (2, "call", "call_script")


@pytest.mark.parametrize(
    ("signals", "found"),
    [
        ([], WRITTEN),
        ([heard(3)], CALLED),
        ([heard(9)], CALLED),
        ([heard(10)], WRITTEN),
        ([heard(-1)], WRITTEN),
        ([heard(3, "replied")], WRITTEN),
        ([heard(3, item_id=1)], CALLED),
        ([heard(3, item_id=2)], WRITTEN),
        ([heard(3, customer_id=2)], WRITTEN),
        ([heard(20), heard(3)], CALLED),
    ],
    ids=[
        "nothing heard",
        "since the last contact",
        "on its day",
        "before it",
        "after today",
        "another signal",
        "about the item",
        "about another item",
        "another customer",
        "twice",
    ],
)
def test_a_signal_since_the_last_contact_takes_the_branch(signals, found):
    assert contact(propose(desk(CALL_VIEWERS, signals=signals), DAY)) == found


def test_before_the_first_contact_a_signal_counts_for_thirty_days():
    steps = [dict(row) for row in LADDER["steps"]]
    steps[1]["branches"] = [{"when": ["promise_broken"], "template": "second_reminder"}]
    found = [
        contact(
            propose(
                Desk(
                    items=rows.items(due(9)),
                    strategies=(read_strategy({**LADDER, "steps": steps}),),
                    signals=rows.signals(heard(ago, "promise_broken")),
                ),
                DAY,
            )
        )
        for ago in (30, 31)
    ]

    assert found == [(1, "email", "second_reminder"), (1, "email", "reminder")]


def test_the_first_branch_that_applies_is_taken():
    branches = (
        {"when": ["replied"], "delay": 5},
        {"when": ["viewed", "replied"], "channel": "letter"},
    )
    both = [heard(3), heard(3, "replied")]

    assert contact(propose(desk(*branches, signals=both), DAY)) is None
    assert contact(propose(desk(*branches, signals=both, days_past_due=19), DAY)) == WRITTEN
    assert contact(propose(desk(*branches, signals=both[:1]), DAY)) == (
        2,
        "letter",
        "second_reminder",
    )


def test_unless_takes_the_branch_of_those_who_did_not():
    branch = {"unless": ["viewed"], "channel": "letter"}

    assert contact(propose(desk(branch), DAY)) == (2, "letter", "second_reminder")
    assert contact(propose(desk(branch, signals=[heard(3)]), DAY)) == WRITTEN


@pytest.mark.parametrize(("days_past_due", "is_due"), [(11, False), (12, True), (14, True)])
def test_a_delay_may_bring_the_step_forward(days_past_due, is_due):
    branch = {"when": ["bounced"], "delay": -2}
    made = propose(desk(branch, signals=[heard(3, "bounced")], days_past_due=days_past_due), DAY)

    assert contact(made) == (WRITTEN if is_due else None)


@pytest.mark.parametrize(("ago", "is_due"), [(1, False), (2, True), (8, True)])
def test_days_after_count_from_the_newest_signal_and_not_from_the_due_date(ago, is_due):
    branch = {**CALL_VIEWERS, "days_after": 2}
    signals = [heard(9), heard(ago)]
    early = propose(desk(branch, signals=signals, days_past_due=10), DAY)
    late = propose(desk(branch, signals=signals, days_past_due=80), DAY)

    assert [contact(early), contact(late)] == [CALLED if is_due else None] * 2


def test_days_after_count_business_days_where_the_step_does():
    # DAY is a Wednesday: from Friday it is the third business day after
    found = [
        contact(
            propose(
                desk(
                    {**CALL_VIEWERS, "days_after": after},
                    signals=[heard(5)],
                    step={"counted": "business"},
                ),
                DAY,
            )
        )
        for after in (3, 4)
    ]

    assert found == [CALLED, None]


def test_a_branch_never_breaks_the_shortest_gap():
    made = propose(desk({**CALL_VIEWERS, "days_after": 0}, signals=[heard(0)], contacted=4), DAY)

    assert (contact(made), states(made)) == (None, {1: "too_soon"})


class TestOverrides:
    def test_a_level_left_out_is_passed_over(self):
        left_out = rows.overrides({"kind": "skip", "level": 2})
        other = rows.overrides({"kind": "skip", "level": 2, "item_id": 7})

        assert contact(propose(desk(days_past_due=30, overrides=left_out), DAY)) == (
            3,
            "letter",
            "final_notice",
        )
        assert contact(propose(desk(days_past_due=30, overrides=other), DAY)) == WRITTEN

    def test_nothing_goes_beyond_a_level_that_is_held(self):
        held = rows.overrides({"kind": "hold_level", "level": 1, "item_id": 1})
        made = propose(desk(days_past_due=60, overrides=held), DAY)

        assert (contact(made), states(made)) == (None, {1: "finished"})

    def test_another_channel_is_used_for_what_is_written_and_never_for_a_call(self):
        by_post = rows.overrides({"kind": "channel", "channel": "letter"})

        assert contact(propose(desk(overrides=by_post), DAY)) == (2, "letter", "second_reminder")
        assert (
            contact(propose(desk(CALL_VIEWERS, signals=[heard(3)], overrides=by_post), DAY))
            == CALLED
        )

    def test_another_strategy_takes_the_place_of_the_segments(self):
        gentle = read_strategy(
            {**LADDER, "name": "gentle", "segments": ["few"], "steps": [
                {"level": 1, "day": 40, "channel": "email", "template": "reminder"}]}
        )  # fmt: skip
        assigned = rows.overrides({"kind": "assign", "strategy": "gentle"})
        before, after = (
            propose(
                Desk(
                    items=rows.items(due(9)),
                    strategies=(read_strategy(LADDER), gentle),
                    overrides=overrides,
                ),
                DAY,
            )
            for overrides in (rows.overrides(), assigned)
        )

        assert contact(before) == (1, "email", "reminder")
        assert (contact(after), states(after)) == (None, {1: "waiting"})


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        ({"channel": "call"}, "state what it depends on, in 'when' or 'unless'"),
        ({"when": ["seen"]}, "when 'seen' is not known"),
        ({"when": ["viewed"], "unless": ["viewed"]}, "viewed stands in both"),
        ({"when": ["viewed"], "delay": 1, "days_after": 1}, "stands instead of delay"),
        ({"unless": ["viewed"], "days_after": 1}, "counts from a signal of 'when'"),
        ({"when": ["viewed"], "level": 3}, "field 'level' is not known"),
        ({"when": ["viewed"], "channel": "call"}, "do not fit"),
        ({"when": ["viewed"], "template": "poem"}, "template 'poem' is not known"),
    ],
)
def test_a_wrong_branch_is_refused_with_its_place(branch, message):
    with pytest.raises(StrategyError, match=f"step 3, branch 1: .*{message}"):
        ladder(branch)


def test_a_strategys_own_cases_may_say_what_was_heard():
    strategy = read_strategy(
        {
            **LADDER,
            "steps": [{**LADDER["steps"][1], "branches": [CALL_VIEWERS]}],
            "cases": [
                {"name": "a", "days_past_due": 9, "expect": {"level": 1, "channel": "email"}},
                {"name": "b", "days_past_due": 9, "signals": {"viewed": 2},
                 "expect": {"level": 1, "channel": "call"}},
            ],
        }
    )  # fmt: skip

    assert [result.message() for result in run_cases(strategy)] == [
        "a: as expected",
        "b: as expected",
    ]
