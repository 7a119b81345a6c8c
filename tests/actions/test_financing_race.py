"""Clerks who assign one item to two lenders at once assign it once."""

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
        [sys.executable, "-m", "tests.actions.financing_race"],
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
        "database": database, "live": 1, "draws": 3, "unexpected": [], "broken": [],
    }  # fmt: skip


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
