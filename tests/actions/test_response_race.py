"""The same answers at once: kept once each, one case per invoice, one open promise."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]


def race(folder, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.actions.response_race"],
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


def expected(database):
    return {
        "database": database,
        "responses": 9,
        "cases": 3,
        "promises": 3,
        "unexpected": [],
        "broken": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_on_postgresql(tmp_path):
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
