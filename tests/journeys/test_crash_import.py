"""An import killed at any statement is finished by running it again: nothing lost, nothing doubled."""

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
        [sys.executable, "-m", "tests.crash", "tests.journeys.import_flow", "--every", str(every)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_killed_import_is_finished_once_on_sqlite():
    found = tried(every=12)
    assert found["failures"] == []
    assert found["points"] >= 80
    assert found["tried"] == -(-found["points"] // 12)


def test_a_killed_import_is_finished_once_on_postgresql():
    with cluster() as url:
        found = tried(every=12, url=url)
    assert found["failures"] == []
    assert found["points"] >= 80


@pytest.mark.release
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_single_point_of_an_import(engine):
    if engine == "sqlite":
        assert tried(every=1)["failures"] == []
    else:
        with cluster() as url:
            assert tried(every=1, url=url)["failures"] == []
