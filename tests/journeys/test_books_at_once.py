"""Eight processes at once book, close and hand over: nothing slips into the closed period."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.journeys.books_race import CLOSED
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
            [sys.executable, "-m", "tests.journeys.books_race"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_booked_in_a_period_while_somebody_closes_it(engine):
    if engine == "sqlite":
        found = race()
    else:
        with cluster() as url:
            found = race(url)

    assert found["errors"] == []
    assert found["broken"] == {}
    assert found["closed"] == "2026-02-28"
    assert found["entries"] == found["journaled"] > 0
    assert found["numbers"] == list(range(1, len(found["numbers"]) + 1))
    assert [text for text in found["refused"] if text.startswith(CLOSED)]
