"""Personas and their scripts, the rubric, questions, and the check against calls of strangers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.call_moves import LANGUAGES
from dunwell.engine.documents import DocumentError
from dunwell.engine.quizzes import RuleText, drawn, points_of
from dunwell.engine.role_plays import OUT_OF_TIME, read_persona, reply
from dunwell.engine.rubric import BREACHES, CallLine, scored
from dunwell.queries.contact_rules import shipped_rules
from dunwell.queries.curricula import shipped_personas, shipped_syllabus
from tests.engine.role_play_calls import GOOD_CALLS

PERSONAS = {name: persona for name, (persona, _) in shipped_personas().items()}
CALLS = Path(__file__).parents[3] / "shared" / "data" / "msg_calls"


def played(persona, sentences, language):
    """Where a call goes, and the lines with what was known at each."""
    state, facts, lines = persona.start, frozenset(), []
    for turn, text in enumerate(sentences, 1):
        lines.append(CallLine(number=turn, text=text, facts=facts))
        answer = reply(persona, state=state, text=text, language=language, turn=turn)
        state, facts = answer.state, facts | set(persona.states[answer.state].facts)
        if answer.outcome:
            return answer.outcome, lines
    return "", lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PERSONAS)
def test_a_good_call_passes_with_every_persona_in_both_languages(name, language):
    persona, sentences = PERSONAS[name], GOOD_CALLS[name, language]
    outcome, lines = played(persona, sentences, language)
    found = scored(lines, language=language, outcome_points=persona.outcomes.get(outcome, 0))
    assert (outcome != "", len(lines), found.is_passed) == (True, len(sentences), True), (
        outcome, found.points, [one for one in found.findings if one.points <= 0],
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PERSONAS)
def test_a_threat_loses_every_call(name, language):
    threat = {
        "en": "Pay or I call your employer, you thief!",
        "de": "Sie Betrüger, ich rufe Ihren Chef an!",
    }
    persona, sentences = PERSONAS[name], [*GOOD_CALLS[name, language][:2], threat[language]]
    outcome, lines = played(persona, sentences, language)
    found = scored(lines, language=language, outcome_points=persona.outcomes.get(outcome, 0))
    assert persona.outcomes[outcome] <= 40
    assert found.points["compliance"] <= 10
    assert not found.is_passed


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("disputed", "asked_though_disputed"),
        ("insolvent", "asked_though_insolvent"),
        ("ceased", "asked_though_ceased"),
        ("vulnerable", "asked_though_vulnerable"),
    ],
)
def test_asking_for_money_is_a_breach_only_once_the_customer_has_said_why_not(fact, rule):
    line = CallLine(number=2, text="When could you pay this?")
    before = scored([line], language="en", outcome_points=0)
    after = scored([replace(line, facts=frozenset({fact}))], language="en", outcome_points=0)
    assert rule not in {one.rule for one in before.findings}
    (found,) = (one for one in after.findings if one.rule == rule)
    assert (found.line, found.quote in line.text) == (2, True)


@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from(LANGUAGES))
def test_points_stay_within_bounds_and_quotes_are_the_words_that_were_said(texts, language):
    lines = [CallLine(number=n, text=text) for n, text in enumerate(texts, 1)]
    found = scored(lines, language=language, outcome_points=100)
    assert all(0 <= one <= 100 for one in (*found.points.values(), found.total))
    assert found == scored(lines, language=language, outcome_points=100)
    rules = [(one.dimension, one.rule) for one in found.findings]
    assert len(rules) == len(set(rules))
    for one in found.findings:
        assert one.line == 0 or one.quote in texts[one.line - 1].replace("\u2019", "'")


@given(st.lists(st.sampled_from(sorted(BREACHES, key=lambda b: b.rule)), max_size=3))
def test_no_politeness_lifts_a_call_above_its_worst_breach(breaches):
    words = {
        "arrest": "I will have you arrested.", "abuse": "You thief.", "suit": "We will sue you.",
        "third_party": "I call your boss.", "seizure": "We garnish your wages.",
        "intimidation": "You will regret it.", "must_pay": "This is your final warning.",
    }  # fmt: skip
    kind = [
        "My name is Kim from Northwind. Am I speaking with Mr Adler? Is now a good time to talk?",
        "I am calling about your invoice. I am here to help you.",
    ]
    bad = [words[one.rule] for one in breaches if one.rule in words]
    lines = [CallLine(number=n, text=text) for n, text in enumerate((*kind, *bad), 1)]
    caps = [one.cap for one in breaches if one.rule in words]
    points = scored(lines, language="en", outcome_points=0).points["compliance"]
    assert points <= min(caps, default=100)


def test_a_script_that_cannot_be_played_to_its_end_is_refused():
    said = {"en": "Hello", "de": "Hallo"}
    good = {
        "persona": "x", "label": said, "scene": said, "most_turns": 3, "start": "a",
        "outcomes": {"done": 100},
        "states": {
            "a": {"say": said, "moves": [{"when": ["thanks"], "to": "b"}]},
            "b": {"say": said, "outcome": "done"},
        },
    }  # fmt: skip
    persona = read_persona(good)
    assert reply(persona, state="a", text="well", language="en", turn=3).outcome == OUT_OF_TIME
    for wrong, told in (
        ({"start": "z"}, "named and not there"),
        ({"outcomes": {"other": 1}}, "outcomes must be"),
        ({"most_turns": 2}, "must lie in"),
        ({"states": {**good["states"], "c": {"say": said}}}, "never reached"),
    ):
        with pytest.raises(DocumentError, match=told):
            read_persona({**good, **wrong})


def test_breaches_name_contact_rules_that_are_shipped():
    known = {one.id for one in shipped_rules().rules}
    assert {one.contact_rule for one in BREACHES} - {""} <= known


def test_questions_are_drawn_from_the_rules_and_have_one_right_answer():
    texts = {one.id: one for one in shipped_rules().rules}
    for plan in shipped_syllabus().quizzes.values():
        rules = [
            RuleText(id=one.id, text=one.text, source=one.source)
            for one in texts.values()
            if one.kind in plan.kinds
        ]
        questions = drawn(rules, seed="7", most=plan.questions)
        assert len(questions) == plan.questions
        assert questions == drawn(rules, seed="7", most=plan.questions)
        assert questions != drawn(rules, seed="8", most=plan.questions)
        for one in questions:
            assert one.source == texts[one.rule].source != ""
            assert len(set(one.choices)) == len(one.choices) >= 3
            assert one.choices[one.right] in texts[one.rule].text
            assert one.text.split("…")[0] in texts[one.rule].text
    assert [points_of(n, 5) for n in (0, 4, 5)] == [0, 80, 100]


# What the calls' own README expects, in tenths of compliance. The points of the rubric were set on
# the first seven; the words it reads by were first drafted with all of them in view.
FITTED = {
    "standard-call": (6, 7), "compliant-call": (9, 10), "high-risk-call": (2, 3),
    "call-log-001": (8, 9), "call-log-002": (1, 2), "call-log-004": (1, 2),
    "call-log-009": (0, 1),
}  # fmt: skip
HELD_OUT = {
    "call-log-003": (9, 10), "call-log-005": (7, 8), "call-log-006": (0, 1),
    "call-log-007": (9, 10), "call-log-008": (7, 8), "call-log-010": (8, 9),
}  # fmt: skip


def compliance_of(name):
    """The compliance of a call as the rubric has it, in tenths."""
    spoken = json.loads((CALLS / f"{name}.json").read_text())["transcript"]
    said = [one["text"] for one in spoken if one["speaker"] == "agent"]
    lines = [CallLine(number=n, text=text) for n, text in enumerate(said, 1)]
    return scored(lines, language="en", outcome_points=0).points["compliance"] / 10


@pytest.mark.skipif(not CALLS.exists(), reason="../shared/data is not here")
@pytest.mark.parametrize(("calls", "most_off"), [(FITTED, 1), (HELD_OUT, 2)])
def test_strangers_calls_are_scored_near_what_they_are_known_for(calls, most_off):
    told = {name: compliance_of(name) for name in calls}
    gaps = {
        name: max(low - told[name], told[name] - high, 0) for name, (low, high) in calls.items()
    }
    assert max(gaps.values()) <= most_off, (told, gaps)
    assert sum(gap <= 1 for gap in gaps.values()) * 3 >= 2 * len(calls)
    bad = [told[name] for name, (_, high) in calls.items() if high <= 3]
    assert max(bad) < min(told[name] for name, (_, high) in calls.items() if high > 3)
