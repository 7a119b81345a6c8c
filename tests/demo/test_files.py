"""The files made from the sample ledger: the plain export and the dirty one."""

import csv
import io
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from dunwell.demo.csv_file import as_csv
from dunwell.demo.dirty_file import HEADER, dirty_csv
from dunwell.demo.ledger import demo_ledger
from dunwell.engine.calendars import day_date

AS_OF = date(2026, 11, 25)


def ledger():
    return demo_ledger(as_of=AS_OF, customers=20, items=400)


def records(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_export_has_one_row_per_item_and_the_ledgers_sums():
    balances = ledger().balances()
    rows = records(as_csv(ledger()))
    in_file = {
        currency: (
            sum(Decimal(row["Amount"]) for row in rows if row["Currency"] == currency),
            sum(Decimal(row["Open Amount"]) for row in rows if row["Currency"] == currency),
        )
        for currency in ("EUR", "GBP", "USD")
    }
    in_ledger = {
        currency: (Decimal(amount).scaleb(-2), Decimal(open_minor).scaleb(-2))
        for currency, amount, open_minor in balances.group_by("currency")
        .agg(pl.col("amount_minor").sum(), pl.col("open_minor").sum())
        .rows()
    }
    assert (len(rows), in_file) == (400, in_ledger)


def test_a_row_of_the_export_says_what_the_ledger_says():
    row = records(as_csv(ledger()))[0]
    item = ledger().items.row(0, named=True)
    customer = ledger().customers.row(
        by_predicate=pl.col("number") == item["customer_number"], named=True
    )
    assert (
        row["Document No"],
        row["Customer Name"],
        row["Document Date"],
        row["Due Date"],
        row["Amount"],
        row["Terms"],
    ) == (
        item["item_number"],
        customer["name"],
        day_date(item["issued_day"]).isoformat(),
        day_date(item["due_day"]).isoformat(),
        str(Decimal(item["amount_minor"]).scaleb(-2)),
        customer["terms"],
    )


def test_settled_items_have_a_cleared_date_and_open_ones_none():
    rows = records(as_csv(ledger()))
    wrong = [
        row["Document No"]
        for row in rows
        if (Decimal(row["Open Amount"]) == 0) != bool(row["Cleared On"])
    ]
    assert wrong == []


def test_the_export_of_open_items_leaves_the_settled_out():
    rows = records(as_csv(ledger(), settled=False))
    open_items = ledger().balances().filter(pl.col("open_minor") != 0)
    assert [row["Document No"] for row in rows] == open_items["item_number"].to_list()


def dirty_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("cp1252"), newline=""), delimiter=";"))


def test_the_dirty_file_has_two_hundred_rows_and_is_the_same_every_time():
    sample = dirty_csv(as_of=AS_OF)
    rows = dirty_rows(sample.data)
    assert (len(rows) - 1, sample.rows, rows[0]) == (200, 200, list(HEADER))
    assert {len(row) for row in rows} == {len(HEADER)}
    assert sample == dirty_csv(as_of=AS_OF)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_listed_as_wrong_stands_where_it_says(seed):
    sample = dirty_csv(as_of=AS_OF, seed=seed)
    rows = dirty_rows(sample.data)
    cell = {
        (wrong.line, wrong.code): rows[wrong.line - 1][HEADER.index(wrong.column)]
        for wrong in sample.wrong
    }
    number = rows[11][2]
    assert cell == {
        (5, "impossible_date"): "2026-13-45",
        (9, "impossible_date"): "31/02/2026",
        (17, "missing_amount"): "",
        (23, "not_an_amount"): "n/a",
        (29, "unknown_currency"): "ABC",
        (31, "unknown_currency"): "",
        (37, "formula"): '=HYPERLINK("http://pay.example";"go")',
        (41, "formula"): "=SUM(G2:G9)",
        (43, "formula"): "@SUM(1+1)*cmd",
        (47, "missing_customer"): "",
        (53, "missing_number"): "",
        (59, "not_an_amount"): "#N/A",
        (61, "too_many_decimals"): "12,3456",
        (67, "open_above_amount"): "99.999.999,00",
        (71, "future_date"): "30/12/2027",
        (73, "due_before_issue"): rows[72][4],
        (79, "amount_style"): "1,234.56",
        (190, "duplicate_row"): number,
        (191, "duplicate_number"): number,
        (200, "blank_row"): "",
        (201, "total_row"): "Total",
    }


def test_the_twins_are_a_whole_row_and_a_row_with_another_amount():
    rows = dirty_rows(dirty_csv(as_of=AS_OF).data)
    original, twin, other = rows[11], rows[189], rows[190]
    assert (twin, other[:6], other[6]) == (original, original[:6], "1,00")


def test_dates_come_in_three_readable_styles():
    dates = [row[3] for row in dirty_rows(dirty_csv(as_of=AS_OF).data)[1:]]
    styles = {
        "slashed": sum("/" in text for text in dates),
        "iso": sum(text.count("-") == 2 for text in dates),
        "named": sum(text.count(" ") == 2 for text in dates),
        "empty": dates.count(""),
    }
    # The blank row and the total row have no date; the impossible one is in ISO form.
    assert styles == {"slashed": 159, "iso": 23, "named": 16, "empty": 2}
