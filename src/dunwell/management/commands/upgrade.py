"""`dunwell upgrade FOLDER`: back up, migrate, prove the books, or leave everything as it was."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dunwell import clock
from dunwell.connectors.database_dumps import DumpError
from dunwell.formats.sealed_archive import ArchiveError, key_of
from dunwell.jobs.upgrades import UpgradeError, upgrade, waiting_migrations
from dunwell.management.commands.backup import KEY, backup_key


class Command(BaseCommand):
    """Bring the database to this version; with exit code 1 it is of the version before."""

    requires_system_checks = ()
    help = "Back up, migrate and prove the books; go back by itself where one of them fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder of backups and the key."""
        parser.add_argument("folder", type=Path, help="where the backup is kept")
        parser.add_argument("--key", type=Path, help=f"file with the key; else {KEY}[_FILE]")

    def handle(self, **options: Any) -> None:
        """Upgrade and say what was done."""
        if not connection.introspection.table_names():
            raise CommandError("There is no desk here yet; `dunwell migrate` makes its tables.")
        if not waiting_migrations():
            self.stdout.write("The database is of this version already; nothing was done.")
            return
        try:
            key = key_of(backup_key(options["key"]))
            done = upgrade(options["folder"], key=key, at=clock.now())
        except UpgradeError as error:
            raise CommandError(
                f"The upgrade was taken back: {error}\nThe database is as it was; start the"
                f" version before again. A backup of it is {error.backup}."
            ) from error
        except (ArchiveError, DumpError, OSError) as error:
            raise CommandError(f"Nothing was changed, for there is no backup: {error}") from error
        self.stdout.write(f"{done.backup.path}: {done.backup.size_bytes:,} bytes")
        self.stdout.write(f"{len(done.applied)} migrations: {', '.join(done.applied)}")
        for name, checks in done.checks.items():
            self.stdout.write(f"{name}: {checks} checks, 0 broken")
        self.stdout.write(f"{done.opened:,} sealed values open; all totals are what they were.")
