from datetime import date

import pytest

from dunwell.engine.responses_policy import (
    AlarmTerms,
    ResponsesPolicyError,
    play_response_cases,
    read_responses_policy,
)

BODY = {"name": "responses", "valid_from": date(2026, 1, 1)}


def policy(**fields):
    cases = fields.pop("cases", [])
    return read_responses_policy({"responses": {**BODY, **fields}, "cases": cases})


def test_effects_come_in_one_order_and_a_code_without_effects_has_none():
    found = policy(effects={"RE": ["task", "dispute"]})
    assert (found.effects_of("RE"), found.effects_of("AP")) == (("dispute", "task"), ())


@pytest.mark.parametrize(
    ("reasons", "code", "expected"),
    [
        (("REF",), "RE", "no_po"),
        (("NON", "QTY"), "UQ", "short_delivery"),
        (("qte_err",), "210", "short_delivery"),
        (("OTH",), "RE", "other"),
        ((), "207", "other"),
        (("STRANGE",), "RE", "STRANGE"),
    ],
)
def test_the_first_reason_that_says_something_is_the_reason_of_the_dispute(
    reasons, code, expected
):
    found = policy(reasons={"QTE_ERR": "short_delivery"}).reason_of(reasons, code)
    assert found == ("other" if expected == "STRANGE" else expected)


def test_cases_are_played_with_answers_and_with_invoices_without_proof():
    found = policy(
        effects={"RE": ["dispute"]},
        alarm={"days_before_due": 5, "proofs": ["opened"]},
        cases=[
            {"name": "no", "code": "RE", "reason": "PRI", "expect": ["dispute price"]},
            {"name": "near", "days_before_due": 5, "proof": "delivered", "expect": ["alarm"]},
            {"name": "seen", "days_before_due": 1, "proof": "opened", "expect": []},
            {"name": "far", "days_before_due": 6, "expect": ["alarm"]},
        ],
    )
    played = [(answer.case.name, answer.is_passed) for answer in play_response_cases(found)]
    assert played == [("no", True), ("near", True), ("seen", True), ("far", False)]
    assert found.alarm == AlarmTerms(days_before_due=5, proofs=("opened",))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"effects": {"XX": ["task"]}}, "field 'XX' is not known"),
        ({"effects": {"RE": ["shout"]}}, "shout"),
        ({"alarm": {"proofs": ["paper"]}}, "paper"),
        ({"arrival_days": 61}, "arrival_days is 61"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(fields, told):
    with pytest.raises(ResponsesPolicyError) as error:
        policy(**fields)
    assert told in str(error.value)
