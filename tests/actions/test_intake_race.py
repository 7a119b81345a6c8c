"""Fetchers at the same moment take every mail in once, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.intake_race import MAILS
from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]


def race(folder, **environment):
    told = subprocess.run(
        [sys.executable, "-m", "tests.actions.intake_race"],
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
    # contacts at one moment by one channel and person are one contact
    return {
        "database": database, "messages": MAILS, "conversations": 1, "signals": MAILS,
        "attempts": 1, "files": MAILS, "events": MAILS, "taken": 1, "unexpected": [],
    }  # fmt: skip


def test_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_on_postgresql(tmp_path):
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
