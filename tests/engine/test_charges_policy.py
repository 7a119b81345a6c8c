"""The charges policy: what is read, what is refused with its place, and its cases."""

import pytest

from dunwell.engine.charges_policy import ChargesPolicyError, read_charges_policy
from dunwell.engine.charges_rehearsal import play_charges_cases
from dunwell.formats.policies import read_policy
from tests.engine.charge_rows import rules, shipped, tables

CASE = {
    "name": "a case", "country": "AT", "party": "company", "currency": "EUR",
    "amount_minor": 10_000_00, "due_on": "2025-06-30", "paid_on": "2025-08-14",
}  # fmt: skip


def document(*cases, **group):
    groups = [
        {"name": "public", "segments": ["public"], "mode": False},
        {"name": "rest", "mode": "bill", "since": "2025-01-01", "grace_days": 3, **group},
    ]
    return {
        "charges": {"name": "ours", "valid_from": "2026-01-01", "groups": groups},
        "cases": [{**CASE, **case} for case in cases],
    }


def played(*cases, **group):
    policy = read_charges_policy(document(*cases, **group))
    return play_charges_cases(policy, rules=rules(), tables=tables())


def test_the_standard_charges_nobody_and_its_cases_come_out():
    policy = read_charges_policy(shipped("charges_standard"))
    assert policy.is_off
    results = play_charges_cases(policy, rules=rules(), tables=tables())
    assert results and all(result.is_passed for result in results)


def test_cases_say_what_a_policy_costs():
    full = {
        "mode": "bill", "rule": "EU-LPD", "interest_minor": 125_14, "compensation_minor": 40_00,
    }  # fmt: skip
    results = played(
        {"expect": full},
        {"paid_on": "2025-07-03", "expect": {"interest_minor": 0, "compensation_minor": 0}},
        {"segment": "public", "expect": {"mode": False}},
        {"party": "", "expect": {"rule": "", "interest_minor": 0}},
        {"paid_minor": 10, "as_of": "2025-07-10", "expect": {"interest_minor": 27_81}},
        {"currency": "USD", "expect": {"compensation_minor": 0}},
        {"country": "NL", "party": "person", "noticed_on": "2025-07-10",
         "expect": {"rule": "NL-WIK-B2C", "compensation_minor": 875_00}},
        {"country": "NL", "party": "person", "expect": {"compensation_minor": 0}},
        {"country": "IN", "currency": "INR", "amount_minor": 100_000_00, "due_on": "2024-11-09",
         "paid_on": "2025-02-06", "as_of": "2025-02-06", "expect": {"rule": "IN-MSMED"}},
        registered=["msmed"],
    )  # fmt: skip
    assert [result.message() for result in results if not result.is_passed] == []


def test_a_case_that_fails_says_what_was_found():
    (result,) = played({"expect": {"interest_minor": 1}})
    assert not result.is_passed
    assert result.message() == "a case: expected interest_minor 1, found interest_minor 12514"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mode": "maybe"}, "charges, group 2: mode 'maybe' is not known"),
        ({"since": None}, "charges, group 2: since is missing"),
        ({"parties": ["alien"]}, "charges, group 2: parties 'alien' is not known"),
        ({"countries": ["Germany"]}, "charges, group 2: 'Germany' is no country"),
        ({"grace_days": -1}, "charges, group 2: grace_days is -1"),
        ({"color": "red"}, "charges, group 2: field 'color' is not known"),
        ({"fees": [{"level": 1, "currency": "euro", "fee_minor": 5}]}, "no code such as EUR"),
        ({"name": "public"}, "charges: group public stands twice"),
        ({"year": "act_act"}, "charges, group 2: year 'act_act' is not known"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(change, message):
    with pytest.raises(ChargesPolicyError) as refusal:
        read_charges_policy(document(**change))
    assert message in str(refusal.value)


def test_a_rule_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="rule 'EU-MAGIC' is not known; write statutory"):
        played({"expect": {"interest_minor": 0}}, rule="EU-MAGIC")


def test_an_empty_policy_and_a_case_without_a_day_are_refused():
    with pytest.raises(ChargesPolicyError, match="groups is empty"):
        read_charges_policy({"charges": {"valid_from": "2026-01-01", "groups": []}})
    with pytest.raises(ChargesPolicyError, match="case 1: say as_of"):
        read_charges_policy(document({"paid_on": None, "expect": {"mode": "bill"}}))
    with pytest.raises(ChargesPolicyError, match="case 1, expect: state at least one"):
        read_charges_policy(document({"expect": {}}))


def test_yaml_of_the_shipped_files_reads():
    assert read_policy("charges: {}").document == {"charges": {}}
    assert len(rules()) == len({rule.id for rule in rules()}) >= 20
    assert all(rule.source for rule in rules())
