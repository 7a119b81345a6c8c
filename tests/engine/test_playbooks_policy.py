"""The playbooks policy: what it takes, what it refuses and where, and its cases."""

from importlib.resources import files

import pytest

from dunwell.engine.escalation_clock import play_playbook_cases
from dunwell.engine.playbooks_policy import (
    DeskHours,
    MatrixLine,
    Playbook,
    PlaybooksPolicyError,
    Rung,
    read_playbooks_policy,
)
from dunwell.engine.risk_conditions import EndCondition, RiskCondition, RiskFacts
from dunwell.formats.policies import read_policy

TEXT = """\
playbooks:
  name: playbooks
  valid_from: 2026-01-01
  matrix:
    - kind: large_overdue
      raise_when: {overdue_minor: 1000000, days_late: 30}
      quiet_days: 10
      rungs:
        - {role: collector, answer_days: 1}
        - {role: credit_manager}
        - {person: cfo, answer_days: 3, from_minor: 5000000}
  playbooks:
    - name: High risk
      about: Half of it is late
      put_when: {bands: [D, E], overdue_share_ppm: 500000}
      way: visit
      every_days: 14
      agenda: ["What is paid?", "What is next?"]
      sponsor: mona
      freeze: true
      end_when: {bands: [A, B], checks: 2}
cases:
  - {name: at first the collector, kind: large_overdue, days: 1, expect: [collector]}
  - {name: then the manager, kind: large_overdue, days: 2, expect: [credit_manager]}
  - {name: a small one stays there, kind: large_overdue, days: 60, expect: [credit_manager]}
  - {name: a large one goes on, kind: large_overdue, amount_minor: 5000000, days: 60, expect: [cfo]}
  - {name: a bad customer, facts: {band: E, open_minor: 100, overdue_minor: 60}, expect: [High risk]}
  - {name: a good one, facts: {band: A, open_minor: 100, overdue_minor: 60}, expect: []}
  - {name: a large sum, facts: {open_minor: 1000000, overdue_minor: 1000000, days_late: 30}, expect: [large_overdue]}
"""


def read(text):
    return read_playbooks_policy(read_policy(text).document)


def test_it_reads_the_matrix_and_the_playbooks_and_its_cases_come_out():
    policy = read(TEXT)
    assert policy.matrix == (
        MatrixLine(
            kind="large_overdue",
            raise_when=RiskCondition(overdue_minor=10_000_00, days_late=30),
            quiet_days=10,
            rungs=(
                Rung(role="collector", answer_days=1),
                Rung(role="credit_manager"),
                Rung(role="credit_manager", person="cfo", answer_days=3, from_minor=50_000_00),
            ),
        ),
    )
    assert policy.playbooks == (
        Playbook(
            name="High risk", about="Half of it is late",
            put_when=RiskCondition(bands=("D", "E"), overdue_share_ppm=500_000),
            way="visit", every_days=14, agenda=("What is paid?", "What is next?"),
            sponsor="mona", proposes_freeze=True,
            end_when=EndCondition(bands=("A", "B"), checks=2),
        ),
    )  # fmt: skip
    assert [one.message() for one in play_playbook_cases(policy) if not one.is_passed] == []
    assert len(play_playbook_cases(policy)) == 7


HOURLY = """\
playbooks:
  valid_from: 2026-01-01
  hours: {opens: 8, closes: 16, hand_off: 4, mention: 12}
  matrix:
    - kind: hand_off
      rungs:
        - {role: sales, on_call: true, answer_hours: 4}
        - {role: credit_manager, answer_hours: 2, from_days: 30}
cases:
  - {name: sales first, kind: hand_off, age_days: 30, hours: 3, expect: [sales]}
  - {name: the manager after four hours, kind: hand_off, age_days: 30, hours: 4, expect: [credit_manager]}
  - {name: young ones stay, kind: hand_off, days: 9, expect: [sales]}
"""


