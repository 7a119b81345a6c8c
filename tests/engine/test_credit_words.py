"""How facts, conditions and reasons of a credit decision read."""

import pytest

from dunwell.engine.credit_conditions import read_when
from dunwell.engine.credit_words import fact_label, value_words, when_words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("own_days_late", 1, "1 day"),
        ("own_days_late", 12, "12 days"),
        ("own_share_late_ppm", 125_000, "12.5 %"),
        ("own_open_minor", 123_456, "1,234.56 EUR"),
        ("fs_altman_z2_milli", 2_600, "2.60"),
        ("bureau_is_insolvent", True, "yes"),
        ("bureau_is_insolvent", False, "no"),
        ("bureau_name", "Alpha", "Alpha"),
        ("own_days_late", None, "not known"),
        ("asked_share_ppm", 1_000_001, "100 %"),
        ("asked_minor", 5_00, "5.00 EUR"),
        ("point_own_dogs", 3, "3"),
    ],
)
def test_a_value_reads_with_its_unit(name, value, words):
    assert value_words(name, value, currency="EUR") == words


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({}, ""),
        ({"own_days_late": {"from": 3}}, "Mean days late, weighted by amount from 3 days"),
        (
            {"own_days_late": {"to": 9}, "bureau_is_insolvent": True},
            "Mean days late, weighted by amount up to 9 days and Any bureau reports an insolvency: yes",
        ),
        ({"customer_country": ["DE", "FR"]}, "Country of the customer is DE or FR"),
        ({"customer_country": {"not": ["DE"]}}, "Country of the customer is not DE"),
        ({"asked_minor": {"to": 500}}, "Amount asked for up to 5.00 EUR"),
    ],
)
def test_conditions_read_as_a_line(stated, words):
    when = read_when(stated, "case", found=("asked_minor",))
    assert when_words(when, currency="EUR") == words


def test_a_fact_nobody_catalogued_is_called_by_its_name():
    assert fact_label("point_own_dogs") == "own dogs"
    assert fact_label("nonsense") == "nonsense"
