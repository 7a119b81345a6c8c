"""A full export comes back into an empty desk, on either database, and proves itself.

All rows are one transaction. Before it ends every table is read back and compared with the
manifest, the chains end where they ended, the books are proved and sealed values open; files are
put in place last. What fails leaves an empty desk; what was killed, files that the next import
takes away by a list that was written before them.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models.query import QuerySet

from dunwell import walls
from dunwell.actions.desk_exports import end_import, put_rows
from dunwell.actions.gate import Refused
from dunwell.formats.export_manifests import (
    FILES,
    MANIFEST,
    SCHEMA,
    TABLES,
    ExportError,
    ExportManifest,
    read_export_manifest,
)
from dunwell.formats.record_files import SUFFIXES, RecordFileError, read_rows
from dunwell.jobs.backup_manifests import hash_of_file
from dunwell.jobs.backups import STAGING
from dunwell.jobs.desk_exports import applied_migrations
from dunwell.jobs.restores import OURS, NotEmptyError
from dunwell.models import ChainHead, Company
from dunwell.queries.desk_exports import Digest, Rows, Table, by_keys, export_tables
from dunwell.queries.sealed import sealed_state
from dunwell.queries.verify import verify_books

PLACED = f"{STAGING}.placed"
"""Names of the files that are put in place, until all of the import counts."""

Tell = Callable[[str], None]


@walls.everything()
def import_desk(folder: Path, *, tell: Tell) -> ExportManifest:
    """Bring an export into the configured, migrated and empty desk and return its manifest.

    Raises NotEmptyError when a desk is there, ExportError when the folder is no export, damaged,
    of another version or does not prove itself; nothing is left behind then.
    """
    manifest = read_manifest(folder)
    _require_same_version(manifest)
    _require_empty()
    tell("checking every hash")
    _require_whole(folder, manifest)
    staging = Path(settings.DATA_DIR) / STAGING
    try:
        _stage(folder, staging, manifest)
        with transaction.atomic():
            _put_tables(folder, manifest, tell)
            tell("reading back what was written")
            _require_same(manifest)
            _require_proved(manifest)
            _put_files(staging, manifest)
            tell("all of it is proved and in place")
    except BaseException:
        _take_away_placed()
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _placed().unlink(missing_ok=True)
    return manifest


def read_manifest(folder: Path) -> ExportManifest:
    """Return the manifest of an export; raise ExportError where there is none."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ExportError(
            f"{folder} is no export: {MANIFEST} in it cannot be read ({error.strerror})."
        ) from error
    return read_export_manifest(data)


def _require_same_version(manifest: ExportManifest) -> None:
    here, there = set(applied_migrations()), set(manifest.migrations)
    if newer := sorted(there - here):
        raise ExportError(
            f"This export is of a newer Dunwell ({manifest.dunwell}), which has {newer[0]}."
            " Upgrade this one first."
        )
    if older := sorted(here - there):
        raise ExportError(
            f"This export is of an older Dunwell ({manifest.dunwell}), which had not {older[0]}"
            " yet. Import it with that version, then upgrade."
        )
    tables = {table.name for table in export_tables(is_opened=manifest.is_opened)}
    if differing := sorted(tables ^ set(manifest.tables)):
        raise ExportError(f"This export and this desk differ in the table {differing[0]}.")


def require_no_rows() -> None:
    """Raise NotEmptyError where a table of the desk, if there are any yet, has rows."""
    made = set(connection.introspection.table_names())
    for table in export_tables(is_opened=False):
        if table.name in made and QuerySet(table.model).exists():
            raise NotEmptyError(f"The table {table.name} has rows. Import into an empty desk.")


def _require_empty() -> None:
    require_no_rows()
    _take_away_placed()
    folder = Path(settings.DATA_DIR)
    database = str(connection.settings_dict["NAME"])
    for path in sorted(folder.glob("*")):
        if not path.name.startswith(OURS) and not str(path).startswith(database):
            raise NotEmptyError(
                f"The data folder {folder} holds {path.name} already. Import into an empty one."
            )


def _require_whole(folder: Path, manifest: ExportManifest) -> None:
    suffix = SUFFIXES[manifest.form]
    expected = {
        f"{TABLES}/{name}{suffix}": table.sha256 for name, table in manifest.tables.items()
    }
    expected |= {f"{FILES}/{name}": sha256 for name, sha256 in manifest.files.items()}
    expected[SCHEMA] = manifest.schema_sha256
    for name, sha256 in expected.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise ExportError(f"{name} is missing in this export. Take another copy.")
        if hash_of_file(path) != sha256:
            raise ExportError(f"{name} is not what the manifest says. Take another copy.")


def _stage(folder: Path, staging: Path, manifest: ExportManifest) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700, parents=True)
    for name in manifest.files:
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / FILES / name, target)


def _put_tables(folder: Path, manifest: ExportManifest, tell: Tell) -> None:
    try:
        for table in by_keys(export_tables(is_opened=manifest.is_opened)):
            if not manifest.tables[table.name].rows:
                continue
            path = folder / TABLES / f"{table.name}{SUFFIXES[manifest.form]}"
            for rows in read_rows(path, table.columns, form=manifest.form):
                put_rows(table=table, rows=rows, is_opened=manifest.is_opened)
            tell(f"{table.name}: {manifest.tables[table.name].rows:,} rows")
        end_import()
    except (RecordFileError, Refused) as error:
        raise ExportError(str(error)) from error


def _put_files(staging: Path, manifest: ExportManifest) -> None:
    _placed().write_text(json.dumps(list(manifest.files)), encoding="utf-8")
    for name in manifest.files:
        target = Path(settings.DATA_DIR) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(target)


def _placed() -> Path:
    return Path(settings.DATA_DIR) / PLACED


def _take_away_placed() -> None:
    """Delete what an import that does not count put in place, and folders made for that alone."""
    if not _placed().exists():
        return
    root = Path(settings.DATA_DIR)
    for name in json.loads(_placed().read_text(encoding="utf-8")):
        path = root / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()
    _placed().unlink()


def _require_same(manifest: ExportManifest) -> None:
    """Read every table back; sealed values open first, or nothing could be compared."""
    state = sealed_state()
    if state.faults:
        fault, times = state.faults.most_common(1)[0]
        raise ExportError(
            f"{times:,} sealed values do not open: {fault} Lay the keyring of the desk that was"
            f" exported at {settings.KEYRING_FILE}, or export with --open."
        )
    rows = Rows(company=None, is_opened=manifest.is_opened)
    for table in export_tables(is_opened=manifest.is_opened):
        if _digest(table, rows) != manifest.tables[table.name].digest:
            raise ExportError(f"{table.name} does not hold the rows that the manifest says.")


def _digest(table: Table, rows: Rows) -> str:
    digest = Digest(table.columns)
    for piece in rows.of(table):
        digest.add(piece)
    return digest.told()


def _require_proved(manifest: ExportManifest) -> None:
    heads = {head.company_id: (head.seq, head.hash) for head in ChainHead.objects.all()}
    for told in manifest.companies:
        if heads.get(told.id, (0, "")) != (told.seq, told.head):
            raise ExportError(f"The chain of events of {told.name} does not end as it did.")
        company = Company.objects.filter(pk=told.id).first()
        if company is None:
            raise ExportError(f"{told.name} is missing in this export.")
        broken = [proof.id for proof in verify_books(company).proofs if proof.broken]
        if tuple(broken) != told.broken:
            named = ", ".join(sorted(set(broken) ^ set(told.broken)))
            raise ExportError(f"The books of {told.name} do not prove as they did: {named}.")
