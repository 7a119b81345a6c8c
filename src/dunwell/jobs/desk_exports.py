"""A full export: a folder with every table and every kept file, written whole or not at all.

All tables are of one moment. Its event is recorded before, so that the export holds it and the
chains end in both desks alike.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from dunwell import __version__, walls
from dunwell.actions.desk_exports import note_export
from dunwell.actions.gate import Actor
from dunwell.formats.export_manifests import (
    FILES,
    MANIFEST,
    SCHEMA,
    TABLES,
    VERSION,
    ExportedCompany,
    ExportedTable,
    ExportError,
    ExportManifest,
)
from dunwell.formats.record_files import SUFFIXES, Form, row_writer
from dunwell.jobs.backup_manifests import hash_of_file
from dunwell.jobs.backups import kept_files
from dunwell.models import ChainHead, Company
from dunwell.queries.desk_exports import (
    LEFT_OUT,
    Digest,
    Rows,
    Table,
    export_tables,
    one_moment,
)
from dunwell.queries.export_columns import table_meaning
from dunwell.queries.sealed import values_by_key
from dunwell.queries.verify import verify_books

OF_A_COMPANY = ("outbox", "statements", "bureaus")
"""Folders of kept files that are parted by the company's key."""
UPLOADS = "uploads"
SECRETS = {"secret_key"}
"""Kept files that let somebody in."""

Tell = Callable[[str, int], None]
"""Told in words what was done, and how much of the whole that is, in ppm."""
OF_TABLES, OF_PROOFS = 800_000, 900_000
"""How much is done when all tables are written, and when the books are proved."""


@walls.everything()
def export_desk(
    folder: Path,
    *,
    actors: Sequence[Actor],
    is_whole: bool,
    form: Form,
    is_opened: bool,
    at: datetime,
    tell: Tell,
) -> ExportManifest:
    """Write the whole desk, or the company of the one actor, into a new folder.

    Each actor speaks for a company of the export and needs the right. Raises ExportError when the
    folder is in use, Forbidden, or OSError when the disk is full; nothing is left then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is there already. Name a new folder.")
    if not is_whole and len(actors) != 1:
        raise ExportError("Name one company, or export all of them.")
    scope = "desk" if is_whole else "company"
    for actor in actors:
        note_export(actor=actor, form=form, is_opened=is_opened, scope=scope, at=at)
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    partial.mkdir(parents=True, mode=0o700)
    try:
        with one_moment():
            manifest = _written(
                partial,
                company=None if is_whole else actors[0].company,
                form=form,
                is_opened=is_opened,
                at=at,
                tell=tell,
            )
        (partial / MANIFEST).write_bytes(manifest.to_json())
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def applied_migrations() -> tuple[str, ...]:
    """Return the migrations that the database has, by app and name."""
    found = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted(f"{app}.{name}" for app, name in found))


def _written(
    folder: Path,
    *,
    company: Company | None,
    form: Form,
    is_opened: bool,
    at: datetime,
    tell: Tell,
) -> ExportManifest:
    rows = Rows(company=company, is_opened=is_opened)
    tables: dict[str, ExportedTable] = {}
    (folder / TABLES).mkdir()
    known = export_tables(is_opened=is_opened)
    for number, table in enumerate(known, 1):
        tables[table.name] = _table(folder / TABLES, table, rows, form)
        if tables[table.name].rows:
            text = f"{number} of {len(known)} {table.name}: {tables[table.name].rows:,} rows"
            tell(text, OF_TABLES * number // len(known))
    schema = json.dumps(_schema(known), indent=1, ensure_ascii=False)
    (folder / SCHEMA).write_text(schema, encoding="utf-8")
    companies = [company] if company else list(Company.objects.order_by("pk"))
    told = tuple(_company(one) for one in companies)
    tell("books proved; files are copied", OF_PROOFS)
    return ExportManifest(
        version=VERSION,
        dunwell=__version__,
        form=form,
        scope="company" if company else "desk",
        is_opened=is_opened,
        made_at=at.isoformat(),
        migrations=applied_migrations(),
        keys=() if is_opened else tuple(sorted(key for key in values_by_key() if key)),
        companies=told,
        tables=tables,
        files=_files(folder / FILES, company, rows.hashes),
        left_out=dict(LEFT_OUT),
        schema_sha256=hash_of_file(folder / SCHEMA),
    )


def _table(folder: Path, table: Table, rows: Rows, form: Form) -> ExportedTable:
    path = folder / f"{table.name}{SUFFIXES[form]}"
    digest = Digest(table.columns)
    writer = row_writer(path, table.columns, form=form)
    try:
        for piece in rows.of(table):
            writer.write(piece)
            digest.add(piece)
    finally:
        writer.close()
    return ExportedTable(rows=digest.rows, sha256=hash_of_file(path), digest=digest.told())


def _schema(tables: Sequence[Table]) -> dict[str, object]:
    return {
        one.name: {
            "meaning": table_meaning(one.model),
            "columns": [asdict(column) for column in one.columns],
        }
        for one in tables
    }


def _company(company: Company) -> ExportedCompany:
    head = ChainHead.objects.filter(company=company).first()
    return ExportedCompany(
        id=company.pk,
        name=company.name,
        seq=head.seq if head else 0,
        head=head.hash if head else "",
        broken=tuple(proof.id for proof in verify_books(company).proofs if proof.broken),
    )


def _files(folder: Path, company: Company | None, hashes: set[str]) -> dict[str, str]:
    """Copy the kept files and return their hashes; of one company only its own."""
    found = {}
    for name, path in _ours(company, hashes):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        found[name] = hash_of_file(target)
    return found


def _ours(company: Company | None, hashes: set[str]) -> Iterator[tuple[str, Path]]:
    for name, path in kept_files():
        first, _, rest = name.partition("/")
        if name in SECRETS:
            continue
        if (
            company is None
            or (first in OF_A_COMPANY and rest.split("/")[0] == str(company.pk))
            or (first == UPLOADS and rest in hashes)
        ):
            yield name, path
