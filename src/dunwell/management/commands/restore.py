"""`dunwell restore FILE`: bring a backup into an empty place and prove the books, or try it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dunwell.connectors.database_dumps import DumpError
from dunwell.formats.sealed_archive import ArchiveError, key_of
from dunwell.jobs.backup_drills import drill
from dunwell.jobs.restores import NotEmptyError, restore
from dunwell.management.commands.backup import KEY, backup_key
from dunwell.models import Company
from dunwell.queries.sealed import sealed_state
from dunwell.queries.verify import verify_books


class Command(BaseCommand):
    """Restore, check every hash, prove every company's books."""

    requires_system_checks = ()
    help = "Restore a backup into an empty data folder and database; exit 1 when it is not whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the backup and its key."""
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--key", type=Path, help=f"file with the key; else {KEY}[_FILE]")
        parser.add_argument(
            "--drill", action="store_true", help="beside the running desk, then take it away again"
        )

    def handle(self, **options: Any) -> None:
        """Restore and say what came; leave with 1 when something breaks the books."""
        key = backup_key(options["key"])
        try:
            if options["drill"]:
                self.stdout.write(drill(options["file"].absolute(), key))
                return
            came = restore(options["file"], key=key_of(key))
        except (ArchiveError, DumpError, NotEmptyError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the desk of {came.manifest.made_at}: {came.rows:,} rows and"
            f" {came.files} files, every hash as in its manifest."
        )
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("It is of an older version: run `dunwell migrate`, then `verify`.")
            return
        self.open_sealed()
        broken = 0
        for company in Company.objects.order_by("name"):
            found = verify_books(company)
            broken += found.broken
            self.stdout.write(f"{company.name}: {len(found.proofs)} checks, {found.broken} broken")
        if broken:
            sys.exit(1)

    def open_sealed(self) -> None:
        """Open every sealed value; leave with 1 where the keyring that lies here does not."""
        state = sealed_state()
        for fault, times in sorted(state.faults.items()):
            self.stderr.write(f"{times:,} times: {fault}")
        if state.faults:
            raise CommandError(
                f"The desk is restored, but {state.faults.total():,} sealed values do not open."
                f" Lay the keyring of the backup's time at {settings.KEYRING_FILE}, then run"
                " `dunwell keys list` and `dunwell verify`."
            )
        self.stdout.write(f"{state.opened:,} sealed values open with the keyring that lies here.")
