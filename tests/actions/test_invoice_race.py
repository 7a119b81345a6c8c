"""Two issuers at once get one number a draft, and no gap between the drafts, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.invoice_race import DRAFTS
from tests.conftest import TODAY
from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]


def race(folder, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.actions.invoice_race"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT / "src"),
            **environment,
        },
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])


def check(told, database):
    assert told == {
        "database": database,
        "numbers": [f"INV-{TODAY.year}-{n:05}" for n in range(1, DRAFTS + 1)],
        "items": DRAFTS,
        "unexpected": [],
        "broken": {},
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
