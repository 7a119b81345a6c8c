"""A drill: a backup is restored beside the running desk, proven, and taken away again."""

import os
import subprocess  # nosec B404 -- our own command alone
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from dunwell.connectors.database_dumps import DumpError
from dunwell.jobs.backups import DRILL


def drill(path: Path, key: str) -> str:
    """Restore a backup in a process and place of its own and return what it said.

    Raises DumpError with the last words when it does not come back whole or its books break.
    """
    place = tempfile.TemporaryDirectory(prefix=DRILL, dir=settings.DATA_DIR)
    with place as folder, _database() as url:
        told = {
            **{name: value for name, value in os.environ.items() if "DATABASE_URL" not in name},
            "DUNWELL_DATA_DIR": folder,
            "DUNWELL_KEYRING_FILE": str(settings.KEYRING_FILE),
            "DUNWELL_BACKUP_KEY": key,
            **({"DUNWELL_DATABASE_URL": url} if url else {}),
        }
        told.pop("DUNWELL_BACKUP_KEY_FILE", None)
        done = subprocess.run(  # noqa: S603  # nosec B603 -- our own command, no shell
            [sys.executable, "-m", "dunwell", "restore", str(path)],
            env=told,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [str(done.returncode)]
        raise DumpError(f"The drill failed: {said[-1].removeprefix('CommandError: ')}")
    return f"Drill: {done.stdout.strip()}"


@contextmanager
def _database() -> Iterator[str]:
    """Give the address of an empty database on the same server; nothing for SQLite."""
    if connection.vendor == "sqlite":
        yield ""
        return
    told = connection.settings_dict
    name = f"{told['NAME']}_drill_{os.getpid()}"
    account = quote(str(told["USER"]), safe="")
    if told["PASSWORD"]:
        account += ":" + quote(str(told["PASSWORD"]), safe="")
    place = quote(str(told["HOST"]), safe="") + (f":{told['PORT']}" if told["PORT"] else "")
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        yield f"postgresql://{account}@{place}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")
