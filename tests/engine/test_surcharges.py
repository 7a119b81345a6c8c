"""Surcharges: nothing for consumers, nothing for what is not known, never more than it costs."""

from datetime import date
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.documents import DocumentError
from dunwell.engine.surcharges import Place, Price, WayToPay, read_surcharge_rules, surcharge

DOCUMENT = yaml.safe_load(
    (files("dunwell") / "policies" / "surcharges.yaml").read_text(encoding="utf-8")
)
RULES = read_surcharge_rules(DOCUMENT)
DAY = date(2026, 11, 1)
COST = Price(rate_ppm=29_000, fixed_minor=30)
COMPANY_CARD = WayToPay(method="card", funding="credit", is_commercial=True)
CREDIT_CARD = WayToPay(method="card", funding="credit")


def added(*places, party="company", way=COMPANY_CARD, asked=50_000, on=DAY):
    ends = [Place(country=place[:2], region=place[3:]) for place in places]
    return surcharge(
        RULES,
        ends=ends,
        party=party,
        way=way,
        amount_minor=100_000,
        asked=Price(rate_ppm=asked),
        cost=COST,
        on=on,
    )


@pytest.mark.parametrize(
    ("places", "party", "way", "amount"),
    [
        (("DE", "DE"), "company", COMPANY_CARD, 2_930),
        (("DE", "DE"), "person", COMPANY_CARD, 0),
        (("DE", "DE"), "", COMPANY_CARD, 0),
        (("DE", "DE"), "company", WayToPay(method="card"), 0),
        (("DE", "DE"), "company", WayToPay(method="card", is_commercial=False), 0),
        (("DE", "AT"), "company", COMPANY_CARD, 0),
        (("DE", "DE"), "company", WayToPay(method="transfer", is_commercial=True), 0),
        (("DE", "DE"), "company", WayToPay(method="debit", is_commercial=True), 0),
        (("GB", "GB"), "company", COMPANY_CARD, 2_930),
        (("GB", "GB"), "company", WayToPay(method="wallet"), 0),
        (("US-NY", "US-NY"), "company", CREDIT_CARD, 2_930),
        (("US-NY", "US-CO"), "company", CREDIT_CARD, 2_000),
        (("US-NY", "US-CT"), "company", CREDIT_CARD, 0),
        (("US-NY", "US"), "company", CREDIT_CARD, 0),
        (("US-NY", "US-NY"), "company", WayToPay(method="card", funding="debit"), 0),
        (("US-NY", "US-NY"), "company", WayToPay(method="card"), 0),
        (("US-CA", "US-CA"), "person", CREDIT_CARD, 0),
        (("CA-ON", "CA-ON"), "person", CREDIT_CARD, 2_400),
        (("CA-ON", "CA-QC"), "person", CREDIT_CARD, 0),
        (("CH", "CH"), "company", COMPANY_CARD, 0),
        (("DE", "BR"), "company", COMPANY_CARD, 0),
    ],
)
def test_the_strictest_law_of_both_ends_holds(places, party, way, amount):
    assert added(*places, party=party, way=way).amount_minor == amount


def test_less_may_be_asked_than_it_costs_and_a_law_counts_from_its_day():
    assert added("DE", "DE", asked=10_000).amount_minor == 1_000
    assert added("DE", "DE", asked=10_000, on=date(2018, 1, 12)).amount_minor == 0


@given(
    st.lists(st.sampled_from(["DE", "AT", "GB", "US-NY", "US-CT", "CA-ON", "CH"]), min_size=1),
    st.sampled_from(["company", "person", "public", ""]),
    st.sampled_from(["card", "wallet", "debit", "transfer"]),
    st.sampled_from(["credit", "debit", "prepaid", ""]),
    st.sampled_from([True, False, None]),
    st.integers(0, 100_000),
)
def test_nobody_ever_pays_more_than_it_costs_and_no_further_end_makes_it_more(
    places, party, method, funding, is_commercial, asked
):
    way = WayToPay(method=method, funding=funding, is_commercial=is_commercial)
    amount = added(*places, party=party, way=way, asked=asked).amount_minor

    assert 0 <= amount <= COST.of(100_000)
    assert added(*places, "DE", party=party, way=way, asked=asked).amount_minor <= amount


@pytest.mark.parametrize("field", ["allowed", "source", "countries", "id"])
def test_a_rule_without_a_field_it_needs_is_refused_by_its_name(field):
    rules = [{k: v for k, v in rule.items() if k != field} for rule in DOCUMENT["rules"]]
    with pytest.raises(DocumentError, match=rf"rules\[0\].*{field}"):
        read_surcharge_rules({"rules": rules})


def test_every_rule_names_its_source():
    assert [rule.id for rule in RULES if len(rule.source) < 10] == []
