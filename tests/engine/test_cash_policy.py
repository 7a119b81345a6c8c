"""A cash policy document is read strictly, its cases are played, and the shipped one is standard."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.cash_policy import (
    STANDARD_CASH,
    CashPolicyError,
    WriteOffPolicy,
    read_cash_policy,
)
from dunwell.engine.cash_rehearsal import difference_answer, play_cash_cases
from dunwell.engine.return_reasons import RETURN_REASONS

START = {"valid_from": date(2026, 1, 1)}


def read(**fields):
    return read_cash_policy({"cash": {**START, **fields}})


def shipped():
    text = (files("dunwell") / "policies" / "cash_standard.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def test_the_shipped_document_says_the_standard_and_every_field_of_it():
    policy = read_cash_policy(shipped())

    assert replace(policy, valid_from=date.min, cases=()) == STANDARD_CASH
    assert [r.message() for r in play_cash_cases(policy) if not r.is_passed] == []
    body = shipped()["cash"]
    assert set(body) == set(type(policy).__slots__) - {"cases"}
    for part in ("matching", "write_off", "returned", "debit"):
        assert set(body[part]) == set(type(getattr(policy, part)).__slots__), part


def test_fields_left_out_keep_the_standard_and_stated_ones_change_it():
    policy = read(
        name="house", order="de_bgb", unclaimed_days=1_095, refund_evidence=False,
        matching={"min_precision_ppm": 999_000, "unearned_rates_ppm": [30_000],
                  "held_customers": [7, "K7"], "own_names": ["Northwind"]},
        write_off={"month_minor": 0}, returned={"fee_minor": 500},
        debit={"retry_days": [3], "ladder": {"AM04": "stop", "FRAD": "stop"}},
        accounts={"receivable": "1400", "offset": "1590-00"},
    )  # fmt: skip

    assert read() == replace(STANDARD_CASH, valid_from=START["valid_from"])
    assert policy == replace(
        STANDARD_CASH,
        name="house", valid_from=START["valid_from"], order="de_bgb", unclaimed_days=1_095,
        refund_evidence=False,
        matching=replace(
            STANDARD_CASH.matching, min_precision_ppm=999_000, unearned_rates_ppm=(30_000,),
            held_customers=(7, "K7"), own_names=("Northwind",),
        ),
        write_off=replace(STANDARD_CASH.write_off, month_minor=0),
        returned=replace(STANDARD_CASH.returned, fee_minor=500),
        debit=replace(
            STANDARD_CASH.debit, retry_days=(3,),
            ladder={**STANDARD_CASH.debit.ladder, "AM04": "stop", "FRAD": "stop"},
        ),
        accounts={"receivable": "1400", "offset": "1590-00"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"strategy": {}}, "document: field 'strategy' is not known; use cases, cash"),
        ({"cases": []}, "cash: expected fields with values, found None"),
        ({"cash": {}}, "cash: valid_from must be a day such as 2026-01-31, found None"),
        ({"cash": {**START, "colour": 1}}, "cash: field 'colour' is not known; use accounts, debit"),
        ({"cash": {**START, "name": "A b"}}, "cash: name 'A b' cannot be used; write a-z, 0-9"),
        ({"cash": {**START, "order": "random"}}, "cash: order 'random' is not known; use one of oldest"),
        ({"cash": {**START, "refund_evidence": 1}}, "cash: refund_evidence must be true or false"),
        ({"cash": {**START, "unclaimed_days": 0}}, "cash: unclaimed_days is 0; it must lie in 1 … 7300"),
        ({"cash": {**START, "matching": {"fee": 1}}}, "cash, matching: field 'fee' is not known; use alt"),
        ({"cash": {**START, "matching": {"fee_ppm": 1_000_001}}}, "cash, matching: fee_ppm is 1000001; it"),
        ({"cash": {**START, "matching": {"min_precision_ppm": 95}}}, "min_precision_ppm is 95; it must lie in 500000"),
        ({"cash": {**START, "matching": {"own_names": ["a", "a"]}}}, "own_names holds 'a'; write each name once"),
        ({"cash": {**START, "matching": {"held_customers": [True]}}}, "held_customers holds True; write each"),
        ({"cash": {**START, "matching": {"unearned_rates_ppm": [0]}}}, "unearned_rates_ppm is 0; it must lie in 1"),
        ({"cash": {**START, "write_off": {"item_minor": -1}}}, "cash, write_off: item_minor is -1; it must lie"),
        ({"cash": {**START, "returned": []}}, "cash, returned: expected fields with values, found []"),
        ({"cash": {**START, "debit": {"retry_days": [10, 5]}}}, "cash, debit: retry_days are [10, 5]; list them in"),
        ({"cash": {**START, "debit": {"ladder": {"XX00": "fix"}}}}, "cash, debit, ladder: 'XX00' is no reason code"),
        ({"cash": {**START, "debit": {"ladder": {"AM04": "pray"}}}}, "AM04 'pray' is not known; use one of retry, fix"),
        ({"cash": {**START, "accounts": {"cash": "1"}}}, "cash, accounts: field 'cash' is not known; use allowance, bank"),
        ({"cash": {**START, "accounts": {"bank": 1200}}}, "cash, accounts: bank must be a text, found 1200"),
        ({"cash": {**START, "accounts": {"bank": "=1"}}}, "cash, accounts: bank '=1' is no account number"),
        ({"cash": START, "cases": [{"name": "x"}]}, "cash, case 1: say difference_minor with item_minor, or"),
        ({"cash": START, "cases": [{"name": "x", "returned": "ZZ", "expect": "fix"}]}, "case 1: returned 'ZZ' is no"),
        ({"cash": START, "cases": [{"name": "x", "returned": "AM04", "expect": "yes"}]}, "case 1: expect 'yes' is not"),
        ({"cash": START, "cases": [{"name": "x", "difference_minor": 1, "item_minor": 0, "expect": "written_off"}]},
         "case 1: item_minor is 0; it must lie in 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place_and_what_is_allowed(document, sentence):
    with pytest.raises(CashPolicyError) as error:
        read_cash_policy(document)
    assert sentence in str(error.value)


def test_a_case_that_does_not_come_out_says_what_did():
    cases = [
        {"name": "too hopeful", "returned": "AM04", "attempt": 3, "expect": "retry"},
        {"name": "too soon", "returned": "AM04", "expect": "retry", "after_days": 4},
    ]
    policy = read_cash_policy({"cash": START, "cases": cases})
    assert [(r.is_passed, r.message()) for r in play_cash_cases(policy)] == [
        (False, "too hopeful: expected retry, found give_up"),
        (False, "too soon: expected retry after 4 days, found retry after 5 days"),
    ]


@given(
    difference=st.integers(1, 10_000), item=st.integers(1, 1_000_000), spent=st.integers(0, 60_000)
)
def test_what_is_written_off_keeps_every_limit(difference, item, spent):
    policy = WriteOffPolicy()
    answer = difference_answer(
        policy, difference_minor=difference, item_minor=item, spent_minor=spent
    )
    is_allowed = (
        difference <= policy.item_minor
        and difference * 1_000_000 <= item * policy.item_ppm
        and spent + difference <= policy.month_minor
    )
    assert (answer == "written_off") == is_allowed


def test_every_code_of_the_ladder_has_its_words():
    assert set(STANDARD_CASH.debit.ladder) <= set(RETURN_REASONS)
