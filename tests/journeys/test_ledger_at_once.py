"""Eight processes at once on one payment, one credit note and one import: nothing counted twice."""

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


def race(url=""):
    """What eight processes did and what the books say afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DUNWELL_")}
    with tempfile.TemporaryDirectory(prefix="dunwell-race-") as folder:
        environment |= {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DUNWELL_DATA_DIR": folder}
        if url:
            environment["DUNWELL_DATABASE_URL"] = url
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.ledger_race"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_eight_at_once_never_over_allocate(engine):
    if engine == "sqlite":
        found = race()
    else:
        with cluster() as url:
            found = race(url)

    assert found["errors"] == []
    assert found["broken"] == {}
    # a payment of 100.00 in tens: ten takes succeed and the rest is told no, with figures
    assert found["applied"] == {"P1": 100_00, "C1": 50_00}
    assert found["refused"] == found["attempts"] - 15
    assert found["imported"] == [0, 0, 0, 0, 0, 0, 0, 3]
    assert found["payments"] == 1
