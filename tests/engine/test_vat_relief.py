"""When the VAT of a bad debt may be claimed back: days worked out by hand, and the VAT inside."""

from datetime import date
from importlib.resources import files

import narwhals.stable.v2 as nw
import pytest
import yaml

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.documents import DocumentError
from dunwell.engine.vat_relief import BAD_DEBTS, read_vat_rules, vat_relief, vat_rule, vat_within
from tests.engine.limitation_rows import frame

RULES = read_vat_rules(
    yaml.safe_load(
        files("dunwell").joinpath("policies", "vat_relief.yaml").read_text(encoding="utf-8")
    )
)


def span(country, *, due, supply, written_off=None, insolvent=None):
    """First and last day to claim, None where the debt is not lost."""
    days = [None if on is None else day_number(on) for on in (due, supply, written_off, insolvent)]
    columns = {name: column.dtype for name, column in BAD_DEBTS.items()}
    found = vat_relief(frame([(1, *days)], columns), vat_rule(RULES, country=country))
    rows = nw.to_native(found).collect().rows()
    return rows and tuple(None if day is None else day_date(day) for day in rows[0][1:])


@pytest.mark.parametrize(
    ("country", "facts", "expected"),
    [
        # six months after the due day, which is later than the supply; no 31 February
        ("GB", {"due": date(2025, 8, 31), "supply": date(2025, 8, 1),
                "written_off": date(2025, 12, 1)}, (date(2026, 2, 28), date(2030, 2, 28))),
        # the supply is later than the due day, and 2028 is a leap year
        ("GB", {"due": date(2027, 1, 1), "supply": date(2027, 8, 30),
                "written_off": date(2027, 9, 1)}, (date(2028, 2, 29), date(2032, 2, 29))),
        # written off after the waiting time
        ("GB", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1),
                "written_off": date(2026, 3, 1)}, (date(2026, 3, 1), date(2029, 7, 10))),
        # an insolvency alone is no write-off
        ("GB", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1),
                "insolvent": date(2026, 3, 1)}, []),
        ("DE", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1),
                "insolvent": date(2026, 3, 1)}, (date(2026, 3, 1), None)),
        ("DE", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1),
                "written_off": date(2026, 1, 1), "insolvent": date(2026, 3, 1)},
         (date(2026, 1, 1), None)),
        ("DE", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1),
                "written_off": date(2026, 5, 1), "insolvent": date(2026, 3, 1)},
         (date(2026, 3, 1), None)),
        ("DE", {"due": date(2025, 1, 10), "supply": date(2025, 1, 1)}, []),
    ],
)  # fmt: skip
def test_the_days_are_those_worked_out_by_hand(country, facts, expected):
    assert span(country, **facts) == expected


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [(119_00, 190_000, 19_00), (120_00, 200_000, 20_00), (100_00, 190_000, 15_97), (1, 70_000, 0)],
)
def test_the_vat_lies_inside_the_gross_amount(gross, rate, vat):
    assert vat_within(gross, rate_ppm=rate) == vat


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": "never"}, "when 'never' is not known"),
        ({"within_months": 0}, "within_months is 0"),
        ({"colour": 1}, "field 'colour' is not known"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(change, message):
    rule = {
        "id": "X", "title": "x", "country": "XX", "when": "lost", "wait_months": 0,
        "source": "law", "evidence": "S",
    }  # fmt: skip
    with pytest.raises(DocumentError, match=message):
        read_vat_rules({"rules": [{**rule, **change}]})
    with pytest.raises(DocumentError, match="XX has two rules"):
        read_vat_rules({"rules": [rule, {**rule, "id": "Y"}]})
    assert vat_rule(RULES, country="FR") is None
