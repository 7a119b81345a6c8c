"""The same request from eight threads at once has one effect, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.duplicates import ROUNDS, THREADS
from tests.postgres import binaries, cluster

pytestmark = pytest.mark.dealt(one_in=12, of="races")

ROOT = Path(__file__).parents[2]


def run(folder, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.api.duplicates"],
        cwd=ROOT,
        env={
            **os.environ,
            "DUNWELL_REQUIRE_MFA": "0",
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


def one_effect(told, database):
    bodies = sorted({answer["id"] for _, answer in told["answers"]})
    return told == {
        "database": database,
        "answers": sorted([[201, {"id": key}] for key in bodies for _ in range(THREADS)], key=str),
        "effects": ROUNDS,
        "is_whole": True,
    }


def test_on_a_sqlite_file(tmp_path):
    assert one_effect(run(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        assert one_effect(run(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
