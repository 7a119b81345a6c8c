"""Financial statements from tables: English and German names, years, units, what is refused."""

import io
from datetime import date

import pytest
import xlsxwriter

from dunwell.formats.financial_figures import StatementFileError
from dunwell.formats.financial_files import read_financial_file
from dunwell.formats.statement_sheets import period_end, year_to
from dunwell.formats.statement_words import LINE_OF, line_named, told_scale

GERMAN = """Muster GmbH, Bilanz und GuV;;
Angaben in TEUR;;

Position;31.12.2023;31.12.2024
1. Umsatzerlöse;1.200,5;1.300,0
Zinsaufwendungen;-5;-6
Jahresüberschuss;60;-12,25
II. Vorräte;150;160
Summe Aktiva;900;950
davon Geschäfts- oder Firmenwert;10;9
Eigenkapital;300;288
"""


def read(text, **changes):
    data = text if isinstance(text, bytes) else text.encode()
    return read_financial_file(data, **{"name": "s.csv", "currency": "EUR", **changes})


def lines(file):
    return {one.statement.period_to: dict(one.statement.lines) for one in file.statements}


def test_a_german_sheet_in_thousands_is_read_with_its_places_and_leftovers():
    file = read(GERMAN)
    assert lines(file) == {
        date(2023, 12, 31): {
            "revenue": 1_200_500_00,
            "interest": 5_000_00,
            "net_income": 60_000_00,
            "inventory": 150_000_00,
            "total_assets": 900_000_00,
            "equity": 300_000_00,
        },
        date(2024, 12, 31): {
            "revenue": 1_300_000_00,
            "interest": 6_000_00,
            "net_income": -12_250_00,
            "inventory": 160_000_00,
            "total_assets": 950_000_00,
            "equity": 288_000_00,
        },
    }
    first = file.statements[0]
    assert (first.statement.period_from, first.statement.scale) == (date(2023, 1, 1), 1_000)
    assert first.places["revenue"] == "s.csv, row 5, column 2"
    assert file.unread == ("s.csv, row 10: davon Geschäfts- oder Firmenwert",)
    assert file.notes == (
        "Figures are in 1,000 EUR.",
        "interest was stated below 0 and is taken as a cost.",
    )


def test_a_workbook_is_read_over_all_its_sheets():
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    income, balance = book.add_worksheet("Income"), book.add_worksheet("Balance")
    income.write_row(0, 0, ["Line", 2023, 2024])
    income.write_row(1, 0, ["Revenue", 1234.5, 2000])
    balance.write_row(0, 0, ["Line", "FY2023", "FY 2024"])
    balance.write_row(1, 0, ["Total assets", 900, 1000.25])
    book.close()
    assert lines(read(memory.getvalue(), name="s.xlsx")) == {
        date(2023, 12, 31): {"revenue": 1_234_50, "total_assets": 900_00},
        date(2024, 12, 31): {"revenue": 2_000_00, "total_assets": 1_000_25},
    }


def test_a_figure_that_can_be_read_in_two_ways_is_asked_about_not_guessed():
    text = "Line;2024\nRevenue;1.234\nEquity;5\n"
    with pytest.raises(
        StatementFileError, match="1.234 can be read with decimals or in thousands"
    ):
        read(text)
    assert lines(read(text, decimal=","))[date(2024, 12, 31)]["revenue"] == 1_234_00
    with pytest.raises(StatementFileError, match="more decimals than the currency allows"):
        read(text, decimal=".")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Line;2024\nGoodwill;5\n", "no line of a financial statement"),
        ("Line;Amount\nRevenue;5\n", "no line of a financial statement"),
        ("Line;2024\nRevenue;lots\nEquity;1\n", "lots is no amount"),
        ("Line;2024\nRevenue;5\nSales;6\n", "revenue stands there again with another figure"),
        ("Line;2024\nRevenue;5 USD\nEquity;1\n", "is in USD, not EUR"),
        ("Line;2024;31.12.2024\nRevenue;5;6\nEquity;1;2\n", "names a period twice"),
        ("", "the file is empty"),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(text, message):
    with pytest.raises(StatementFileError, match=message):
        read(text)


def test_the_same_figure_twice_is_no_harm():
    file = read("Line;2024\nRevenue;5\nSales;5\n")
    assert lines(file) == {date(2024, 12, 31): {"revenue": 5_00}}


def test_a_unit_that_is_given_beats_what_the_file_says():
    assert lines(read(GERMAN, scale=1))[date(2024, 12, 31)]["equity"] == 288_00
    with pytest.raises(StatementFileError, match="may be in 1, 1,000 or 1,000,000"):
        read(GERMAN, scale=10)


def test_headings_name_the_last_day_of_a_period():
    told = {text: period_end(text) for text in
            ("2024", "FY 2024", "30.06.2024", "2024-06-30", "12/31/2024", "31/12/2024",
             "06/05/2024", "Note", "31.02.2024")}  # fmt: skip
    assert told == {
        "2024": date(2024, 12, 31),
        "FY 2024": date(2024, 12, 31),
        "30.06.2024": date(2024, 6, 30),
        "2024-06-30": date(2024, 6, 30),
        "12/31/2024": date(2024, 12, 31),
        "31/12/2024": date(2024, 12, 31),
        "06/05/2024": None,
        "Note": None,
        "31.02.2024": None,
    }
    assert year_to(date(2024, 12, 31)) == date(2024, 1, 1)
    assert year_to(date(2024, 2, 28)) == date(2023, 2, 28)


def test_names_are_known_in_both_languages_and_with_numbering():
    names = {
        "II. Vorräte": "inventory",
        "Total current liabilities": "current_liabilities",
        "Summe Aktiva": "total_assets",
        "1. Umsatzerlöse": "revenue",
        "Jahresüberschuss/-fehlbetrag": "net_income",
        "Shareholders' equity": "equity",
        "Profit for the year": "net_income",
        "market_value_equity": "market_value_equity",
        "of which goodwill": "",
        "": "",
    }
    assert {text: line_named(text) for text in names} == names
    assert len(LINE_OF) > 150
    assert [told_scale(text) for text in ("in TEUR", "EUR '000", "in Mio. EUR", "EUR million", "EUR")] == [
        1_000, 1_000, 1_000_000, 1_000_000, 0,
    ]  # fmt: skip
