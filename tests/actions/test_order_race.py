"""Orders that come at the same time never pass a limit together (TRUST T11), on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.order_race import KINDS
from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]
FITS = {"one_fits": 1, "five_fit": 6, "group": 1, "parent": 1}
"""Orders that fit in a round; of five_fit with the one that had used 95 % of the limit before."""
MANY = 1_000


def race(folder, rounds, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.actions.order_race", str(rounds)],
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


def check(told, database, rounds):
    each = rounds // len(KINDS)
    assert told == {
        "database": database,
        "over": 0,
        "accepted": {kind: FITS[kind] * each for kind in KINDS},
        "rounds": rounds,
        "unexpected": [],
    }


def on_postgresql(folder, rounds):
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        check(race(folder, rounds, DUNWELL_DATABASE_URL=address), "postgresql", rounds)


def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, len(KINDS), DUNWELL_DATABASE_URL=""), "sqlite", len(KINDS))


def test_on_postgresql(tmp_path):
    on_postgresql(tmp_path, len(KINDS))


@pytest.mark.release
def test_a_thousand_times_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, MANY, DUNWELL_DATABASE_URL=""), "sqlite", MANY)


@pytest.mark.release
def test_a_thousand_times_on_postgresql(tmp_path):
    on_postgresql(tmp_path, MANY)
