"""Predictions on files: `predict`, `forecast` and `backtest` straight from a ledger export."""

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest

from dunwell import cli
from dunwell.demo.csv_file import as_csv
from dunwell.demo.ledger import demo_ledger
from tests.test_cli import AS_OF, answer

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

PREDICT_COLUMNS = [
    "item_id", "customer_id", "as_of", "due_on", "currency", "open_minor", "p_late", "p_late_7",
    "p_late_30", "expected_pay_on", "q10_on", "q50_on", "q90_on", "model",
]  # fmt: skip
WEEK_COLUMNS = [
    "currency", "week", "from_on", "to_on", "expected_minor", "p10_minor", "p50_minor",
    "p90_minor", "expected", "p10", "p50", "p90",
]  # fmt: skip
PAID_ON = date(2026, 2, 20)
"""The day asked about in the ledger of `invoices`."""


def invoices(count=90, seed=1):
    """Rows of a ledger as a program would keep them: number, customer, dates, minor units."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        issued = PAID_ON - timedelta(days=int(random.integers(-20, 300)))
        due = issued + timedelta(days=30)
        customer = int(random.integers(1, 7))
        paid = due + timedelta(days=int(random.normal(4 * customer, 6)))
        is_paid = random.random() < 0.93
        rows.append(
            {
                "Invoice": f"R{number:03}",
                "Customer": f"K{customer}",
                "Amount": int(random.integers(100, 900_000)),
                "Currency": "JPY" if customer == 6 else "EUR",
                "Invoice date": issued,
                "Due date": due,
                "Paid on": max(paid, issued) if is_paid else None,
            }
        )
    return rows


def written(row, point="."):
    """The cells of a row as text, amounts in major units."""
    amount = row["Amount"] if row["Currency"] == "JPY" else f"{row['Amount'] / 100:.2f}"
    return {name: "" if value is None else str(value) for name, value in row.items()} | {
        "Amount": str(amount).replace(".", point)
    }


def as_text(rows, delimiter=",", point="."):
    cells = [written(row, point) for row in rows]
    lines = [delimiter.join(cells[0]), *(delimiter.join(row.values()) for row in cells)]
    return "\n".join(lines).encode()


def in_major(rows):
    return pl.DataFrame(rows).with_columns(
        pl.when(pl.col("Currency") == "JPY")
        .then(pl.col("Amount") * 1.0)
        .otherwise(pl.col("Amount") / 100)
        .alias("Amount")
    )


def one_csv(folder, rows):
    (folder / "ledger.csv").write_bytes(as_text(rows))
    return ["ledger.csv"]


def one_tsv_with_decimal_commas(folder, rows):
    (folder / "ledger.tsv").write_bytes(as_text(rows, "\t", ","))
    return ["ledger.tsv"]


def one_workbook(folder, rows):
    in_major(rows).write_excel(folder / "ledger.xlsx")
    return ["ledger.xlsx"]


def one_parquet(folder, rows):
    in_major(rows).write_parquet(folder / "ledger.parquet")
    return ["ledger.parquet"]


def invoices_and_payments(folder, rows):
    cells = [written(row) for row in rows]
    names = ("Invoice", "Customer", "Amount", "Currency", "Invoice date", "Due date")
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in cells)]
    (folder / "invoices.csv").write_text("\n".join(lines))
    paid = [row for row in cells if row["Paid on"]]
    lines = [
        f"P{n},{row['Invoice']},{row['Customer']},{row['Amount']},{row['Currency']},{row['Paid on']}"
        for n, row in enumerate(paid)
    ]
    head = "Payment No,Invoice,Customer,Amount Paid,Currency,Payment Date"
    (folder / "payments.csv").write_text("\n".join([head, *lines]))
    return ["invoices.csv", "payments.csv"]


LAYOUTS = [
    one_csv, one_tsv_with_decimal_commas, one_workbook, one_parquet, invoices_and_payments,
]  # fmt: skip


@cache
def plain_answer():
    """What `predict` prints of the plain layout, as CSV."""
    with TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        (name,) = one_csv(Path(folder), invoices())
        path = str(Path(folder) / name)
        cli.main(["predict", path, "--as-of", str(PAID_ON), "--format", "csv"])
    return out.getvalue()


def rows_of(out):
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_predict_gives_a_row_for_each_item_open_on_the_day_in_every_layout(
    tmp_path, capsys, layout
):
    rows = invoices()
    files = [tmp_path / name for name in layout(tmp_path, rows)]

    code, out, _ = answer(capsys, "predict", *files, "--as-of", PAID_ON, "--format", "csv")

    # counted from the rows, not by the code under test
    opened = [
        row
        for row in rows
        if row["Invoice date"] <= PAID_ON and (row["Paid on"] is None or row["Paid on"] > PAID_ON)
    ]
    found = rows_of(out)
    assert (code, out.splitlines()[0]) == (0, ",".join(PREDICT_COLUMNS))
    assert len(opened) > 10
    kept = ("item_id", "customer_id", "as_of", "due_on", "currency", "open_minor")
    assert sorted(tuple(row[name] for name in kept) for row in found) == sorted(
        (
            row["Invoice"], row["Customer"], str(PAID_ON), str(row["Due date"]), row["Currency"],
            str(row["Amount"]),
        )
        for row in opened
    )  # fmt: skip
    # and the chances are those of the plain layout
    assert {row["item_id"]: row for row in found} == {
        row["item_id"]: row for row in rows_of(plain_answer())
    }


def test_predictions_are_chances_and_days_in_their_order():
    for row in rows_of(plain_answer()):
        late = [float(row[name]) for name in ("p_late", "p_late_7", "p_late_30")]
        days = [date.fromisoformat(row[f"q{level}_on"]) for level in (10, 50, 90)]
        assert 0 <= late[2] <= late[1] <= late[0] <= 1
        assert PAID_ON < days[0] <= days[1] <= days[2]
        assert date.fromisoformat(row["expected_pay_on"]) > PAID_ON
        assert (late[0] == 1) >= (date.fromisoformat(row["due_on"]) <= PAID_ON)
        assert row["model"] == "customer_median"  # too few paid items to learn from


def test_predict_says_the_same_in_json_as_in_csv(tmp_path, capsys):
    one_csv(tmp_path, invoices())
    path, text = tmp_path / "ledger.csv", plain_answer()
    _, document, _ = answer(capsys, "predict", path, "--as-of", PAID_ON, "--format", "json")
    found = json.loads(document)
    items = found.pop("items")
    paid = [row for row in invoices() if row["Paid on"] and row["Paid on"] <= PAID_ON]
    assert found == {
        "as_of": str(PAID_ON), "model": "customer_median", "reason": "few_paid_items",
        "paid_items": len(paid),
    }  # fmt: skip
    assert [list(item) for item in items] == [PREDICT_COLUMNS] * len(items)
    assert [{name: str(value) for name, value in item.items()} for item in items] == rows_of(text)
    assert isinstance(items[0]["open_minor"], int)


def test_what_a_file_says_of_later_days_changes_no_prediction(tmp_path, capsys):
    rows = invoices()
    known = [row for row in rows if row["Invoice date"] <= PAID_ON]
    blank = [
        row | {"Paid on": row["Paid on"] if row["Paid on"] and row["Paid on"] <= PAID_ON else None}
        for row in known
    ]
    other = [row for row in invoices(seed=9) if row["Invoice date"] > PAID_ON]
    later = [row | {"Invoice": f"L{row['Invoice']}", "Amount": 77} for row in other]
    told = {}
    for name, kept in (("then", blank), ("now", rows), ("more", [*later, *rows, *later[:0]])):
        folder = tmp_path / name
        folder.mkdir()
        (file,) = one_csv(folder, kept)
        for command in ("predict", "forecast"):
            told[name, command] = answer(
                capsys, command, folder / file, "--as-of", PAID_ON, "--format", "json"
            )[1]
    assert len(later) > 3
    for command in ("predict", "forecast"):
        assert told["then", command] == told["now", command]
        # rows before the others get other keys, and move nothing but the order
        one, two = (json.loads(told[name, command]) for name in ("now", "more"))
        key = "items" if command == "predict" else "currencies"
        assert sorted(one[key], key=str) == sorted(two[key], key=str)


def test_forecast_adds_up_to_the_predictions(tmp_path, capsys):
    one_csv(tmp_path, invoices())
    path = tmp_path / "ledger.csv"
    arguments = ("--as-of", PAID_ON, "--format")
    _, document, _ = answer(capsys, "forecast", path, *arguments, "json")
    _, long, _ = answer(capsys, "forecast", path, "--weeks", "52", *arguments, "json")
    _, text, _ = answer(capsys, "forecast", path, *arguments, "csv")
    opened = {"EUR": 0, "JPY": 0}
    for row in rows_of(plain_answer()):
        opened[row["currency"]] += int(row["open_minor"])
    found, year = json.loads(document), json.loads(long)
    assert (found["as_of"], found["model"]) == (str(PAID_ON), "customer_median")
    assert [one["currency"] for one in found["currencies"]] == sorted(opened)
    for one, longer in zip(found["currencies"], year["currencies"], strict=True):
        weeks = one["weeks"]
        limit = opened[one["currency"]]
        assert [week["week"] for week in weeks] == list(range(1, 14))
        assert [week["from_on"] for week in weeks] == [
            str(PAID_ON + timedelta(days=1 + 7 * n)) for n in range(13)
        ]
        assert [week["to_on"] for week in weeks] == [
            str(PAID_ON + timedelta(days=7 + 7 * n)) for n in range(13)
        ]
        expected = sum(week["expected_minor"] for week in weeks)
        assert 0.5 * limit < expected <= limit
        assert expected <= sum(week["expected_minor"] for week in longer["weeks"]) <= limit
        assert longer["weeks"][:13] == weeks
        for week in weeks:
            assert 0 <= week["p10_minor"] <= week["p50_minor"] <= week["p90_minor"] <= limit
    rows = rows_of(text)
    assert list(rows[0]) == WEEK_COLUMNS
    told = [
        {"currency": one["currency"], **week}
        for one in found["currencies"]
        for week in one["weeks"]
    ]
    assert [{name: row[name] for name in WEEK_COLUMNS[:8]} for row in rows] == [
        {name: str(value) for name, value in week.items()} for week in told
    ]
    yen = next(row for row in rows if row["currency"] == "JPY")
    assert yen["expected"].replace(",", "") == yen["expected_minor"]


@pytest.mark.parametrize(
    ("command", "columns"), [("predict", PREDICT_COLUMNS), ("forecast", WEEK_COLUMNS)]
)
def test_where_nothing_is_open_the_answer_is_empty_and_keeps_its_header(
    tmp_path, capsys, command, columns
):
    one_csv(tmp_path, invoices())
    arguments = (command, tmp_path / "ledger.csv", "--as-of", "2001-01-01", "--format")
    code, out, err = answer(capsys, *arguments, "csv")
    assert (code, out.splitlines()) == (0, [",".join(columns)])
    assert "0 of 90 rows refused" in err
    assert answer(capsys, *arguments, "table")[1] == "Nothing found.\n"
    document = json.loads(answer(capsys, *arguments, "json")[1])
    assert document["items" if command == "predict" else "currencies"] == []


def test_one_invoice_is_predicted_from_the_due_date_alone(tmp_path, capsys):
    path = tmp_path / "one.csv"
    path.write_text(
        "Invoice,Customer,Amount,Currency,Invoice date,Due date\nR1,K1,5,EUR,2026-01-02,2026-02-01\n"
    )
    code, out, _ = answer(capsys, "predict", path, "--as-of", "2026-01-10", "--format", "csv")
    (row,) = rows_of(out)
    assert (code, row["model"], row["p_late"], row["open_minor"]) == (0, "due_date", "0.5", "500")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("predict", "--as-of", "9999-12-31"), "lies outside the years 1970 to 2099"),
        (("predict", "--as-of", "0001-01-01"), "lies outside the years 1970 to 2099"),
        (("forecast", "--as-of", "1969-12-31"), "lies outside the years 1970 to 2099"),
        (("backtest", "--from", "2026-02-01", "--to", "2026-01-01"), "lies after --to"),
        (("backtest", "--from", "2025-12-01", "--to", "9999-12-31"), "cannot be judged"),
        (("backtest", "--from", "1500-01-01", "--to", "2026-01-01"), "give a --from"),
    ],
)
def test_days_that_cannot_be_asked_about_are_one_sentence_and_exit_code_2(
    tmp_path, capsys, arguments, words
):
    one_csv(tmp_path, invoices())
    command, *options = arguments
    code, out, err = answer(capsys, command, tmp_path / "ledger.csv", *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"dunwell {command}: ")
    assert words in err


@pytest.mark.parametrize("command", ["predict", "forecast", "backtest"])
def test_an_empty_file_is_one_sentence_and_exit_code_2(tmp_path, capsys, command):
    path = tmp_path / "none.csv"
    path.write_text("")
    days = ("--as-of", "2026-01-01")
    if command == "backtest":
        days = ("--from", "2026-01-01", "--to", "2026-02-01")
    code, out, err = answer(capsys, command, path, *days)
    sentence = f"dunwell {command}: none.csv: the file is empty. Export the ledger again.\n"
    assert (code, out, err) == (2, "", sentence)


@pytest.mark.parametrize(
    "option",
    [("--weeks", "0"), ("--weeks", "53"), ("--weeks", "-1"), ("--weeks", "many"), ("--seed", "-1"),
     ("--seed", str(2**31)), ("--seed", "x"), ("--as-of", "2026-02-30")],
)  # fmt: skip
def test_options_out_of_range_are_refused_before_the_file_is_read(capsys, option):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["forecast", "absent.csv", "--as-of", "2026-01-01", *option])
    assert stopped.value.code == 2
    assert f"argument {option[0]}: '{option[1]}'" in capsys.readouterr().err


def test_backtest_prints_the_figures_of_every_model(tmp_path, capsys):
    one_csv(tmp_path, invoices(count=160))
    days = ("--from", "2025-12-05", "--to", "2025-12-19")
    arguments = ("backtest", tmp_path / "ledger.csv", *days, "--format")
    code, document, _ = answer(capsys, *arguments, "json")
    found = json.loads(document)
    assert code == 0
    assert {name: found[name] for name in ("from", "to", "step_days", "snapshots", "serves")} == {
        "from": "2025-12-05", "to": "2025-12-19", "step_days": 7, "snapshots": 3,
        "serves": "customer_median",
    }  # fmt: skip
    assert found["reason"]["code"] == "few_paid_items"
    assert {row["model"] for row in found["models"]} == {
        "due_date", "customer_median", "customer_rate",
    }  # fmt: skip
    assert found["requests"] > 30
    rows = rows_of(answer(capsys, *arguments, "csv")[1])
    assert [row["serves"] for row in rows].count("yes") == 1
    for row, model in zip(rows, found["models"], strict=True):
        assert row["model"] == model["model"]
        assert float(row["crps"]) == pytest.approx(
            model["figures"]["new"]["days"]["crps"], abs=1e-4
        )
        assert float(row["crps_low"]) <= float(row["crps"]) <= float(row["crps_high"])
        interval = model["figures"]["intervals"]["new.days.crps"]
        assert float(row["crps_high"]) == pytest.approx(interval["high"], abs=1e-4)
    table = answer(capsys, *arguments, "table")[1].splitlines()
    assert table[0].split() == ["figure", *(row["model"] for row in rows)]
    (crps,) = [line for line in table if line.startswith("crps ")]
    assert f"{rows[0]['crps']} ({rows[0]['crps_low']}-{rows[0]['crps_high']})" in crps


@pytest.mark.release
def test_predict_learns_where_there_is_enough_and_repeats_itself(tmp_path, capsys):
    path = tmp_path / "demo.csv"
    path.write_bytes(as_csv(demo_ledger(as_of=AS_OF, customers=60, items=6000)))
    arguments = ("predict", path, "--as-of", AS_OF, "--format", "json")
    first, second = (answer(capsys, *arguments)[1] for _ in range(2))
    assert first == second
    assert json.loads(first)["model"] in {"hazard", "customer_median", "customer_rate"}
    assert json.loads(first)["reason"].startswith("lowest_crps")


def test_predict_works_without_django(tmp_path):
    one_csv(tmp_path, invoices())
    code = (
        "import runpy, sys; sys.modules['django'] = None; "
        f"sys.argv = ['dunwell', 'predict', {str(tmp_path / 'ledger.csv')!r}, "
        f"'--as-of', '{PAID_ON}', '--format', 'csv']; "
        "runpy.run_module('dunwell', run_name='__main__')"
    )
    done = subprocess.run(  # noqa: PLW1510 -- the exit code is what the test is about
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, ",".join(PREDICT_COLUMNS))
