"""Whether this installation can work: what it stands on is there and has room."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from dunwell.models.sealed import KeyringError, has_sealed_rows, keyring

LEAST_FREE_BYTES = 256 * 1024 * 1024
"""With less on the disk of the data folder an upload may fail in its middle."""


def missing() -> list[str]:
    """Return the names of what is missing, in the order it is needed; nothing when all is there.

    The names are `database`, `migrations`, `keyring` (rows are sealed and it is
    gone or damaged), `folder` (nobody may write there) and `disk` (full).
    """
    return [name for name, is_there in CHECKS if not is_there()]


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def _is_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return False


def _has_keyring() -> bool:
    """Return whether the keyring can be read, or nothing is sealed yet."""
    try:
        if Path(settings.KEYRING_FILE).exists():
            keyring()
            return True
        return not has_sealed_rows()
    except (KeyringError, OSError, Error):
        return False


def _can_write() -> bool:
    return os.access(settings.DATA_DIR, os.W_OK)


def _has_room() -> bool:
    try:
        return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE_BYTES
    except OSError:
        return False


CHECKS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("database", _has_database),
    ("migrations", _is_migrated),
    ("keyring", _has_keyring),
    ("folder", _can_write),
    ("disk", _has_room),
)
