"""Bringing a backup back into an empty place, every hash checked before anything counts.

Files come first, the database last: before it there is no desk, and what an interrupted restore
left lies under STAGING, which the next one clears.
"""

import gzip
import shutil
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction

from dunwell.connectors.database_dumps import (
    DumpError,
    restore_postgresql,
    sqlite_faults,
    sqlite_tables,
)
from dunwell.formats.sealed_archive import ArchiveError, HashedReader, SealedReader
from dunwell.jobs.backup_manifests import Manifest, differing_tables, postgresql_tables
from dunwell.jobs.backups import (
    DATABASE,
    FILES,
    KEYRING,
    MANIFEST,
    SCRATCH,
    STAGING,
    access_of_connection,
)

PIECE = 1 << 20
OURS = (STAGING, SCRATCH, KEYRING, "secret_key")
"""What an empty data folder may hold: a start makes a secret key, an operator lays a keyring."""


class NotEmptyError(ValueError):
    """There is a desk already where the backup is to go."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What came back: the backup's own words, and how many rows and files were checked."""

    manifest: Manifest
    rows: int
    files: int


def restore(path: Path, *, key: bytes) -> Restored:
    """Bring a backup into the configured data folder and database and return what came.

    Raises NotEmptyError when a desk is there, ArchiveError for another key, a cut or changed
    file, DumpError when the database does not take it; nothing is left behind then.
    """
    folder = Path(settings.DATA_DIR)
    staging = folder / STAGING
    _require_empty(folder, was_interrupted=staging.exists())
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700, parents=True)
    came: list[Path] = []
    try:
        manifest = _unpacked(path, staging, key)
        _require_fit(manifest)
        for name in manifest.files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            came.append((staging / FILES / name).replace(target))
        _bring_database(staging / DATABASE, manifest)
    except BaseException:
        for one in came:
            one.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    rows = sum(count for count, _ in manifest.tables.values())
    return Restored(manifest=manifest, rows=rows, files=len(manifest.files))


def _require_empty(folder: Path, *, was_interrupted: bool) -> None:
    if connection.introspection.table_names():
        raise NotEmptyError("The database has tables already. Restore into an empty one.")
    database = str(connection.settings_dict["NAME"])
    found = [
        path.name
        for path in sorted(folder.glob("*"))
        if not path.name.startswith(OURS) and not str(path).startswith(database)
    ]
    if found and not was_interrupted:
        raise NotEmptyError(
            f"The data folder {folder} holds {found[0]} already. Restore into an empty one."
        )


def _require_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise DumpError(
            f"This backup is of a {manifest.vendor} database and the desk is set to"
            f" {connection.vendor}. Set DUNWELL_DATABASE_URL to a {manifest.vendor} one."
        )


def _unpacked(path: Path, staging: Path, key: bytes) -> Manifest:
    """Write all of a backup into the staging folder; raise ArchiveError where it is not whole."""
    hashes: dict[str, str] = {}
    manifest = None
    with path.open("rb") as file:
        sealed = SealedReader(file, key)
        try:
            with (
                gzip.GzipFile(fileobj=cast("BinaryIO", sealed), mode="rb") as packed,
                tarfile.open(fileobj=packed, mode="r|") as tar,
            ):
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise ArchiveError(f"{member.name} in this backup is no file.")
                    if member.name == MANIFEST:
                        manifest = Manifest.of_json(content.read())
                    else:
                        hashes[member.name] = _written(content, staging, member.name)
            while sealed.read(PIECE):  # to the end, for the last frame says that it is one
                pass
        except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise ArchiveError(f"The backup is damaged inside: {error}.") from error
    if manifest is None:
        raise ArchiveError("The backup has no manifest.")
    expected = {DATABASE: manifest.database_sha256}
    expected |= {FILES + name: sha256 for name, sha256 in manifest.files.items()}
    if wrong := sorted(n for n in {*hashes, *expected} if hashes.get(n) != expected.get(n)):
        raise ArchiveError(f"{wrong[0]} in this backup is not what its manifest says.")
    return manifest


def _written(content: object, staging: Path, name: str) -> str:
    """Write one file below the staging folder and return its hash."""
    parts = PurePosixPath(name).parts
    is_inside = name == DATABASE or name.startswith(FILES)
    if not is_inside or ".." in parts or PurePosixPath(name).is_absolute():
        raise ArchiveError(f"{name} in this backup would lie elsewhere.")
    target = staging.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = HashedReader(cast("BinaryIO", content))
    with target.open("xb") as file:
        while piece := source.read(PIECE):
            file.write(piece)
    return source.sha256


def _bring_database(source: Path, manifest: Manifest) -> None:
    if connection.vendor == "sqlite":
        if faults := sqlite_faults(source):
            raise DumpError(f"The database in this backup is damaged: {faults[0]}.")
        found = {name: (rows, "") for name, rows in sqlite_tables(source).items()}
        _require_equal(manifest, found)
        connection.close()
        target = Path(str(connection.settings_dict["NAME"]))
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        source.replace(target)
        return
    connection.close()
    restore_postgresql(access_of_connection(), source)
    try:
        with transaction.atomic():
            found = postgresql_tables()
        _require_equal(manifest, found)
    except DumpError:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        raise


def _require_equal(manifest: Manifest, found: dict[str, tuple[int, str]]) -> None:
    if wrong := differing_tables(manifest.tables, found):
        raise DumpError(f"The table {wrong[0]} does not hold the rows the backup's manifest says.")
