"""`dunwell backup FOLDER`: one encrypted file with the database and all kept files."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.connectors.database_dumps import DumpError
from dunwell.formats.sealed_archive import ArchiveError, key_of, new_key
from dunwell.jobs.backup_drills import drill
from dunwell.jobs.backups import back_up, forget_old_backups

KEY = "DUNWELL_BACKUP_KEY"


class Command(BaseCommand):
    """Make a backup while the desk runs; on wish restore it beside the desk to prove it."""

    requires_system_checks = ()
    help = "Make an encrypted backup of the database and the kept files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take folder, key, and what to do besides."""
        parser.add_argument("folder", type=Path, nargs="?", help="where backups are kept")
        parser.add_argument("--key", type=Path, help=f"file with the key; else {KEY}[_FILE]")
        parser.add_argument("--new-key", type=Path, help="write a new key into this file and end")
        parser.add_argument("--keep", type=int, default=0, help="delete all but the newest N")
        parser.add_argument(
            "--drill", action="store_true", help="restore it elsewhere to prove it"
        )

    def handle(self, **options: Any) -> None:
        """Make the backup and say where it lies."""
        if path := options["new_key"]:
            _write_key(path)
            self.stdout.write(f"{path} holds a new backup key. Keep it apart from the backups.")
            return
        folder = options["folder"]
        if folder is None:
            raise CommandError("Name the folder that backups are kept in.")
        key_text = backup_key(options["key"])
        try:
            made = back_up(folder, key=key_of(key_text), at=clock.now())
            rows = sum(count for count, _ in made.manifest.tables.values())
            self.stdout.write(
                f"{made.path}: {made.size_bytes:,} bytes, {rows:,} rows,"
                f" {len(made.manifest.files)} files"
            )
            for company, (seq, end) in made.manifest.heads.items():
                self.stdout.write(f"  company {company}: chain of events ends at {seq} {end}")
            if options["drill"]:
                self.stdout.write(drill(made.path, key_text))
        except (ArchiveError, DumpError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["keep"] > 0:
            for old in forget_old_backups(folder, keep=options["keep"]):
                self.stdout.write(f"deleted {old.name}")


def backup_key(path: Path | None) -> str:
    """Return the key of a file or of the environment; an argument would be seen by others."""
    named = path or (Path(given) if (given := os.environ.get(f"{KEY}_FILE")) else None)
    if named is None:
        if text := os.environ.get(KEY, ""):
            return text
        raise CommandError(
            f"A backup needs a key: --key FILE, {KEY}_FILE or {KEY}."
            " Make one with `dunwell backup --new-key FILE`."
        )
    try:
        return named.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise CommandError(f"The key file {named} cannot be read: {error}.") from error


def _write_key(path: Path) -> None:
    try:
        # never over another: the backups it opens would be lost
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:  # noqa: PTH123
            file.write(new_key() + "\n")
    except OSError as error:
        raise CommandError(f"The key cannot be written: {error}.") from error
