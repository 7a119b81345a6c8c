"""The bench proves its own work: its counts are the oracle's, and no second is asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.pages import every_address

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

ROOT = Path(__file__).parents[1]
SIZE = 1_000
OPEN_MINOR = {"EUR": 83_495_050, "GBP": 46_070_859, "USD": 44_530_490}
"""What the built-in ledger of this size holds, by plain sums over its file."""
REMINDERS_DUE = 432
FILES = [
    *["read_files", "age_files", "csv_write", "csv_read", "parquet_write", "parquet_read"],
    *["xlsx_write", "xlsx_read", "train_model", "score_items", "book_kpis"],
    "core_polars",
]
DATABASE = [
    *["import", "import_again", "ageing", "kpis", "kpi_slices", "verify"],
    *["exposure", "exposure_one", "credit_check", "credit_checks", "api_check"],
    *["group_letters", "letters", "reminders", "reminders_again"],
    *["bank_import", "match"],
    *["post_invoices", "issue_invoices", "night_results"],
    *["cycle", "cycle_again", "cycle_next_day"],
    *["forecast", "page_worklist", "page_home", "page_items", "page_ageing", "page_customer"],
    *["page_search", "page_every", "assistant", "pages_busy", "api_busy"],
]
KEYS = {
    *[
        "measure",
        "size",
        "ledger",
        "db",
        "backend",
        "cpu_s",
        "server_cpu_s",
        "wall_s",
        "rss_mb",
        "load",
        "machine",
        "on",
    ],
    *["floor", "floor_cpu_s", "ratio", "target", "met", "counts", "problems"],
}
PAGE_KEYS = {"p50_ms", "p95_ms", "cpu_p50_ms", "cpu_p95_ms"}
MORE_KEYS = {
    **{name: {"ms_per_line"} for name in ("bank_import", "match")},
    **{name: {"per_cpu_s"} for name in ("post_invoices", "issue_invoices")},
    "letters": {"cpu_per_thousand_s"},
    **{name: {*PAGE_KEYS, "requests_per_s"} for name in ("pages_busy", "api_check")},
    "api_busy": {*PAGE_KEYS, "requests_per_s", "check_p50_ms", "check_p95_ms"},
}
BANK_LINES = SIZE // 3
OTHER_BOOKS = {"core_polars", "book_kpis", "night_results"}
"""These look at a book that they draw, or after a day's invoices and money came in."""


@pytest.fixture(scope="module")
def lines():
    command = [sys.executable, ROOT / "bench" / "run.py", str(SIZE), "--quick", "--built-in"]
    command += ["--together", "--requests", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return {line["measure"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_every_measure_is_one_line_of_one_shape_with_its_floor(lines):
    assert list(lines) == FILES + DATABASE
    shapes = {name: set(line) for name, line in lines.items()}
    assert shapes == {
        name: KEYS
        | (
            PAGE_KEYS
            if name.startswith(("page_", "exposure_one", "assistant")) or name == "credit_check"
            else MORE_KEYS.get(name, set())
        )
        for name in lines
    }
    without_floor = {name for name, line in lines.items() if line["floor_cpu_s"] is None}
    assert without_floor == {
        *["letters", "issue_invoices", "cycle_again", "assistant"],
        *["pages_busy", "api_busy", "api_check"],
    }


def test_every_page_without_a_key_is_asked_for(lines):
    counts = lines["page_every"]["counts"]

    assert counts["pages"] > 150
    assert {"/worklist/", "/risk/", "/disputes/causes/"} <= set(every_address())
    assert not [one for one in every_address() if "<" in one or one.endswith((".csv", ".xlsx"))]
    assert set(counts["slow"]) | set(counts["first_slow"]) <= set(every_address())


def test_the_counts_are_those_of_the_oracle(lines):
    told = {name: line["counts"]["open_minor"] for name, line in lines.items()
            if "open_minor" in line["counts"] and name not in OTHER_BOOKS}  # fmt: skip
    assert told == dict.fromkeys(
        ["age_files", "import", "import_again", "ageing", "exposure"], OPEN_MINOR
    )
    counts = {name: line["counts"] for name, line in lines.items()}
    assert (
        counts["import"]["items_imported"],
        counts["import_again"]["items_known"],
        counts["import_again"]["items_imported"],
        counts["verify"]["broken"],
        counts["cycle_again"]["changed"],
    ) == (SIZE, SIZE, 0, 0, 0)


def test_reminders_are_decided_for_every_item_due_and_not_twice(lines):
    first, again = lines["reminders"]["counts"], lines["reminders_again"]["counts"]
    assert first["decided"] == REMINDERS_DUE
    assert first["messages"] == first["decisions"]["clear"]
    assert (again["messages"], again["changed"]) == (first["messages"], 0)


def test_bank_money_is_recorded_matched_and_judged_by_its_truth(lines):
    counts = {name: lines[name]["counts"] for name in ("bank_import", "match")}
    matched = counts["match"]
    assert counts["bank_import"]["payments"] == BANK_LINES
    assert matched["posted"] + matched["exceptions"] + matched["held"] >= BANK_LINES
    assert matched["hands_free"] <= matched["exact"] <= matched["lines"] == BANK_LINES
    assert matched["wrong"] == 0


def test_what_was_written_is_read_back_and_what_was_asked_for_was_answered(lines):
    counts = {name: line["counts"] for name, line in lines.items()}
    assert {counts[f"{kind}_{way}"]["rows"] for kind in ("csv", "parquet", "xlsx")
            for way in ("write", "read")} == {SIZE}  # fmt: skip
    assert counts["post_invoices"]["posted"] == counts["post_invoices"]["invoices"] > 0
    assert counts["letters"]["letters"] == counts["letters"]["begun"] > 0
    assert min(counts[name]["notes"] for name in ("api_busy", "api_check")) > 0
