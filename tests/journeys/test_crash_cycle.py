"""Killed at every statement: the day's cycle and delivery lose nothing and double nothing.

The quick tier tries a sample of the points, `--release` all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def findings(module, *arguments):
    """What a crash run found, in a process of its own: it forks, and kills its children."""
    answer = subprocess.run(
        [sys.executable, "-m", *module.split(), *map(str, arguments)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.stdout, answer.stderr[-2000:]
    return json.loads(answer.stdout)


def test_a_cycle_killed_anywhere_is_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 19
    found = findings("tests.crash tests.journeys.cycle_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 10


@pytest.mark.skipif(
    "DUNWELL_DATABASE_URL" in os.environ, reason="sinks do not depend on the database"
)
def test_delivery_killed_anywhere_loses_nothing_and_doubles_at_most_one(request):
    is_whole = request.config.getoption("--release")
    every, customers, least = (1, 260, 500) if is_whole else (61, 120, 150)
    found = findings("tests.journeys.deliver_crashes", "--every", every, "--customers", customers)
    assert sorted(found) == ["files", "http", "smtp"]
    for sink, told in found.items():
        assert told["failures"] == [], sink
        assert told["points"] >= least
        assert told["tried"] == len(range(0, told["points"], every)) >= 3
        assert told["sent"] >= 5
        if sink != "smtp":
            assert told["duplicates"] == 0
