"""What one process works on at a time, on this machine or another; free when that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from dunwell.jobs.file_locks import claimed_file


@contextmanager
def claimed(work: str, key: int, *, wait: bool = False) -> Iterator[bool]:
    """Hold a piece of work for this process; yields False while another one holds it.

    With `wait` it waits until the other one is done or dead, and yields True. On PostgreSQL the
    claim is the session's, so processes on several machines share it; on SQLite, which lives on
    one machine, it is a file's.
    """
    if connection.vendor != "postgresql":
        folder = Path(settings.DATA_DIR) / "locks"
        with claimed_file(folder / f"{work.replace(' ', '-')}-{key}.lock", wait=wait) as is_ours:
            yield is_ours
        return
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", [work, key])
            is_ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [work, key])
            is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [work, key])
