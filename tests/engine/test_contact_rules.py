"""Contact rules against cases of each, around effective dates; what a pack or policy may not say."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from dunwell.engine.contact_rules.case_documents import read_contact_cases
from dunwell.engine.contact_rules.cases import case_facts, play_case, play_contact_cases
from dunwell.engine.contact_rules.keywords import opt_out_reading
from dunwell.engine.contact_rules.policy import (
    ContactPolicyError,
    own_rules,
    read_contact_policy,
    rules_of_company,
)
from dunwell.engine.contact_rules.rules import ContactRuleError, read_contact_rules
from dunwell.engine.contact_rules.scope import any_inside, bindings, inside
from dunwell.engine.contact_rules.verdicts import tables_span
from dunwell.formats.policies import read_policy

SHIPPED = Path(__file__).parents[2] / "src/dunwell/policies"
PACK = read_contact_rules(read_policy((SHIPPED / "contact_rules.yaml").read_text()).document)
POLICY = read_contact_policy(read_policy((SHIPPED / "contact_standard.yaml").read_text()).document)
CASES = {
    rule_id: read_contact_cases(cases)
    for rule_id, cases in yaml.safe_load(
        (Path(__file__).parents[1] / "cases/contact_rules.yaml").read_text()
    )["rules"].items()
}
FAR = {"US-CA-ROSENTHAL-COMM": "America/Los_Angeles", "US-NYC-FREQ": "America/New_York"}
"""Zones in which the days of these rules' cases are read; elsewhere Chicago's."""


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{name}: {case.name}") for name in CASES for case in CASES[name]],
)
def test_a_case_comes_out_as_it_should(case):
    result = play_case(case, POLICY, PACK)

    assert result.is_passed, result.message()


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_binds_somebody_is_what_somebody_is_inside_of(name):
    for case in CASES[name]:
        first, last = tables_span(case.at)
        candidates = case_facts(case, POLICY, first=first, last=last).candidates
        bound_by = bindings(PACK, POLICY, countries={None}, at=first, until=last)
        said = any_inside(candidates, bound_by).collect().to_native().row(0, named=True)

        found = {str(at): inside(candidates, one) for at, one in enumerate(bound_by)}
        bound = {at: not rows.collect().to_native().is_empty() for at, rows in found.items()}
        assert {at: said.get(at, True) for at in bound} == bound


def test_every_rule_has_two_cases_that_pass_and_two_that_fail():
    counts = {
        name: Counter(case.expect == "allow" for case in cases) for name, cases in CASES.items()
    }

    assert set(CASES) == {rule.id for rule in PACK.rules}
    assert {name for name, count in counts.items() if min(count[True], count[False]) < 2} == set()


@pytest.mark.parametrize("rule", [rule for rule in PACK.rules if rule.effective_from])
def test_a_rule_has_cases_on_the_day_before_it_holds_on_that_day_and_on_the_next(rule):
    zone = ZoneInfo(FAR.get(rule.id, "America/Chicago"))
    told = {(case.at.astimezone(zone).date(), case.expect == "allow") for case in CASES[rule.id]}
    day = timedelta(days=1)

    assert {
        (rule.effective_from - day, True),
        (rule.effective_from, False),
        (rule.effective_from + day, False),
    } <= told


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_failing_case_names_its_rule(name):
    gates = {rule.id for rule in PACK.rules if rule.kind in {"gate", "exclusion"}}
    named = {case.rule for case in CASES[name] if case.expect != "allow"}

    assert all(named) and (name in gates or named == {name})


def test_the_standard_policy_passes_its_own_cases():
    results = play_contact_cases(POLICY, PACK)

    assert [result.message() for result in results if not result.is_passed] == []
    assert len(results) == 5


def test_a_rule_that_ends_holds_to_the_end_of_its_last_day():
    rule = PACK.rule("US-MA-CALLS")
    case = next(case for case in CASES[rule.id] if case.name == "a third call")
    last = case.at.date()

    def decided(effective_to):
        rules = tuple(
            replace(one, effective_to=effective_to) if one.id == rule.id else one
            for one in PACK.rules
        )
        result = play_case(case, POLICY, replace(PACK, rules=rules))
        return result.decision, result.next_at

    day = timedelta(days=1)
    assert decided(last - day) == ("allow", case.at)
    # the cap would hold to the same midnight
    assert decided(last) == ("deny", case.next)
    assert decided(last + day) == ("deny", case.next)


def test_own_limits_come_on_top_and_never_loosen_law():
    policy = read_contact_policy(
        {
            "contact": {
                "valid_from": "2026-01-01",
                "acts_as": "third_party",
                "caps": [{"max": 20, "window_days": 7, "channels": ["call"]}],
                "hours": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}],
                "replaces": ["EU-B2B-TOUCH", "EU-B2B-HOURS"],
            }
        }
    )
    failing = [
        next(case for case in cases if case.expect != "allow")
        for name, cases in CASES.items()
        if name.startswith(("US-REGF", "CA-ON"))
    ]

    found = [play_case(case, policy, PACK) for case in failing]

    assert [result.message() for result in found if not result.is_passed] == []
    assert len(found) == 14


@pytest.mark.parametrize(
    ("changes", "rule", "following"),
    [
        ({"quiet_days": ["2026-06-09"]}, "OWN-QUIET", "2026-06-10T06:00:00+00:00"),
        (
            {"hours": [{"weekdays": [2, 3], "start": "12:00", "end": "13:00"}]},
            "OWN-HOURS",
            "2026-06-09T10:00:00+00:00",
        ),
        (
            {"caps": [{"max": 1, "window_days": 3}], "replaces": ["EU-B2B-TOUCH"]},
            "OWN-CAP-1",
            "2026-06-11T06:00:00+00:00",
        ),
        (
            {"caps": [{"max": 1, "window_days": 10, "channels": ["email"]}]},
            "OWN-CAP-1",
            "2026-06-18T06:00:00+00:00",
        ),
    ],
)
def test_own_limits_are_told_by_their_own_name(changes, rule, following):
    policy = read_contact_policy(
        {
            "contact": {"valid_from": "2026-01-01", **changes},
            "cases": [
                {
                    "name": "a mail after a mail",
                    "customer": {"country": "DE"},
                    "channel": "email",
                    "at": "2026-06-09T08:00:00Z",
                    "attempts": [
                        {"channel": "email", "outcome": "written", "at": "2026-06-08T09:00:00Z"}
                    ]
                    if "caps" in changes
                    else [],
                    "expect": "deny",
                    "rule": rule,
                    "next": following,
                }
            ],
        }
    )

    (result,) = play_contact_cases(policy, PACK)

    assert result.is_passed, result.message()


def test_a_policy_may_not_replace_law():
    policy = replace(POLICY, replaces=("US-MA-CALLS",))

    with pytest.raises(ContactPolicyError, match="'US-MA-CALLS' is no default of the product"):
        rules_of_company(PACK, policy)
    assert own_rules(POLICY) == ()


RULE = {
    "id": "A",
    "kind": "cap",
    "text": "Twice a week.",
    "params": {"max": 2, "window_days": 7},
    "source": "law",
    "evidence": "P",
    "last_verified": "2026-01-05",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "rumour"}, "rule 1 (A): kind 'rumour' is not known"),
        ({"params": {"max": 2}}, "give window_days or window_hours, one of them"),
        ({"params": {"max": 0, "window_days": 7}}, "max is 0; it must lie in 1"),
        ({"params": {"most": 2}}, "field 'most' is not known"),
        ({"scope": {"parties": ["dog"]}}, "parties 'dog' is not known"),
        ({"scope": {"gates": ["B"]}}, "rule A: there is no gate B; name a gate"),
        ({"source": ""}, "source must be a text"),
        ({"last_verified": "soon"}, "last_verified must be a day such as 2026-01-31"),
        (
            {"effective_from": "2026-02-01", "effective_to": "2026-01-31"},
            "effective_to lies before effective_from",
        ),
        (
            {"kind": "exclusion", "params": {"of": "B"}},
            "rule A: there is no cap B; name the cap it excludes from",
        ),
        (
            {"kind": "exclusion", "params": {"of": "A"}, "effective_to": "2026-01-31"},
            "an exclusion holds as long as its rule",
        ),
        (
            {
                "kind": "hours",
                "params": {"windows": [{"weekdays": [8], "start": "1", "end": "2"}]},
            },
            "weekdays is 8; it must lie in 1 … 7",
        ),
        (
            {
                "kind": "hours",
                "params": {"windows": [{"weekdays": [1], "start": "9:00", "end": "10:00"}]},
            },
            'start must be a time such as "08:00"',
        ),
        (
            {
                "kind": "hours",
                "params": {
                    "windows": [
                        {"weekdays": [1], "start": "09:00", "end": "10:00"},
                        {"weekdays": [1], "start": "12:00", "end": "13:00"},
                    ]
                },
            },
            "a weekday stands in two windows",
        ),
        ({"kind": "stop", "params": {}}, "name at least one of opt_out"),
        ({"kind": "content", "params": {"needs": "luck"}}, "needs 'luck' is not known"),
    ],
)
def test_a_wrong_rule_is_refused_by_name_and_place(changes, message):
    with pytest.raises(ContactRuleError) as refusal:
        read_contact_rules({"pack": "1", "rules": [{**RULE, **changes}]})

    assert message in str(refusal.value)


def test_a_rule_stands_once():
    with pytest.raises(ContactRuleError, match="rule A stands twice"):
        read_contact_rules({"pack": "1", "rules": [RULE, RULE]})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"contact": {}}, "valid_from must be a day"),
        ({"contact": {"valid_from": "2026-01-01", "colour": 1}}, "field 'colour' is not known"),
        (
            {"contact": {"valid_from": "2026-01-01", "customers_are": "cats"}},
            "customers_are 'cats' is not known; use one of business, persons, both",
        ),
        (
            {"contact": {"valid_from": "2026-01-01", "caps": [{"max": 2}]}},
            "contact, cap 1: give window_days",
        ),
        ({"contact": {"valid_from": "2026-01-01", "name": "No Name"}}, "cannot be used"),
        (
            {"contact": {"valid_from": "2026-01-01"}, "cases": [{"name": "a", "at": "noon"}]},
            "case 1: at must be a moment such as 2026-06-09T08:00:00Z, found 'noon'",
        ),
    ],
)
def test_a_wrong_policy_is_refused_by_name_and_place(document, message):
    with pytest.raises(ContactPolicyError) as refusal:
        read_contact_policy(document)

    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("STOP", "yes"),
        ("  Unsubscribe. ", "yes"),
        ("Opt-out!", "yes"),
        ("please stop texting me", "yes"),
        ("we pay at the end of the month", "perhaps"),
        ("Please do not stop the delivery of last week", "perhaps"),
        ("paid yesterday", "no"),
        ("unstoppable", "no"),
        ("", "no"),
    ],
)
def test_a_reply_opts_out_by_a_keyword(text, reading):
    assert opt_out_reading(text, PACK.rule("US-TCPA-REVOKE").params.keywords) == reading
