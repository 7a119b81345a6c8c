"""`dunwell export FOLDER`: every table as Parquet, CSV or JSON, and every kept file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.formats.export_manifests import ExportError
from dunwell.formats.record_files import FORMS
from dunwell.jobs.desk_exports import export_desk
from dunwell.models import Company
from dunwell.models.sealed import KeyringError, SealError


class Command(BaseCommand):
    """Write all that the desk holds into a folder that other programs can read."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Write every table and kept file into a folder that `import_export` reads back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take folder, form, company, and whether sealed fields are opened."""
        parser.add_argument("folder", type=Path, help="a new folder")
        parser.add_argument("--format", choices=FORMS, default=FORMS[0], help="of the tables")
        parser.add_argument("--company", default="", help="name of one company (default: all)")
        parser.add_argument(
            "--open", action="store_true", help="write sealed fields in plain text"
        )

    def handle(self, **options: Any) -> None:
        """Export and say what lies where."""
        name = options["company"]
        companies = Company.objects.order_by("pk")
        if name:
            companies = companies.filter(name=name)
        if not companies:
            raise CommandError(f"There is no company named {name}." if name else "No company yet.")
        try:
            made = export_desk(
                options["folder"].absolute(),
                actors=[system(company) for company in companies],
                is_whole=not name,
                form=options["format"],
                is_opened=options["open"],
                at=clock.now(),
                tell=self._progress,
            )
        except (ExportError, KeyringError, SealError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{options['folder']}: {rows:,} rows of {len(made.tables)} tables as"
            f" {made.form}, {len(made.files)} files"
        )
        for company in made.companies:
            self.stdout.write(
                f"  {company.name}: chain of events ends at {company.seq} {company.head},"
                f" {len(company.broken)} checks broken"
            )
        if made.keys:
            self.stdout.write("Sealed fields stay sealed: the other desk needs this keyring.")
        if made.is_opened:
            self.stdout.write("Sealed fields lie open in it: keep it as you keep the keyring.")

    def _progress(self, text: str, _done_ppm: int) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()
