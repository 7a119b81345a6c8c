"""Two calls of the day's cycle at the same time end as one call does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.dealt(one_in=12, of="races")

ROOT = Path(__file__).parents[2]
START = "import django; django.setup(); from tests.journeys import cycle_flow; "
PREPARE = START + "from tests.crash import prepare; prepare(cycle_flow)"
RUN = START + "cycle_flow.run()"
DIGEST = START + "import json; from tests.table_digest import digest; print(json.dumps(digest()))"


def started(code, folder):
    """A process of its own on the database in a folder."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dunwell.settings",
                   "DUNWELL_DATA_DIR": str(folder)}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(*processes):
    """What the processes printed, once all have ended well."""
    answers = [process.communicate() for process in processes]
    for process, (_, errors) in zip(processes, answers, strict=True):
        assert process.returncode == 0, errors[-2000:]
    return [output for output, _ in answers]


@pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="uses database files of its own")
def test_two_cycles_at_once_end_as_one(tmp_path):
    once, twice = tmp_path / "once", tmp_path / "twice"
    once.mkdir()
    finished(started(PREPARE, once))
    shutil.copytree(once, twice)
    finished(started(RUN, once))
    finished(*(started(RUN, twice) for _ in range(3)))
    (alone,), (together,) = (finished(started(DIGEST, folder)) for folder in (once, twice))
    assert json.loads(together) == json.loads(alone)
