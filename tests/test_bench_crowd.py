"""A crowd at a small desk: nobody is refused, everybody looks and writes, and all of it is kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAFF, DEBTORS = 4, 6

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)


def test_a_crowd_of_staff_and_debtors_meets_no_error_and_loses_nothing():
    own = {"BENCH_CROWD_MINUTES": "0.4", "BENCH_CROWD_THINK": "0.05"}
    own |= {"BENCH_CROWD_STAFF": str(STAFF), "BENCH_CROWD_DEBTORS": str(DEBTORS)}
    command = [sys.executable, ROOT / "bench" / "run.py", "1000", "--quick", "--built-in"]
    done = subprocess.run(
        [*command, "--together", "--only", "crowd"],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told = json.loads(done.stdout.splitlines()[0])
    counts = told["counts"]
    assert (told["problems"], counts["wrong_answers"], counts["all_was_kept"]) == ([], {}, True)
    assert (counts["staff"], counts["debtors"]) == (STAFF, DEBTORS)
    assert {"worklist", "customer", "portal home", "portal items"} <= set(counts["p95_by_page"])
    assert counts["written"] > 0
