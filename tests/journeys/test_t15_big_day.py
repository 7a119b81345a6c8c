"""T15: a day of a large bank file, killed anywhere, is finished once by the next call.

A statement of 200 lines over 400 items by default, killed at a few points; 10,000 lines over
20,000 items at twenty points in the long tier, and there what memory a day takes.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.journeys.crashes import FEW, ROOT, findings
from tests.postgres import cluster

POINTS = 20
"""So many kills of the long day: each one is a day anew."""
PER_LINE_KB = 30
"""Memory that a line more, with its two items more, may take at the peak; 23 were measured."""


def killed(flow, most, url):
    found = findings("tests.crash", f"tests.journeys.{flow}", "--most", most, url=url)
    assert found["failures"] == []
    assert found["tried"] == most


@pytest.mark.dealt(one_in=12, of="crashes")
def test_t15_a_big_day_killed_anywhere_is_finished_by_the_next_call_on_sqlite():
    killed("big_day_flow", FEW, "")


@pytest.mark.dealt(one_in=12, of="crashes")
def test_t15_a_big_day_killed_anywhere_is_finished_by_the_next_call_on_postgresql():
    with cluster() as url:
        killed("big_day_flow", FEW, url)


@pytest.mark.release
def test_t15_a_long_day_killed_at_twenty_points_is_finished_by_the_next_call():
    killed("long_day_flow", POINTS, "")


@pytest.mark.release
def test_t15_memory_grows_by_little_with_each_line():
    few, many = day(2_000), day(10_000)
    assert (many["items"], many["entries"]) == (20_000, 10_000)
    assert 1024 * (many["peak_mb"] - few["peak_mb"]) < PER_LINE_KB * 8_000


def day(lines):
    """What one day of so many lines took, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.journeys.day_memory", str(lines)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
