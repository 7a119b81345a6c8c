"""What answers come to: CSAT, NPS, effort, with how sure they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.feedback_policy import (
    SCALES,
    FeedbackPolicyError,
    play_feedback_cases,
    read_feedback_policy,
)
from dunwell.engine.satisfaction import Satisfaction, satisfaction


@pytest.mark.parametrize(
    ("kind", "scores", "value"),
    [
        # 3 of 4 answers are 4 or 5
        ("csat", [5, 4, 4, 2], 750_000),
        # 2 promoters, 1 passive, 1 detractor of 4: 50 % - 25 % = 25 points
        ("nps", [10, 9, 8, 6], 2_500),
        ("nps", [0, 6], -10_000),
        # (7 + 6 + 2) / 3 = 5.00
        ("effort", [7, 6, 2], 500),
    ],
)
def test_worked_examples(kind, scores, value):
    assert satisfaction(kind, scores).value == value


def test_nobody_has_no_value_and_one_answer_no_interval():
    assert satisfaction("nps", []) == Satisfaction(
        kind="nps", answers=0, value=None, low=None, high=None
    )
    assert satisfaction("effort", [4]).low is None
    assert satisfaction("effort", [7, 5, 4, 1]).easy_ppm == 500_000


@given(st.sampled_from(sorted(SCALES)), st.data())
def test_a_value_lies_on_its_scale_within_its_interval_and_order_means_nothing(kind, data):
    low, high = SCALES[kind]
    scores = data.draw(st.lists(st.integers(low, high), min_size=2, max_size=60))
    told = satisfaction(kind, scores)
    least, most = {"csat": (0, 10**6), "nps": (-10_000, 10_000), "effort": (100, 700)}[kind]

    assert least <= told.low <= told.value <= told.high <= most
    assert told == satisfaction(kind, sorted(scores))
    worse = satisfaction(kind, [max(low, score - 1) for score in scores])
    assert worse.value <= told.value


def policy(**changes):
    body = {
        "name": "feedback", "valid_from": "2026-01-01",
        "occasions": {"case": {"kind": "csat", "is_on": True}}, **changes,
    }  # fmt: skip
    return {"feedback": body}


def test_who_is_asked():
    read = read_feedback_policy(policy(every_days=90))

    assert [
        read.asks("case", days_since=since, has_agreed=agreed)
        for since, agreed in [(None, True), (90, True), (89, True), (None, False)]
    ] == [True, True, False, False]
    assert not read.asks("payment", days_since=None, has_agreed=True)
    without = read_feedback_policy(policy(needs_consent=False))
    assert without.asks("case", days_since=None, has_agreed=False)


def test_cases_are_played():
    case = {"name": "asked", "occasion": "case", "days_since": None, "has_agreed": True}
    for expect, passed in (["asked"], True), ([], False):
        read = read_feedback_policy({**policy(), "cases": [{**case, "expect": expect}]})
        (answer,) = play_feedback_cases(read)
        assert answer.is_passed == passed
    assert answer.message() == "asked: expected nothing, found asked"


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        ({}, "feedback"),
        (policy(every_days=0), "every_days is 0"),
        (policy(unknown=1), "unknown"),
        (policy(occasions={"birthday": {}}), "birthday"),
        (policy(occasions={"case": {"kind": "stars"}}), "'stars' is not known"),
        (policy(occasions={"case": {"kind": "nps", "is_on": "yes"}}), "must be true or false"),
        ({**policy(), "cases": [{"name": "x", "occasion": "case", "expect": ["paid"]}]}, "paid"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(document, refusal):
    with pytest.raises(FeedbackPolicyError, match=refusal):
        read_feedback_policy(document)
