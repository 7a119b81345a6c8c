"""Clerks who prepare the same day at once debit nothing twice, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.debit_race import ITEMS, ROUNDS
from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]
ALL = ROUNDS * ITEMS * 10_00


def race(folder, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.actions.debit_race"],
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
    # the payment covers a third: it lowers the debit whether it is put on its item before or after
    assert told == {
        "database": database,
        "over": 0,
        "unexpected": [],
        "debited": ALL - ROUNDS * 10_00,
        "runs": 1,
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
