"""`dunwell import_export FOLDER`: a full export into an empty desk, proved before it counts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dunwell import walls
from dunwell.formats.export_manifests import ExportError
from dunwell.jobs.desk_imports import import_desk, read_manifest, require_no_rows
from dunwell.jobs.restores import NotEmptyError


class Command(BaseCommand):
    """Read what `dunwell export` wrote, of either database, into this empty one."""

    requires_system_checks = ()
    help = "Bring a folder of `export` into an empty desk; all of it and proved, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="the export")

    def handle(self, **options: Any) -> None:
        """Import and say what came."""
        folder = options["folder"].absolute()
        try:
            read_manifest(folder)  # before a database is made for it
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            with walls.everything():
                require_no_rows()  # a desk in use must not be migrated by mistake
            call_command("migrate", verbosity=0)
            came = import_desk(folder, tell=self._progress)
        except (ExportError, NotEmptyError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in came.tables.values())
        self.stdout.write(
            f"Imported the {came.scope} of {came.made_at}: {rows:,} rows, {len(came.files)} files,"
            " every table read back and equal."
        )
        for company in came.companies:
            self.stdout.write(
                f"  {company.name}: chain of events ends at {company.seq} {company.head},"
                f" {len(company.broken)} checks broken, as before"
            )
        self.stdout.write(
            "Passwords and second factors are no part of an export: give each person a link"
            " with `dunwell sign_in_link`."
        )

    def _progress(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()
