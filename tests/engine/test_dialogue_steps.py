"""A step of the channel `dialogue` is a mail of its own wording, in every way of a ladder."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.engine.strategy import StrategyError, read_strategy
from dunwell.engine.wording import WordingError, check_wording
from tests.engine import rows
from tests.engine.chase_rows import DAY, LADDER, Desk, due, propose, sent, taken
from tests.engine.test_wording import PLAIN

ASKED = (2, "email", "follow_up")


def ladder(**step):
    steps = [dict(row) for row in LADDER["steps"]]
    steps[2] = {"level": 2, "day": 14, **step}
    return read_strategy({**LADDER, "steps": steps})


def contact(strategy, *, days_past_due=14, **more):
    made = propose(
        Desk(
            items=rows.items(due(days_past_due)),
            contacts=rows.contacts(*taken(1, l1=9)),
            strategies=(strategy,),
            **more,
        ),
        DAY,
    )
    found = sent(made).get(1)
    return found and (found["level"], found["channel"], found["template"])


def test_a_dialogue_goes_out_as_the_mail_it_is():
    assert contact(ladder(channel="dialogue")) == ASKED
    assert contact(ladder(channel="dialogue", template="follow_up")) == ASKED
    assert contact(ladder(channel="dialogue"), days_past_due=13) is None


def test_a_branch_may_ask_and_the_answer_chooses_the_next_step():
    mail = {"channel": "email", "template": "second_reminder"}
    asks = ladder(
        **mail, fallback="letter", branches=[{"when": ["viewed"], "channel": "dialogue"}]
    )
    heard = {"signal_day": DAY - timedelta(2)}
    assert contact(asks) == (2, "email", "second_reminder")
    assert contact(asks, signals=rows.signals({"signal": "viewed", **heard})) == ASKED
    follows = ladder(
        **mail,
        branches=[{"when": ["no_answer"], "channel": "call", "template": "call_script"}],
    )
    silent = rows.signals({"signal": "no_answer", **heard})
    assert contact(follows, signals=silent) == (2, "call", "call_script")


def test_a_channel_chosen_by_hand_leaves_the_assistants_question_a_mail():
    by_hand = rows.overrides({"kind": "channel", "channel": "letter", "customer_id": 1})
    assert contact(ladder(channel="dialogue"), overrides=by_hand) == ASKED
    written = ladder(channel="email", template="reminder")
    assert contact(written, overrides=by_hand) == (2, "letter", "reminder")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"channel": "dialogue", "template": "reminder"}, "worded by follow_up"),
        ({"channel": "dialogue", "fallback": "letter"}, "by mail alone"),
        ({"channel": "letter", "template": "follow_up"}, "by mail alone"),
        ({"channel": "call", "template": "follow_up"}, "do not fit"),
        ({"channel": "email", "template": "reminder", "fallback": "dialogue"}, "fallback"),
    ],
)
def test_what_does_not_fit_a_dialogue_is_refused_with_its_place(step, told):
    with pytest.raises(StrategyError, match=told):
        ladder(**step)


def test_the_link_stands_in_a_follow_up_and_nowhere_else():
    linked = replace(PLAIN, template="follow_up", body=f"{PLAIN.body}{{dialogue_link}}\n")
    check_wording(linked)
    for wrong in (
        replace(PLAIN, template="follow_up"),
        replace(linked, template="reminder"),
        replace(linked, subject="{dialogue_link}"),
    ):
        with pytest.raises(WordingError, match="dialogue_link"):
            check_wording(wrong)
