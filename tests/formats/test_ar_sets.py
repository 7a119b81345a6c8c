"""The four receivables sets others made, read without a converter; counts proved independently.

The checks below count with the csv module and plain Python, not with the code under test.
"""

import csv
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.formats.ledger import Ledger, read_ledger

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def files(name: str) -> list[Path]:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"test data {folder} is absent")
    return sorted(folder.iterdir())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


def codes(read: Ledger) -> dict[str, int]:
    return dict(Counter(read.findings["code"]))


def ties(read: Ledger) -> bool:
    t = read.totals
    return bool(
        (t["in_minor"] == t["imported_minor"] + t["refused_minor"]).all()
        and (t["rows_in"] == t["rows_imported"] + t["rows_refused"]).all()
    )


def open_minor(read: Ledger) -> int:
    return int(read.items["amount_minor"].sum()) - int(read.allocations["amount_minor"].sum())


def test_the_ibm_set_is_read_whole() -> None:
    (path,) = files("ar_ibm")
    source, read = rows(path), read_ledger([path], default_currency="USD")
    total = sum(minor(row["InvoiceAmount"]) for row in source)
    assert (read.status, read.rows_read, read.rows_refused) == ("ready", len(source), 0)
    assert len(source) == 2466
    assert read.totals.select("currency", "in_minor", "imported_minor").rows() == [
        ("USD", total, total)
    ]
    assert open_minor(read) == 0
    assert read.customers.height == len({row["customerID"] for row in source}) == 100
    assert int(read.items["is_disputed"].sum()) == sum(row["Disputed"] == "Yes" for row in source)

    def day(text: str) -> int:
        return day_number(datetime.strptime(text, "%m/%d/%Y").date())

    assert read.items["issued_day"].to_list() == [day(row["InvoiceDate"]) for row in source]
    assert read.items["due_day"].to_list() == [day(row["DueDate"]) for row in source]
    assert read.payments["value_day"].to_list() == [day(row["SettledDate"]) for row in source]
    assert codes(read) == {"default_currency": 1, "settled_as_payment": 1, "unknown_country": 5}
    assert ties(read)


def test_the_highradius_set_keeps_two_currencies_and_refuses_its_duplicates() -> None:
    (path,) = files("ar_highradius")
    source, read = rows(path), read_ledger([path])
    once: dict[str, dict[str, str]] = {}
    nameless, refused = 0, Counter[str]()
    kept: list[dict[str, str]] = []
    for row in source:
        if not row["cust_number"]:
            refused["missing_customer"] += 1
        elif row["invoice_id"] in once:
            refused["duplicate"] += 1
        else:
            kept.append(row)
            if row["invoice_id"]:
                once[row["invoice_id"]] = row
            else:
                nameless += 1
    assert len(source) == 30383
    assert (read.rows_read, read.rows_refused) == (len(source), sum(refused.values()))
    assert read.items.height == len(kept) == 29708
    found = codes(read)
    assert (
        {code: found[code] for code in refused}
        == refused
        == {"duplicate": 663, "missing_customer": 12}
    )
    assert found["missing_number"] == nameless == 6
    early = [row for row in kept if row["due_in_date"] < row["document_create_date"]]
    assert found["due_before_issue"] == len(early)
    assert read.items.filter(pl.col("due_day") < pl.col("issued_day")).height == len(early)
    for currency in ("USD", "CAD"):
        (line,) = read.totals.filter(pl.col("currency") == currency).to_dicts()
        mine = [row for row in source if row["invoice_currency"] == currency]
        assert (line["rows_in"], line["in_minor"]) == (
            len(mine),
            sum(minor(row["total_open_amount"]) for row in mine),
        )
        imported = [row for row in kept if row["invoice_currency"] == currency]
        assert (line["rows_imported"], line["imported_minor"]) == (
            len(imported),
            sum(minor(row["total_open_amount"]) for row in imported),
        )
    still_open = [row for row in kept if not row["clear_date"]]
    assert open_minor(read) == sum(minor(row["total_open_amount"]) for row in still_open)
    assert read.payments.height == len(kept) - len(still_open)
    assert ties(read)


