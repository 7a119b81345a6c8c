"""The page of speed is drawn from the bench's lines, and says what was missed."""

import json
from xml.etree import ElementTree

import pytest

from bench.report import bars, charts, page, read_lines

CYCLE = {
    "measure": "cycle", "db": "sqlite", "size": 1_000_000, "cpu_s": 6.5, "floor_cpu_s": 0.5,
    "ratio": 13.0, "wall_s": 9.0, "rss_mb": 700, "load": 3.1, "on": "2026-11-28",
    "target": {"figure": "cpu_s", "most": 6.0},
}  # fmt: skip
PAGES = {
    "measure": "page_home", "db": "sqlite", "size": 1_000_000, "cpu_s": 0.1, "p95_ms": 410.0,
    "cpu_p95_ms": 120.0, "target": {"figure": "p95_ms", "most": 300.0},
}  # fmt: skip
POSTED = {
    "measure": "post_invoices", "db": "sqlite", "size": 10_000, "cpu_s": 1.0,
    "per_cpu_s": 10_000.0, "target": {"figure": "per_cpu_s", "most": 5_000.0},
}  # fmt: skip


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.jsonl"
    told = [CYCLE | {"cpu_s": 9.9}, CYCLE, PAGES, POSTED, {"growth": "cycle", "exponent": 1.0}]
    path.write_text("\n".join(map(json.dumps, told)))
    return read_lines([path])


def test_of_two_lines_about_the_same_thing_the_later_one_counts(lines):
    assert lines == [CYCLE, PAGES, POSTED]


def test_the_page_says_what_was_met_missed_and_met_by_cpu_alone(lines):
    rows = [row for row in page(lines).splitlines() if " at most " in row or " at least " in row]
    assert [row for row in rows if row.startswith("|")] == [
        "| cycle | 1,000,000 | SQLite | cpu s at most 6 | 6.5 | **no** |",
        "| page_home | 1,000,000 | SQLite | p95 ms at most 300 | 410 (CPU 120) | by CPU alone |",
        "| post_invoices | 10,000 | SQLite | per cpu s at least 5000 | 10,000 | yes |",
    ]


def test_every_group_has_a_chart_that_the_page_shows(lines):
    drawn = charts(lines)
    assert list(drawn) == ["speed-sqlite-10000.svg", "speed-sqlite-1000000.svg"]
    told = page(lines)
    assert all(f"(img/{name})" in told for name in drawn)


def test_bars_are_as_long_as_the_powers_of_ten_of_their_amounts():
    root = ElementTree.fromstring(bars([("one", 10.0, 1.0), ("two", 100.0, None)], "Title"))
    widths = [
        (rect.get("class"), float(rect.get("width")))
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert widths == [("ours", 215.0), ("floor", 0.0), ("ours", 430.0)]
