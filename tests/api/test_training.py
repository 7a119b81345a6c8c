"""Training goes on in the background, one at a time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

ROOT = Path(__file__).parents[2]


def test_training_is_begun_once_and_shows_its_version_when_it_is_over(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "tests.api.training"],
        cwd=ROOT,
        env={
            **os.environ,
            "DUNWELL_REQUIRE_MFA": "0",
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(tmp_path),
            "DUNWELL_DATABASE_URL": "",
            "PYTHONPATH": str(ROOT / "src"),
        },
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    where = {"look_at": "/api/v1/model/training"}

    assert json.loads(told.stdout.splitlines()[-1]) == {
        "busy": [202, {"is_new": False, **where}],
        "begun": [202, {"is_new": True, **where}],
        "after": [False, 1, ""],
        "versions": [[1, "due_date", "serving", "mona"]],
    }
