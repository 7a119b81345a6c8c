"""A ledger far larger than memory should hold is worked on bucket by bucket, to the cent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_MB = 600


def in_buckets(folder, items):
    """What the bench tells of so many items, made and worked on in processes of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.buckets", str(folder / "mirror"), str(items)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DUNWELL_DATA_DIR": str(folder),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_open_amounts_by_buckets_are_those_of_the_ledger(tmp_path):
    figure = in_buckets(tmp_path, 40_000)
    assert figure["items"] == 40_000
    assert figure["counts"]["owed"] == figure["counts"]["wanted"] > 0
    assert figure["counts"]["open"] == 40_000 // 22


@pytest.mark.release
def test_ten_million_items_stay_below_six_hundred_megabytes(tmp_path):
    figure = in_buckets(tmp_path, 10_000_000)
    assert figure["counts"]["open"] == 10_000_000 // 22
    assert figure["rss_mb"] < MOST_MB
