"""Eight clerks at once on the same payments and items: nothing over-allocated, nothing lost.

Forty rounds; with `--release` a thousand.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.postgres import cluster

pytestmark = pytest.mark.dealt(one_in=12, of="races")

ROOT = Path(__file__).parents[2]


def race(rounds, url=""):
    """What eight clerks did and what the books say afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DUNWELL_")}
    with tempfile.TemporaryDirectory(prefix="dunwell-race-") as folder:
        environment |= {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DUNWELL_DATA_DIR": folder}
        if url:
            environment["DUNWELL_DATABASE_URL"] = url
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.match_race", "--rounds", str(rounds)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_eight_clerks_never_over_allocate_nor_lose_an_update(engine, request):
    rounds = 1_000 if request.config.getoption("--release") else 40
    if engine == "sqlite":
        found = race(rounds)
    else:
        with cluster() as url:
            found = race(rounds, url)

    # no deadlock and no error of the database
    assert found["errors"] == []
    assert found["broken"] == {}
    assert found["lost"] == {}
    # everybody who lost is told who was faster, with figures why, or how the case stands
    assert set(found["refusals"]) <= {"slower", "figures", "state"}
    # whether a round has a winner that counts depends on who comes first: who applies the payment
    # by its own page leaves nothing for the cases, and is no move of one
    assert found["moves"] >= rounds / 4
    assert found["refusals"]["slower"] > 0
    assert sum(found["refusals"].values()) >= rounds
