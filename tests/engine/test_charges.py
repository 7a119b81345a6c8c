"""Late interest and compensation to the cent: every golden of the design notes, and their laws."""

import csv
import json
from datetime import date
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine.charges.compounding import Stretch, compound_sums
from dunwell.engine.charges.reference_rates import RateValue, rate_spans, with_own_values
from tests.engine.charge_rows import (
    HALF_2025,
    SINCE,
    at_rate,
    interest,
    late,
    number,
    rules,
    tables,
    terms,
)

DATA = Path(__file__).parents[3] / "shared" / "data" / "rates"


@pytest.mark.parametrize(
    ("country", "party", "rate_ppm", "days", "expected"),
    [
        ("AT", "company", 101_500, 45, 125_14),
        ("DE", "company", 102_700, 45, 126_62),
        ("DE", "person", 62_700, 45, 77_30),
        ("FR", "company", 121_500, 45, 149_79),
    ],
)
def test_statutory_interest_of_10_000_comes_out_to_the_cent(
    country, party, rate_ppm, days, expected
):
    charged = terms(country, party)
    span = charged.span_on(HALF_2025)
    assert span.rate_ppm == rate_ppm

    assert late(at_rate(rate_ppm), 10_000_00, days) == expected
    if party == "company":
        assert late(charged, 10_000_00, days) == expected


def test_the_british_example_is_the_published_one():
    charged = terms("GB")
    first = date(2026, 1, 1)
    assert charged.span_on(first).rate_ppm == 117_500
    assert late(charged, 10_000_00, 60, first=first) == 193_15
    assert 10_000_00 + 193_15 + charged.rule.compensation.amount_minor(10_000_00) == 10_293_15


def test_german_interest_across_three_rates_is_rounded_once():
    charged = terms("DE")
    due, until = date(2024, 11, 30), date(2025, 8, 1)
    rates = [span.rate_ppm for span in charged.spans if span.until_on > due][:3]
    assert rates[0:1] == [123_700]
    assert interest(charged, 10_000_00, due=due, until=until) == 751_15

    pieces = [
        late(at_rate(123_700), 10_000_00, 31),
        late(at_rate(112_700), 10_000_00, 181),
        late(at_rate(102_700), 10_000_00, 31),
    ]
    assert pieces == [105_06, 558_87, 87_22]


@pytest.mark.parametrize(
    ("year", "expected"), [("act_365", 125_14), ("act_360", 126_88), ("30_360", 124_06)]
)
def test_the_day_count_is_a_parameter(year, expected):
    # 1 July to 15 August are 45 days, and 44 in months of thirty
    assert late(at_rate(101_500, year=year), 10_000_00, 45) == expected


def test_the_rate_of_a_day_is_not_rounded_before_the_end():
    """5,000 at 12.25 % for 101 days is 169.49; rounding the daily rate first gives 169.68."""
    assert late(at_rate(122_500), 5_000_00, 101) == 169_49


def test_brazil_takes_a_fine_and_one_per_cent_a_month():
    charged = terms("BR", contract_rate_ppm=120_000)
    assert late(charged, 1_000_00, 45) == 15_00
    assert charged.rule.compensation.amount_minor(1_000_00) == 20_00


@pytest.mark.parametrize(("rate_ppm", "expected"), [(202_500, 5_148_41), (165_000, 4_181_98)])
def test_india_compounds_with_monthly_rests(rate_ppm, expected):
    first, until = date(2025, 2, 10), date(2025, 5, 10)
    stretch = Stretch(
        month_no=0, from_day=number(first), until_day=number(until), rate_ppm=rate_ppm,
        base_minor=100_000_00,
    )  # fmt: skip
    assert compound_sums([stretch], start_day=number(first)) == {0: expected}


def test_a_part_of_a_rest_bears_its_days_and_a_rest_may_hold_two_rates():
    first = number(date(2025, 1, 1))
    half = Stretch(month_no=1, from_day=first, until_day=first + 31, rate_ppm=120_000,
                   base_minor=31_000_00)  # fmt: skip
    assert compound_sums([half], start_day=first) == {1: 310_00}
    short = Stretch(month_no=1, from_day=first, until_day=first + 10, rate_ppm=120_000,
                    base_minor=31_000_00)  # fmt: skip
    higher = Stretch(month_no=1, from_day=first + 10, until_day=first + 31, rate_ppm=240_000,
                     base_minor=31_000_00)  # fmt: skip
    assert compound_sums([short, higher], start_day=first) == {1: 100_00 + 420_00}


def test_switzerland_canada_and_the_united_states():
    assert late(terms("CH"), 10_000_00, 365, first=date(2025, 1, 1)) == 500_00
    capped = terms("CA", contract_rate_ppm=240_000, is_yearly_stated=False)
    assert late(capped, 10_000_00, 365, first=date(2025, 1, 1)) == 500_00
    stated = terms("CA", contract_rate_ppm=240_000)
    assert late(stated, 10_000_00, 365, first=date(2025, 1, 1)) == 2_400_00
    assert terms("US").spans == ()
    assert late(terms("US", contract_rate_ppm=180_000), 10_000_00, 73) == 360_00


