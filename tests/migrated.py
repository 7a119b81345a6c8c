"""Migrated databases, made once and copied: making all tables costs some seconds.

They lie in `.cache/databases` under a name that changes with everything that goes into them, so
that a changed migration is run, and a fresh checkout runs all of them. Tests still call
`migrate` on the copy, which then finds nothing left to do.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "databases"
NAME = "dunwell.sqlite3"
"""The database's file in a data folder."""


def sqlite_file() -> Path:
    """Return a migrated SQLite database; it is not to be opened for writing."""
    return made_once("sqlite3", sqlite3.sqlite_version, make=_make_sqlite)


def put_sqlite(folder: Path) -> None:
    """Put a migrated database into a data folder that has none."""
    if not (folder / NAME).exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sqlite_file(), folder / NAME)


def migrate() -> None:
    """Make the tables in the database of the settings, by a copy where that is possible."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        put_sqlite(Path(connection.settings_dict["NAME"]).parent)
    call_command("migrate", verbosity=0)


def run_migrations(folder: Path, *options: str, url: str = "") -> None:
    """Make the tables in a process of its own: on SQLite in a folder, or on `url`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", "migrate", "--verbosity", "0", *options],
        cwd=ROOT,
        env={
            **own,
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "PYTHONPATH": str(ROOT / "src"),
            "DUNWELL_DATA_DIR": str(folder),
            **({"DUNWELL_DATABASE_URL": url} if url else {}),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"migrate failed:\n{done.stdout}{done.stderr}")


def made_once(kind: str, *parts: str, make) -> Path:
    """Return the file of a kind, made by `make(path)` when its ingredients are new.

    `parts` are ingredients beside the migrations, the packages and Python. Processes wait for
    the one that makes it.
    """
    digest = hashlib.sha256("\n".join((sys.version, *parts)).encode())
    migrations = sorted((ROOT / "src" / "dunwell" / "migrations").glob("*.py"))
    settings = ROOT / "src" / "dunwell" / "settings.py"  # names the apps whose tables are made
    for path in (*migrations, settings, ROOT / "requirements" / "test.lock", Path(__file__)):
        digest.update(path.name.encode() + path.read_bytes())
    found = KEPT / f"{digest.hexdigest()[:16]}.{kind}"
    if not found.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with _alone(KEPT / f"{kind}.lock"):
            if not found.exists():
                for old in KEPT.glob(f"*.{kind}"):
                    old.unlink()
                draft = found.with_suffix(".draft")
                make(draft)
                draft.replace(found)
    return found


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that is free again when the process ends."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_sqlite(path: Path) -> None:
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="dunwell-migrated-") as folder:
        run_migrations(Path(folder))
        with closing(sqlite3.connect(Path(folder) / NAME)) as connection:
            connection.execute("VACUUM INTO ?", [str(path)])
