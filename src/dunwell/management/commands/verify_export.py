"""`dunwell verify_export FILE`: whether a file an advisor took is ours and unchanged."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell.queries.signed_exports import check_export


class Command(BaseCommand):
    """Check the manifest, the signature and the log of one signed export."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Say whether a signed export left this installation and is unchanged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", metavar="FILE", help="a .signed.zip as it was downloaded")

    def handle(self, **options: Any) -> None:
        """Print what the file is; end with an error where it is not genuine."""
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        check = check_export(data)
        if not check.is_genuine:
            raise CommandError(f"{path}: {check.finding}")
        self.stdout.write(f"{check.name}: {check.finding}")
        for name, value in check.facts.items():
            self.stdout.write(f"  {name}: {value}")
        known = "is in the log" if check.is_logged else "is not in the log of this database"
        self.stdout.write(f"  SHA-256 {check.sha256} {known}")
