from datetime import date

import pytest

from dunwell.formats.limit_rows import LimitFileError, LimitLine, read_limits


def read(text, name="limits.csv"):
    return read_limits(text.encode(), name, home="EUR").lines


def test_a_line_is_a_limit_with_its_days():
    told = read(
        "Customer number,Limit,Currency,Kind,Valid from,Valid until,Reason\n"
        "K1,25000.00,EUR,standard,2026-01-01,,yearly  review\n"
        "K2,1500,,temporary,,2026-06-30,\n"
        "K3,0,,suspended,,,\n"
    )

    assert told == (
        LimitLine(
            row=2, customer_number="K1", amount_minor=25_000_00, currency="EUR",
            from_on=date(2026, 1, 1), reason="yearly review",
        ),
        LimitLine(
            row=3, customer_number="K2", amount_minor=1_500_00, currency="EUR", kind="temporary",
            until_on=date(2026, 6, 30),
        ),
        LimitLine(row=4, customer_number="K3", amount_minor=0, currency="EUR", kind="suspension"),
    )  # fmt: skip


def test_german_columns_and_amounts_are_read():
    told = read("Kundennummer;Kreditlimit;Art;Gültig bis\nK1;25.000,50;versichert;31.12.2026\n")

    assert told == (
        LimitLine(
            row=2, customer_number="K1", amount_minor=25_000_50, currency="EUR", kind="insured",
            until_on=date(2026, 12, 31),
        ),
    )  # fmt: skip


def test_what_cannot_be_read_is_the_problem_of_its_line():
    told = read("Customer,Limit,Kind,Until\n,much,endless,tomorrow\nK2,5.00,,\n")

    assert told[0].problem == (
        "the customer number (Kundennummer) is missing; 'much' is no amount; 'endless' is no "
        "kind; write standard, temporary, insured, suspension; 'tomorrow' is no day; write it "
        "as 2026-01-31"
    )
    assert told[1].problem == ""


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("Name,Betreff\nA,B\n", "no column is known as customer number"),
        ("Customer,Limit\nK1,1.000\nK2,2.000\n", "decimal point and a decimal comma"),
    ],
)
def test_a_file_that_is_no_table_of_limits_is_refused(text, match):
    with pytest.raises(LimitFileError, match=match):
        read(text)
