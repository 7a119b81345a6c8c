"""Answered by two at once, each thing of teamwork and of the assistant is answered once."""

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
        [sys.executable, "-m", "tests.actions.teamwork_race"],
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
        "events": {
            "hand_off.taken": 2,
            "escalation.acknowledged": 2,
            "meeting.held": 2,
            "meeting_decision.taken": 2,
            "meeting_decision.done": 2,
            "promise.recorded": 2,
            "assistant.answered": 4,
        },
        "tasks": 2,
        "promises": 2,
        "turns": 4,
        "unexpected": [],
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