def test_the_protocol_counts_office_hours_ages_and_who_is_on_call():
    policy = read(HOURLY)
    assert policy.hours == DeskHours(opens=8, closes=16, hand_off=4, mention=12)
    assert policy.matrix[0].rungs == (
        Rung(role="sales", is_on_call=True, answer_hours=4),
        Rung(role="credit_manager", answer_hours=2, from_days=30),
    )
    assert [one.message() for one in play_playbook_cases(policy) if not one.is_passed] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("answer_hours: 2,", "answer_hours: 2, answer_days: 1,", "rung 2: state either answer_h"),
        (
            "on_call: true,",
            "on_call: true, person: cfo,",
            "rung 1: on_call asks whoever is on call",
        ),
        ("answer_hours: 4}", "answer_hours: 4, from_days: 2}", "rung 1: from_days must be 0"),
        ("answer_hours: 4}", "answer_hours: 401}", "answer_hours is 401; it must lie in 0"),
        ("closes: 16", "closes: 8", "hours: closes must be later than opens, 8"),
        ("mention: 12", "mention: 0", "mention is 0; it must lie in 1"),
    ],
)
def test_hours_that_cannot_be_used_are_refused_with_their_place(old, new, message):
    assert old in HOURLY
    with pytest.raises(PlaybooksPolicyError) as refusal:
        read(HOURLY.replace(old, new, 1))
    assert message in str(refusal.value)


def test_the_standard_raises_and_proposes_nothing():
    file = files("dunwell").joinpath("policies", "playbooks_standard.yaml")
    policy = read(file.read_text(encoding="utf-8"))
    assert (policy.matrix, policy.playbooks, policy.looks_at_customers) == ((), (), False)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "kind: large_overdue\n",
            "kind: lunch\n",
            "playbooks, matrix 1: kind 'lunch' is not known",
        ),
        ("{role: credit_manager}", "{role: cook}", "matrix 1, rung 2: role 'cook' is not known"),
        ("{role: credit_manager}", "{role: collector}", "rung 2: collector is asked on the rung"),
        ("answer_days: 1}", "answer_days: 0}", "rung 1: answer_days is 0; it must lie in 1"),
        ("answer_days: 1}", "answer_days: 1, from_minor: 5}", "rung 1: from_minor must be 0"),
        ("{role: collector, ", "{role: credit_manager, ", "is asked on the rung before"),
        ("{person: cfo, ", "{person: cfo, role: collector, ", "stands below a credit_manager"),
        ("days_late: 30}\n", "days_late: 30, mood: 3}\n", "raise_when: field 'mood' is not known"),
        ("{overdue_minor: 1000000, days_late: 30}\n", "{days_late: 0}\n", "holds for nobody"),
        ("bands: [D, E]", "bands: [X]", "put_when: bands 'X' is not known"),
        ("way: visit", "way: fax", "playbook 1: way 'fax' is not known"),
        ("every_days: 14", "every_days: 0", "every_days is 0; it must lie in 1"),
        ("freeze: true", "freeze: often", "freeze must be true or false"),
        (
            "kind: large_overdue, days: 1,",
            "kind: risk, days: 1,",
            "case 1: the matrix has no kind",
        ),
        ("kind: large_overdue, days: 1,", "days: 1,", "case 1: state either kind"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(old, new, message):
    assert old in TEXT
    with pytest.raises(PlaybooksPolicyError) as refusal:
        read(TEXT.replace(old, new, 1))
    assert message in str(refusal.value)


def test_a_case_that_fails_says_what_was_found():
    policy = read(TEXT.replace("days: 1, expect: [collector]", "days: 1, expect: [cfo]"))
    assert play_playbook_cases(policy)[0].message() == (
        "at first the collector: expected cfo, found collector"
    )


KNOWN = RiskFacts(
    band="D", open_minor=200, overdue_minor=100, days_late=9, broken_promises=2, warnings=1
)


@pytest.mark.parametrize("name", ["overdue_minor", "days_late", "broken_promises", "warnings"])
def test_a_condition_holds_from_its_figure_on(name):
    value = getattr(KNOWN, name)
    assert RiskCondition(**{name: value}).holds(KNOWN)
    assert not RiskCondition(**{name: value + 1}).holds(KNOWN)


def test_what_is_not_known_fulfils_nothing_and_what_says_nothing_holds_for_nobody():
    unknown = RiskFacts(open_minor=None, overdue_minor=None)
    assert not RiskCondition(overdue_minor=1).holds(unknown)
    assert not RiskCondition(overdue_share_ppm=1).holds(unknown)
    assert not RiskCondition(bands=("E",)).holds(unknown)
    assert not RiskCondition().holds(KNOWN)
    assert not EndCondition().holds(KNOWN)
    assert not EndCondition(overdue_minor=10).holds(unknown)
    assert EndCondition(overdue_share_ppm=500_000, checks=0).holds(KNOWN)
    assert not EndCondition(overdue_share_ppm=499_999).holds(KNOWN)
    assert RiskFacts(open_minor=-5, overdue_minor=3).overdue_share_ppm == 0
