"""The dispute policy: what is shipped, what is refused, and which rule a case gets."""

from datetime import date
from importlib.resources import files

import pytest

from dunwell.engine.dispute_letters import denial_letter
from dunwell.engine.dispute_policy import PLACES, DisputePolicyError, read_dispute_policy
from dunwell.engine.dispute_rehearsal import play_dispute_cases
from dunwell.engine.dispute_routes import (
    AutoRule,
    Conditions,
    DisputeFacts,
    auto_of,
    clock_of,
    route_of,
)
from dunwell.engine.dispute_validity import ClaimFacts, validity
from dunwell.formats.policies import read_policy

TEXT = files("dunwell").joinpath("policies", "disputes_standard.yaml").read_text(encoding="utf-8")
DOCUMENT = read_policy(TEXT).document
POLICY = read_dispute_policy(DOCUMENT)


def body(**changes):
    return {"disputes": {**DOCUMENT["disputes"], **changes}, "cases": []}


def refusal(document):
    with pytest.raises(DisputePolicyError) as error:
        read_dispute_policy(document)
    return str(error.value)


def test_the_standard_passes_its_own_cases_and_has_every_reason():
    assert [one.message() for one in play_dispute_cases(POLICY) if not one.is_passed] == []
    assert len(POLICY.cases) == 6
    assert list(POLICY.reasons) == [
        *("price", "short_delivery", "quality", "no_po", "duplicate", "tax", "already_paid"),
        *("other", "damage", "return", "discount", "freight", "promotion", "not_received"),
        *("wrong_address", "contract", "cancelled"),
    ]
    assert (POLICY.valid_from, POLICY.reopen_days) == (date(2026, 1, 1), 30)
    assert not any(rule.is_on for rule in POLICY.auto)


def test_every_reason_and_cause_of_the_standard_is_named_in_both_languages():
    named = [*POLICY.reasons.values(), *POLICY.root_causes.values()]

    assert all(set(one.labels) == {"en", "de"} for one in named)
    assert all(set(one.denial) == {"en", "de"} for one in POLICY.reasons.values())
    assert all(set(labels) == {"en", "de"} for labels in POLICY.evidence.values())


PRICE = DOCUMENT["disputes"]["reasons"]["price"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"disputes": {}}, "disputes, evidence: expected fields with values, found None"),
        (
            body(reasons={"price": PRICE}),
            "disputes, reasons: other is missing; it takes what fits nothing",
        ),
        (
            body(reasons={"price": {**PRICE, "us": ["price_agreement"]}}),
            (
                "disputes, reasons, price: price_agreement speaks for the customer and for us; "
                "keep one of them"
            ),
        ),
        (
            body(reasons={"price": {**PRICE, "base_ppm": 0}}),
            "disputes, reasons, price: base_ppm is 0; it must lie in 10000 … 990000",
        ),
        (
            body(clocks=[{"reasons": ["price"], "respond_days": 1, "resolve_days": 2}]),
            ("disputes, clocks: a last one without conditions is missing; every case has a clock"),
        ),
        (
            body(clocks=[{"respond_days": 3, "resolve_days": 2}]),
            "disputes, clock 1: respond_days 3 is more than resolve_days 2; swap them",
        ),
        (
            body(auto=[{"name": "all", "outcome": "accept", "month_minor": 1}]),
            "disputes, auto 1: below_minor is missing; say what is small",
        ),
        (
            body(
                letters={**DOCUMENT["disputes"]["letters"], "en": {"subject": "{x}", "body": "b"}}
            ),
            (
                "disputes, letters, en, subject: placeholder 'x' is not known; use one of "
                f"{', '.join(PLACES)}"
            ),
        ),
        (
            body(letters={**DOCUMENT["disputes"]["letters"], "en": {"subject": "{", "body": "b"}}),
            ("disputes, letters, en, subject: a brace stands alone; write placeholders as {name}"),
        ),
        (
            body(routes=[{"name": "a", "team": "x"}, {"name": "a", "team": "y"}]),
            "disputes, routes: two are named 'a'; give each its own name",
        ),
    ],
)
def test_a_wrong_document_is_refused_with_the_place(document, sentence):
    assert refusal(document) == sentence


def test_the_first_rule_that_fits_is_taken_and_an_unknown_amount_is_the_largest():
    known = DisputeFacts(reason="price", amount_minor=5_000)
    unknown = DisputeFacts(reason="price", amount_minor=None)

    assert route_of(POLICY.routes, known).name == "sales"
    assert clock_of(POLICY.clocks, known).resolve_days == 15
    assert clock_of(POLICY.clocks, unknown).resolve_days == 10
    assert route_of((), known) is None


def test_a_rule_for_small_cases_ends_with_its_budget():
    rule = AutoRule(
        name="small",
        when=Conditions(below_minor=100),
        outcome="accept",
        month_minor=150,
        is_on=True,
    )
    small = DisputeFacts(reason="price", amount_minor=99)

    assert auto_of([rule], small, spent_minor={}) == rule
    assert auto_of([rule], small, spent_minor={"small": 51}) == rule
    assert auto_of([rule], small, spent_minor={"small": 52}) is None
    assert auto_of([rule], DisputeFacts(reason="price", amount_minor=100), spent_minor={}) is None
    assert auto_of([rule], DisputeFacts(reason="price", amount_minor=None), spent_minor={}) is None
    assert auto_of(POLICY.auto, small, spent_minor={}) is None


def chance(**facts):
    found = validity(POLICY.reasons["price"], POLICY.validity, ClaimFacts(**facts))
    return found.chance_ppm, [(one.code, one.detail) for one in found.contributions]


def test_the_chance_begins_at_the_base_rate_and_every_contribution_moves_it():
    base, why = chance()
    assert (base, why) == (599_888, [("base", "price")])
    assert chance(decided=180, right=18)[0] == 149_949
    for_customer = chance(evidence=frozenset({"price_agreement"}))
    for_us = chance(evidence=frozenset({"price_list"}))
    assert for_us[0] < base < for_customer[0]
    assert for_customer[1] == [("base", "price"), ("for_customer", "price_agreement")]
    assert for_us[1] == [("base", "price"), ("for_us", "price_list")]
    assert chance(verdicts=["invalid"])[0] < base < chance(verdicts=["partly"])[0]
    assert chance(verdicts=["partly"])[0] < chance(verdicts=["valid"])[0]
    assert chance(verdicts=[""]) == chance()
    assert chance(customer_decided=5, customer_right=0)[0] < base
    assert chance(customer_decided=5, customer_right=5)[0] > base
    assert chance(is_whole=True)[0] < base


def test_a_letter_says_reason_and_amount_and_reads_no_value_again():
    subject, text = denial_letter(
        POLICY,
        reason="price",
        language="de",
        why="{company} sagt nein.",
        values={
            "company": "Nordwind {amount}",
            "case": "D-000001",
            "items": "R1",
            "amount": "30,00 EUR",
            "sender": "anna",
        },
    )

    assert subject == "Ihre Reklamation D-000001"
    assert "(Preis) über 30,00 EUR" in text
    assert "{company} sagt nein." in text and text.endswith("Nordwind {amount}")
    english, _ = denial_letter(POLICY, reason="gone", language="fr", why="", values={"case": "D"})
    assert english == "Your claim D"