def test_five_linked_files_of_dirty_data_are_read_together() -> None:
    paths = files("ar_poulomi8")
    read = read_ledger(paths, default_currency="INR")
    source = {path.stem: rows(path) for path in paths}
    assert {table.file: table.role for table in read.tables} == {
        "Credit_Limits.csv": "customers",
        "Customer_Master.csv": "customers",
        "Invoices.csv": "items",
        "Payments.csv": "payments",
        "Sales.csv": "other",
    }
    amounts: dict[str, int] = {}
    for row in source["Invoices"]:
        if row["Invoice_Amount"]:
            amounts.setdefault(row["Invoice_ID"], minor(row["Invoice_Amount"]))
    payments = {row["Invoice_ID"]: minor(row["Amount_Paid"]) for row in source["Payments"]}
    assert len(source["Invoices"]) == 8005
    assert read.items.height == len(amounts) == 7994
    assert dict(read.items.select("number", "amount_minor").rows()) == amounts
    stated = read.payments.filter(~pl.col("is_derived"))
    assert int(stated["amount_minor"].sum()) == sum(payments.values())
    # Three invoices with a negative amount are credit notes stated as paid: they imply a refund,
    # and the money received that names them stays unapplied.
    assert read.payments.filter("is_derived").select("amount_minor").to_series().to_list() == [
        amount for number, amount in amounts.items() if amount < 0
    ]
    expected_open = sum(
        amount - payments.get(number, 0) for number, amount in amounts.items() if amount > 0
    )
    assert open_minor(read) == expected_open
    assert codes(read) == {
        "duplicate": 8,
        "due_from_terms": 15,
        "missing_amount": 6,
        "mixed_date_styles": 10,
        "negative_invoice": 3,
        "paid_without_date": 3,
        "pays_credit_note": 3,
        "unknown_item": sum(number not in amounts for number in payments),
        "default_currency": 1,
        "table_left_out": 1,
    }
    assert (read.customers.height, read.customers["credit_limit_minor"].null_count()) == (500, 0)
    assert (read.rows_read, read.rows_refused) == (8005 + 6748 + 503 + 500, 5 + 6 + 3)
    slashed = {
        row["Invoice_ID"]: row["Invoice_Date"]
        for row in source["Invoices"]
        if "/" in row["Invoice_Date"]
    }
    issued = dict(read.items.select("number", "issued_day").rows())
    assert {number: issued[number] for number in slashed} == {
        number: day_number(datetime.strptime(text, "%d/%m/%Y").date())
        for number, text in slashed.items()
    }
    terms = {
        row["Customer_ID"]: int(row["Payment_Terms"].split()[1])
        for row in source["Customer_Master"]
    }
    due = dict(read.items.select("number", "due_day").rows())
    for row in source["Invoices"]:
        if not row["Due_Date"] and row["Invoice_Amount"]:
            day = day_number(date.fromisoformat(row["Invoice_Date"]))
            assert due[row["Invoice_ID"]] == day + terms[row["Customer_ID"]]
    assert ties(read)


def test_a_mysql_dump_with_orders_and_payments_is_read_as_a_ledger() -> None:
    (path,) = files("ar_classicmodels")
    read = read_ledger([path], default_currency="USD")
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()

    def values(table: str) -> list[str]:
        start = next(
            n for n, line in enumerate(lines) if line.startswith(f"insert  into `{table}`")
        )
        block = []
        for line in lines[start + 1 :]:
            if line and not line.startswith("("):
                break
            if line:
                block.append(line)
        return block

    totals: dict[str, int] = Counter()
    for line in values("orderdetails"):
        order, _, quantity, price, _ = line.strip("(),;").split(",")
        totals[order] += int(quantity) * minor(price.strip("'"))
    cancelled = {
        line.strip("(").split(",")[0] for line in values("orders") if ",'Cancelled'," in line
    }
    paid = [line.rstrip("),;").rsplit(",", 1)[1].strip("'") for line in values("payments")]
    assert (len(totals), len(cancelled), len(paid)) == (326, 6, 273)
    assert dict(read.items.select("number", "amount_minor").rows()) == {
        order: amount for order, amount in totals.items() if order not in cancelled
    }
    assert read.payments.height == 273
    assert int(read.payments["amount_minor"].sum()) == sum(map(minor, paid))
    assert (read.customers.height, read.rows_refused, ties(read)) == (122, 6, True)
    assert read.customers.filter(pl.col("customer_number") == "103").select("name", "country", "contact", "credit_limit_minor").rows() == [
        ("Atelier graphique", "FR", "Carine Schmitt", 2_100_000)
    ]  # fmt: skip
    assert codes(read) == {
        "cancelled": 6, "due_missing": 320, "orders_as_items": 1, "default_currency": 1, "table_left_out": 4, "unknown_status": 4,
    }  # fmt: skip
