"""T23: days in one process leave its objects, files, threads, connections and queues flat.

Three days on SQLite by default, a year on both databases in the long tier. Memory is the program's
own, without the pages of the database that SQLite keeps or maps; it grows a little with the books
(0.5 to 1 MB a day over 40 days) and is held below twice that. `python -m tests.soak --days N`
tells the same of any number of days.
"""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.dealing import is_long_tier
from tests.postgres import cluster

ROOT = Path(__file__).parents[2]
FEW, LONG = 3, 365
FLAT = ("files", "threads", "connections", "locks")
SCRATCH = 3
"""Files that SQLite keeps open for a connection: its temporary tables, and the journals of these
and of one statement on them."""
OBJECTS = 0.05
"""Objects of Python that a run may end with more than it had after its first stretch."""
BEGIN_MB, DAY_MB = 60, 2
"""Memory that the first days and every later one may add."""

pytestmark = [
    pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="starts databases of its own"),
    pytest.mark.dealt(one_in=8, of="whole desks", whole=True),
]


def soaked(days, url):
    """The readings of so many days in a process of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    own |= {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.soak", "--days", str(days)],
        cwd=ROOT,
        env=own | ({"DUNWELL_DATABASE_URL": url} if url else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.release)]
)
def test_t23_days_in_one_process_leave_what_it_holds_flat(database):
    days = LONG if is_long_tier() else FEW
    with cluster() if database == "postgresql" else nullcontext("") as url:
        found = soaked(days, url)
    first, last = found["rows"][0], found["rows"][-1]
    assert found["broken"] == []
    assert last["day"] >= days - 5
    assert last["items"] >= first["items"] + 2 * (last["day"] - first["day"])
    assert {name: last[name] for name in FLAT} == {name: first[name] for name in FLAT}
    assert last["scratch"] <= SCRATCH
    assert last["objects"] < first["objects"] * (1 + OBJECTS)
    assert last["own_mb"] < first["own_mb"] + BEGIN_MB + DAY_MB * days
    assert sum(last["messages"].values()) > sum(first["messages"].values()) or days == FEW
    assert last["outbox_days"] <= 1
