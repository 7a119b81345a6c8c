"""Crash runs in processes of their own: they fork, and kill their children."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.dealing import is_long_tier

ROOT = Path(__file__).parents[2]
FEW = 5
"""How many points of a flow the quick tier tries, other ones per hand; `--release` tries all."""


def findings(module, *arguments, url=None):
    """What a crash run found; on the database at the address, else where the tests run."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    if url is not None:
        environment = {k: v for k, v in environment.items() if not k.startswith("DUNWELL_")}
        environment |= {"DUNWELL_DATABASE_URL": url} if url else {}
    answer = subprocess.run(
        [sys.executable, "-m", *module.split(), *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.stdout, answer.stderr[-2000:]
    return json.loads(answer.stdout)


def most(few=FEW):
    """How many points to try: a few, or 0 for all of them in the long tier."""
    return 0 if is_long_tier() else few


def assert_healed(flow, *, least, url=None):
    """A flow of at least so many points, killed at those of this tier, is finished by a rerun."""
    few = most()
    found = findings("tests.crash", f"tests.journeys.{flow}", "--most", few, url=url)
    assert found["failures"] == []
    assert found["points"] >= least
    assert found["tried"] == (few or found["points"])
