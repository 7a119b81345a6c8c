"""Bank files killed at any statement are read by running again: nothing lost, nothing doubled."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import cluster

ROOT = Path(__file__).parents[2]


def tried(every, url=""):
    """The harness's findings, from a process of its own: it forks and kills children."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DUNWELL_")}
    environment |= {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    if url:
        environment["DUNWELL_DATABASE_URL"] = url
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "tests.journeys.bank_flow", "--every", str(every)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_killed_bank_files_are_recorded_once_on_sqlite():
    found = tried(every=17)
    assert found["failures"] == []
    assert found["points"] >= 100
    assert found["tried"] == -(-found["points"] // 17)


def test_killed_bank_files_are_recorded_once_on_postgresql():
    with cluster() as url:
        found = tried(every=17, url=url)
    assert found["failures"] == []
    assert found["points"] >= 100


@pytest.mark.release
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_single_point_of_bank_files(engine):
    if engine == "sqlite":
        assert tried(every=1)["failures"] == []
    else:
        with cluster() as url:
            assert tried(every=1, url=url)["failures"] == []
