"""Races run in a process of their own, on a database of their own: SQLite's file or a server's."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import binaries, cluster

ROOT = Path(__file__).parents[2]


def raced(name, folder, *arguments, **environment):
    """What the module `tests.actions.<name>` printed last, on the database the environment names."""
    told = subprocess.run(
        [sys.executable, "-m", f"tests.actions.{name}", *arguments],
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


@contextmanager
def postgresql():
    """The address of a migrated database; where the server is not installed the test is skipped."""
    try:
        binaries()
    except RuntimeError as error:
        pytest.skip(str(error))
    with cluster() as address:
        yield address
