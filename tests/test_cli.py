"""The library on files: ageing, KPIs and findings straight from a ledger export."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dunwell import cli
from dunwell.demo.csv_file import as_csv
from dunwell.demo.ledger import demo_ledger

SHARED = Path(__file__).parents[2] / "shared" / "data"
AS_OF = date(2026, 3, 31)
LEDGER = """Invoice No;Customer;Amount;Currency;Invoice Date;Due Date;Open Amount
R1;K1;100,00;EUR;2026-01-01;2026-03-31;100,00
R2;K1;50,00;EUR;2026-01-01;2026-03-30;20,00
R3;K2;70,00;EUR;2026-01-01;2026-02-28;70,00
R4;K2;7000;JPY;2026-01-01;2026-01-30;7000
R5;K3;9,00;???;2026-01-01;2025-12-30;9,00
R6;K3;;EUR;2026-01-01;2026-01-30;9,00
C1;K1;-30,00;EUR;2026-01-01;2026-01-01;-30,00
"""


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return path


def answer(capsys, *arguments):
    code = cli.main([str(part) for part in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_age_prints_the_promised_json(ledger, capsys):
    code, out, err = answer(capsys, "age", ledger, "--as-of", "2026-03-31", "--format", "json")

    found = json.loads(out)
    assert code == 0
    assert (found["as_of"], found["rows_read"], found["rows_refused"]) == ("2026-03-31", 7, 1)
    assert [
        (c["currency"], c["open_minor"], c["items"], c["customers"]) for c in found["currencies"]
    ] == [("EUR", 160_00, 4, 2), ("JPY", 7000, 1, 1), ("XXX", 9_00, 1, 1)]
    assert {
        c["currency"]: [(b["bucket"], b["open_minor"], b["items"]) for b in c["buckets"]]
        for c in found["currencies"]
    } == {
        "EUR": [
            ("not_due", 100_00, 1),
            ("1-30", 20_00, 1),
            ("31-60", 70_00, 1),
            ("61-90", -30_00, 1),
            ("91+", 0, 0),
        ],
        "JPY": [
            ("not_due", 0, 0),
            ("1-30", 0, 0),
            ("31-60", 7000, 1),
            ("61-90", 0, 0),
            ("91+", 0, 0),
        ],
        "XXX": [
            ("not_due", 0, 0),
            ("1-30", 0, 0),
            ("31-60", 0, 0),
            ("61-90", 0, 0),
            ("91+", 9_00, 1),
        ],
    }
    assert "1 of 7 rows refused" in err


def test_age_of_a_past_day_shows_what_was_open_then(tmp_path, capsys):
    path = tmp_path / "paid.csv"
    path.write_text(
        "Invoice,Customer,Amount,Currency,Invoice date,Due date,Paid on\n"
        "R1,K1,10.00,EUR,2026-01-02,2026-02-01,2026-02-20\n"
        "R2,K1,20.00,EUR,2026-02-02,2026-03-01,\n",
        encoding="utf-8",
    )
    opened = {}
    for day in ("2026-01-31", "2026-02-19", "2026-02-20"):
        _, out, _ = answer(capsys, "age", path, "--as-of", day, "--format", "json")
        opened[day] = json.loads(out)["currencies"][0]["open_minor"]

    assert opened == {"2026-01-31": 10_00, "2026-02-19": 30_00, "2026-02-20": 20_00}


def test_csv_rows_sum_to_the_json_totals(tmp_path, capsys):
    path = tmp_path / "demo.csv"
    path.write_bytes(as_csv(demo_ledger(as_of=AS_OF, customers=40, items=800)))

    _, text, _ = answer(capsys, "age", path, "--as-of", AS_OF, "--format", "csv")
    _, document, _ = answer(capsys, "age", path, "--as-of", AS_OF, "--format", "json")

    rows = list(csv.DictReader(io.StringIO(text)))
    currencies = json.loads(document)["currencies"]
    assert [c["currency"] for c in currencies] == ["EUR", "GBP", "USD"]
    assert {
        c["currency"]: sum(int(r["open_minor"]) for r in rows if r["currency"] == c["currency"])
        for c in currencies
    } == {c["currency"]: c["open_minor"] for c in currencies}


def test_kpi_gives_value_unit_formula_and_inputs(tmp_path, capsys):
    path = tmp_path / "demo.csv"
    path.write_bytes(as_csv(demo_ledger(as_of=AS_OF, customers=40, items=800)))

    code, out, _ = answer(capsys, "kpi", path, "--as-of", AS_OF, "--format", "json")

    kpis = {(k["currency"], k["kpi"]): k for k in json.loads(out)["kpis"]}
    dso = kpis["EUR", "dso"]
    inputs = dso["inputs"]
    assert code == 0
    assert (dso["unit"], dso["formula_id"]) == ("days", "dso/1")
    receivables = inputs["receivables_minor"]
    expected = receivables / inputs["sales_minor"] * 90
    assert abs(float(dso["value"]) - expected) <= 0.005 + 1e-9
    age = json.loads(answer(capsys, "age", path, "--as-of", AS_OF, "--format", "json")[1])
    assert receivables == age["currencies"][0]["open_minor"]


def test_quality_lists_refused_rows_with_place_and_reason(ledger, capsys):
    code, out, _ = answer(capsys, "quality", ledger, "--format", "json")

    found = json.loads(out)["findings"]
    refused = [row for row in found if row["action"] == "refused"]
    assert code == 0
    assert [(row["file"], row["row"], row["code"]) for row in refused] == [
        ("ledger.csv", 7, "missing_amount")
    ]
    assert {"unknown_currency", "due_before_issue"} <= {row["code"] for row in found}


def test_ambiguous_dates_are_asked_about_and_an_option_decides(tmp_path, capsys):
    path = tmp_path / "ambiguous.csv"
    path.write_text(
        "Invoice,Customer,Amount,Currency,Invoice date,Due date\n"
        "R1,K1,10.00,EUR,01/02/2026,03/04/2026\n",
        encoding="utf-8",
    )

    code, out, err = answer(capsys, "age", path, "--as-of", "2026-05-01")
    assert (code, out) == (3, "")
    assert "ambiguous.csv" in err
    buckets = {}
    for order in ("dmy", "mdy"):
        arguments = ("age", path, "--as-of", "2026-05-01", "--date-order", order)
        _, out, _ = answer(capsys, *arguments, "--format", "json")
        cells = json.loads(out)["currencies"][0]["buckets"]
        buckets[order] = [cell["bucket"] for cell in cells if cell["items"]]
    assert buckets == {"dmy": ["1-30"], "mdy": ["31-60"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (bytes(range(256)) * 8, "binary.csv"), (None, "Check that it exists")],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_2(
    tmp_path, capsys, content, words
):
    path = tmp_path / "binary.csv"
    if content is not None:
        path.write_bytes(content)

    code, out, err = answer(capsys, "age", path, "--as-of", "2026-05-01")

    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_a_wrong_day_is_said(ledger, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["age", str(ledger), "--as-of", "2026-02-30"])
    assert stopped.value.code == 2
    assert "write it as YYYY-MM-DD" in capsys.readouterr().err


def test_python_m_dunwell_works_without_django(ledger):
    code = (
        "import runpy, sys; sys.modules['django'] = None; "
        f"sys.argv = ['dunwell', 'age', {str(ledger)!r}, '--as-of', '2026-03-31']; "
        "runpy.run_module('dunwell', run_name='__main__')"
    )
    done = subprocess.run(  # noqa: PLW1510 -- the exit code is what the test is about
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)
    )
    assert (done.returncode, done.stdout.splitlines()[0].split()) == (
        0,
        ["currency", "bucket", "open", "items"],
    )


@pytest.mark.parametrize("command", [("quality", "ledger.csv"), ("help",)], ids=lambda one: one[0])
def test_an_answer_that_nobody_reads_to_its_end_leaves_no_traceback(ledger, command):
    with subprocess.Popen(
        [sys.executable, "-m", "dunwell", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ledger.parent,
    ) as process:  # fmt: skip
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (1, "")


MISSING = (
    "DUNWELL_DATABASE_URL_FILE names gone, which cannot be read "
    "([Errno 2] No such file or directory: 'gone'). Make the file or leave the setting out."
)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DUNWELL_WALLS", "", "DUNWELL_WALLS is ''; say 1 or 0."),
        ("DUNWELL_DATABASE_URL_FILE", "gone", MISSING),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_in_one_line(tmp_path, setting, value, said):
    done = subprocess.run(  # noqa: PLW1510 -- the exit code is what the test is about
        [sys.executable, "-m", "dunwell", "migrate"],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {setting: value},
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"dunwell: {said}\n")


UNMIGRATED = "dunwell: The database is not up to date; run `dunwell migrate` first.\n"


def broken(command, place):
    """Exit code and errors of a command on a desk of its own, which nobody migrated."""
    done = subprocess.run(  # noqa: PLW1510 -- the exit code is what the test is about
        [sys.executable, "-m", "dunwell", *command],
        capture_output=True, text=True, cwd=place,
        env=os.environ | {"DUNWELL_DATA_DIR": str(place), "DUNWELL_DATABASE_URL": ""},
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "command", [("add_company", "Northwind", "--admin", "ada"), ("verify",), ("keys", "list")]
)
def test_a_command_on_a_database_without_tables_says_what_to_run(tmp_path, command):
    assert broken(command, tmp_path) == (1, UNMIGRATED)


def test_a_column_of_a_later_version_is_told_too_and_any_other_trouble_as_it_is(tmp_path):
    with closing(sqlite3.connect(tmp_path / "dunwell.sqlite3")) as database:
        database.execute("CREATE TABLE dunwell_company (id INTEGER PRIMARY KEY)")
    assert broken(("verify",), tmp_path) == (1, UNMIGRATED)

    (tmp_path / "dunwell.sqlite3").write_bytes(b"no database" * 100)
    code, said = broken(("verify",), tmp_path)
    assert (code, said.splitlines()[-1]) == (
        1, "django.db.utils.DatabaseError: file is not a database"
    )  # fmt: skip


def test_a_migration_that_fails_on_a_missing_table_keeps_its_own_words(tmp_path):
    with closing(sqlite3.connect(tmp_path / "dunwell.sqlite3")) as database:
        database.execute("CREATE VIEW dunwell_company AS SELECT * FROM gone")
        database.execute("CREATE TABLE some (id INTEGER)")
    code, said = broken(("migrate",), tmp_path)

    assert code == 1
    assert "no such table" in said.splitlines()[-1]


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_ibm_ageing_equals_an_independent_count(capsys):
    path = SHARED / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
    as_of = date(2013, 6, 1)

    _, out, _ = answer(
        capsys, "age", path, "--as-of", as_of, "--default-currency", "USD", "--format", "json"
    )

    raw = pl.read_csv(path).with_columns(
        pl.col("InvoiceDate", "DueDate", "SettledDate").str.to_date("%m/%d/%Y"),
        minor=(pl.col("InvoiceAmount") * 100).round().cast(pl.Int64),
    )
    is_open = (pl.col("InvoiceDate") <= as_of) & (pl.col("SettledDate") > as_of)
    late = (pl.lit(as_of) - pl.col("DueDate")).dt.total_days()
    opened = raw.filter(is_open)
    current, past = opened.filter(late <= 0), opened.filter((late > 0) & (late <= 30))
    found = json.loads(out)["currencies"]
    assert [(c["currency"], c["open_minor"], c["items"]) for c in found] == [
        ("USD", opened["minor"].sum(), opened.height)
    ]
    cells = {b["bucket"]: (b["open_minor"], b["items"]) for b in found[0]["buckets"]}
    assert cells["not_due"] == (current["minor"].sum(), current.height)
    assert cells["1-30"] == (past["minor"].sum(), past.height)