def rule(name):
    return next(one for one in rules() if one.id == name)


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("UK-LPA", {1: 40_00, 999_99: 40_00, 1_000_00: 70_00, 9_999_99: 70_00, 10_000_00: 100_00}),
        ("EU-LPD", {0: 0, 1: 40_00, 9_000_000_00: 40_00}),
        (
            "NL-WIK-B2C",
            {100_00: 40_00, 300_00: 45_00, 3_000_00: 425_00, 10_000_00: 875_00,
             200_000_00: 2_775_00, 2_000_000_00: 6_775_00, 0: 0},
        ),
        (
            "BE-XIX",
            {150_00: 20_00, 150_01: 30_00, 400_00: 55_00, 500_00: 65_00, 1_500_00: 115_00,
             50_000_00: 2_000_00},
        ),
        ("PL-COMP", {5_000_00: 40_00, 5_000_01: 70_00, 49_999_99: 70_00, 50_000_00: 100_00}),
        ("BR-MORA", {1_000_00: 20_00}),
    ],
)  # fmt: skip
def test_compensation_by_band_and_tier(name, amounts):
    schedule = rule(name).compensation
    assert {base: schedule.amount_minor(base) for base in amounts} == amounts
    frame = nw.from_native(pl.LazyFrame({"base": list(amounts)}))
    found = nw.to_native(frame.select(amount=schedule.of(nw.col("base"))))
    assert found.collect().get_column("amount").to_list() == list(amounts.values())


def test_an_early_discount_is_dear_credit():
    """2/10 net 30: 2 % for 20 days is 37.24 % a year simple, 44.59 % compounded."""
    simple = 20_000 * 365 * 1_000_000 // (980_000 * 20)
    assert round(simple / 10_000, 2) == 37.24
    assert round(((1 + 2 / 98) ** (365 / 20) - 1) * 100, 2) == 44.59


def test_rules_are_chosen_by_country_kind_and_date():
    ids = {
        (country, party): charged.rule.id if (charged := terms(country, party)) else ""
        for country, party in (
            ("DE", "company"), ("DE", ""), ("FR", "public"), ("NL", "person"), ("BE", "company"),
            ("AT", "person"), ("GB", "company"), ("IN", "company"), ("US", ""), ("XX", "company"),
        )
    }  # fmt: skip
    assert ids == {
        ("DE", "company"): "DE-BGB-288-B2B",
        ("DE", ""): "DE-BGB-288-B2C",  # unknown: the strictest reading
        ("FR", "public"): "FR-L441-10",
        ("NL", "person"): "NL-WIK-B2C",
        ("BE", "company"): "EU-LPD",
        ("AT", "person"): "",
        ("GB", "company"): "UK-LPA",
        ("IN", "company"): "",  # only for a supplier that is registered
        ("US", ""): "",
        ("XX", "company"): "",
    }
    assert terms("IN", registered=("msmed",)).rule.id == "IN-MSMED"
    assert not rule("UK-LPA-REFORM").is_in_force


def test_a_half_year_that_is_not_known_stays_unknown():
    charged = terms("FR")
    assert charged.span_on(date(2026, 6, 30)).rate_ppm == 121_500
    assert charged.unknown_from == date(2026, 7, 1)
    assert terms("PL").unknown_from == SINCE
    june, august = date(2026, 7, 1), date(2026, 8, 1)
    args = {"due": date(2026, 5, 31)}
    assert interest(charged, 10_000_00, until=june, **args) == 99_86
    assert interest(charged, 10_000_00, until=august, **args) == 99_86


def test_a_company_enters_what_is_missing():
    own = RateValue(from_on=date(2026, 7, 1), rate_ppm=19_000, source="ECB", is_own=True)
    table = with_own_values(tables()["ECB_MRO"], [own])
    spans = rate_spans(
        table, fixing="half_year", first=date(2026, 6, 1), last=date(2027, 1, 31),
        margin_ppm=80_000,
    )  # fmt: skip
    assert [(span.from_on, span.rate_ppm) for span in spans] == [
        (date(2026, 6, 1), 101_500),
        (date(2026, 7, 1), 99_000),
        (date(2027, 1, 1), None),
    ]
    assert "2.15 % of 2025-06-11 + 8 %" in spans[0].source and "(ECB)" in spans[1].source


def test_the_british_half_year_takes_the_rate_of_the_day_before():
    spans = rate_spans(
        tables()["BOE_BASE"], fixing="half_year_eve", first=date(2024, 7, 1),
        last=date(2025, 12, 31), margin_ppm=80_000,
    )  # fmt: skip
    assert [(span.from_on, span.rate_ppm) for span in spans] == [
        (date(2024, 7, 1), 132_500),
        (date(2025, 1, 1), 127_500),
        (date(2025, 7, 1), 122_500),
    ]


@pytest.mark.skipif(not DATA.exists(), reason="the rate tables of shared/data are not there")
def test_the_shipped_rates_are_those_of_the_central_banks():
    def given_by(name, first):
        return {v.from_on: v.rate_ppm for v in tables()[name].values if v.from_on >= first}

    rows = csv.DictReader((DATA / "ecb_key_rates.csv").read_text(encoding="utf-8").splitlines())
    ecb = {
        date.fromisoformat(row["effective_from"]): round(float(row["main_refinancing"]) * 10_000)
        for row in rows
    }
    del ecb[date(2019, 9, 18)]  # 0.00 since 2016
    assert given_by("ECB_MRO", date(2022, 1, 1)) == ecb

    told = json.loads((DATA / "data" / "base_rates.json").read_text(encoding="utf-8"))["data"]
    german = {date.fromisoformat(f"{m}-01"): round(rate * 10_000) for m, rate in told.items()}
    start = date(2013, 1, 1)
    assert given_by("DE_BASIS", start) == {d: r for d, r in german.items() if d >= start}

    with (DATA / "data" / "data.csv").open(encoding="utf-8") as file:
        bank = {
            date.fromisoformat(row["date"]): round(float(row["rate"]) * 10_000)
            for row in csv.DictReader(file)
        }
    start, last = date(2016, 1, 1), date(2025, 5, 8)
    ours = {d: r for d, r in given_by("BOE_BASE", start).items() if d <= last}
    assert ours == {d: r for d, r in bank.items() if start <= d <= last}
