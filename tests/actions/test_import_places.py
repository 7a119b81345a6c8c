"""Customers of an import bring the kind of party, the region and the time zones with them."""

import pytest

from dunwell.actions.gate import staff
from dunwell.actions.imports import import_ledger
from dunwell.formats.customer_places import party_of, region_code, zones_of
from dunwell.models import Customer
from tests.actions.exports import findings, ledger
from tests.conftest import AT, TODAY

HEAD = "Customer number;Name;Country;Region;Party;Time zones;Credit limit"


def customers_csv(*lines):
    return ("customers.csv", "\n".join([HEAD, *lines]).encode())


def loaded(company, clerk, *lines):
    return import_ledger(
        actor=staff(clerk, company), ledger=ledger(customers_csv(*lines)), name="c",
        as_of=TODAY, at=AT,
    )  # fmt: skip


def facts():
    rows = Customer.objects.order_by("number").values_list("number", "party", "region", "zones")
    return {number: told for number, *told in rows}


def test_places_are_read_and_what_cannot_be_read_is_told(company, clerk):
    batch = loaded(
        company, clerk,
        "K1;Ann;US;MA;private;America/New_York;100",
        "K2;Beta;DE;Bayern;Firma;Europe/Berlin, Europe/Busingen;100",
        "K3;City;DE;;Behörde;;100",
        "K4;Odd;FR;Bretagne;stranger;Paris;100",
    )  # fmt: skip

    assert facts() == {
        "K1": ["person", "US-MA", ["America/New_York"]],
        "K2": ["company", "", ["Europe/Berlin", "Europe/Busingen"]],
        "K3": ["public", "", []],
        "K4": ["", "", []],
    }
    codes = {code for code, *_ in findings(batch)}
    assert {"unknown_party", "unknown_zones"} <= codes


def test_what_is_known_is_filled_where_empty_and_never_overwritten(company, clerk):
    loaded(company, clerk, "K1;Ann;US;;;;100")
    loaded(company, clerk, "K1;Ann;US;NY;person;America/New_York;100")
    assert facts() == {"K1": ["person", "US-NY", ["America/New_York"]]}
    loaded(company, clerk, "K1;Ann;US;CA;company;America/Los_Angeles;100")
    assert facts() == {"K1": ["person", "US-NY", ["America/New_York"]]}


@pytest.mark.parametrize(
    ("region", "country", "code"),
    [
        ("US-MA", "US", "US-MA"),
        ("us-ny-nyc", "US", "US-NY-NYC"),
        ("ma", "US", "US-MA"),
        ("Massachusetts", "US", ""),
        ("MA", "", ""),
        ("US-MA", "CA", ""),
        ("CA-ON", "", "CA-ON"),
    ],
)
def test_a_region_is_a_code_or_part_of_the_address(region, country, code):
    assert region_code(region, country) == code


def test_words_that_are_no_party_and_names_that_are_no_zone_are_empty():
    assert [party_of(word) for word in ("B2C", "société", "x", "")] == [
        "person",
        "company",
        "",
        "",
    ]
    assert zones_of("Europe/Paris; Europe/Paris") == '["Europe/Paris"]'
    assert (zones_of("Mars/Base"), zones_of(" ")) == ("", "")
