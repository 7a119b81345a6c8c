"""T16: a book of an older version is upgraded whole, or stays as it was to the last index.

In the long tier also one of 200,000 invoices, with how long its tables could not be used.
"""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.postgres import cluster

ROOT = Path(__file__).parents[2]
KEY = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3I="
BEFORE_SEALING, TWO_VERSIONS_AGO = "0021", "0018"
LARGE = 200_000
"""Invoices of the large book."""
pytestmark = [
    pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="starts databases of its own"),
    pytest.mark.dealt(one_in=8, of="whole desks"),
]


def upgraded_from(version, place, kind, *tries, book="old_books"):
    """What upgrades of a book of a version said: well, once more, without a table, broken."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    with cluster() if kind == "postgresql" else nullcontext("") as url:
        told = {
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(place / "desk"),
            "DUNWELL_BACKUP_KEY": KEY,
            **({"DUNWELL_DATABASE_URL": url} if url else {}),
        }
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", f"tests.trust.{book}", version, *tries],
            cwd=ROOT, env=own | told, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_whole(done, again):
    assert "dunwell.0022_sealed_fields" in done and "0 broken" in done
    assert "dunwell.0028_sealed_provider_events" in done
    assert "6 sealed values open" in done
    assert again == "The database is of this version already; nothing was done.\n"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_t16_an_older_book_is_upgraded_whole_or_stays_as_it_was(tmp_path, kind):
    *well, missing, broken = upgraded_from(BEFORE_SEALING, tmp_path, kind, "refused")

    assert_whole(*well)
    assert "The upgrade was taken back" in missing and "dunwell_erasure" in missing
    assert "The books of Close break I" in broken
    # one before each try, also before the one that was killed
    assert len([*(tmp_path / "backups").glob("*.backup")]) == 4


@pytest.mark.release
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_t16_a_book_of_two_releases_ago_is_upgraded_whole(tmp_path, kind):
    assert_whole(*upgraded_from(TWO_VERSIONS_AGO, tmp_path, kind))


@pytest.mark.release
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_t16_a_large_book_of_two_releases_ago_keeps_every_total(tmp_path, kind, record_property):
    told = upgraded_from(TWO_VERSIONS_AGO, tmp_path, kind, str(LARGE), book="large_old_book")
    assert (told["items"], told["sealed"]) == (LARGE, 2_000)
    # seconds say something of the machine too, so they are told and not judged
    for name in ("upgrade_cpu_s", "held_s", "longest_change_s"):
        record_property(name, told[name])
