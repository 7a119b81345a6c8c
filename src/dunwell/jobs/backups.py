"""One encrypted file with all that a desk is: its database as of one moment, and its kept files.

Database first, files second: a file that no row names does no harm. What is half done lies under
another name and is taken away by the next run.
"""

import gzip
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from dunwell import walls
from dunwell.connectors.database_dumps import copy_sqlite, dump_postgresql
from dunwell.formats.sealed_archive import HashedReader, SealedWriter
from dunwell.jobs.backup_manifests import (
    Manifest,
    postgresql_facts,
    postgresql_manifest,
    sqlite_manifest,
)

DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
"""Names inside a backup."""

SUFFIX, SCRATCH, STAGING, DRILL = ".backup", "backing-up", "restoring", "drill-"
KEYRING = "keyring"
"""What opens the sealed columns is no part of a backup: who finds one must not be able to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A backup that was made: where it lies, its bytes, and what it says of itself."""

    path: Path
    size_bytes: int
    manifest: Manifest


def back_up(folder: Path, *, key: bytes, at: datetime) -> Backup:
    """Make a backup in a folder and return it; the desk keeps running.

    Raises DumpError when the database cannot be copied, OSError when a disk is full; nothing
    that could be taken for a backup is left then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"dunwell-{at:%Y%m%dT%H%M%S%f}Z{SUFFIX}"
    partial = path.with_suffix(".part")
    try:
        with _scratch() as scratch, partial.open("xb") as file:
            database = scratch / DATABASE
            manifest = _database_copied(database, at)
            sealed = SealedWriter(file, key)
            with (
                gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                tar.add(database, DATABASE)
                for name, kept in kept_files():
                    manifest.files[name] = _kept(tar, name, kept)
                _add(tar, MANIFEST, manifest.to_json())
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Backup(path=path, size_bytes=path.stat().st_size, manifest=manifest)


def kept_files() -> Iterator[tuple[str, Path]]:
    """Yield every file of the data folder that a desk needs, by its name in there, sorted."""
    folder = Path(settings.DATA_DIR)
    database = str(connection.settings_dict["NAME"])
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_ours = str(path).startswith(database) and connection.vendor == "sqlite"
        is_keyring = path.resolve() == Path(settings.KEYRING_FILE)
        # a mirror is made again from the ledger, and its files come and go meanwhile; a full
        # export is a copy of all the rest
        passing = (SCRATCH, STAGING, DRILL, KEYRING, "mirror/", "exports/", "upload-days/")
        is_passing = name.startswith(passing) or name.endswith(".part")
        if not path.is_file() or path.is_symlink():
            continue
        if not (is_ours or is_keyring or is_passing):
            yield name, path


def forget_old_backups(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest backups of a folder and return what was deleted."""
    old = sorted(folder.glob(f"dunwell-*{SUFFIX}"))[:-keep]
    for path in old:
        path.unlink()
    return old


@contextmanager
def _scratch() -> Iterator[Path]:
    """Give a folder beside the database, for a copy must not lie open anywhere else."""
    scratch = Path(settings.DATA_DIR) / f"{SCRATCH}-{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _database_copied(target: Path, at: datetime) -> Manifest:
    """Copy the database and return what it held at that moment, without files yet."""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(str(connection.settings_dict["NAME"])), target)
        return sqlite_manifest(target, at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = str(cursor.fetchone()[0])
        told = postgresql_facts()
        dump_postgresql(access_of_connection(), target, snapshot=snapshot)
    return postgresql_manifest(target, at, told)


def access_of_connection() -> dict[str, str]:
    """Return the PG... variables that lead PostgreSQL's programs to the configured database."""
    told = connection.settings_dict
    access = {
        # a dump holds the rows of every company, also behind the walls between them
        "PGOPTIONS": f"-c dunwell.companies={walls.EVERYTHING}",
        "PGHOST": told["HOST"],
        "PGPORT": told["PORT"],
        "PGUSER": told["USER"],
        "PGPASSWORD": told["PASSWORD"],
        "PGDATABASE": told["NAME"],
    }
    return {name: str(value) for name, value in access.items() if value}


def _kept(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Put a file into the backup and return the hash of what was read."""
    with path.open("rb") as file:
        hashing = HashedReader(file)
        member = tar.gettarinfo(arcname=FILES + name, fileobj=file)
        tar.addfile(member, hashing)
    return hashing.sha256


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
