"""`dunwell keys list|rotate|reseal|drop`: the keys that sealed columns are opened with."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.jobs.keyrings import drop, key_rows, reseal, rotate
from dunwell.models.sealed import KeyringError, SealError

VERBS = ("list", "rotate", "reseal", "drop")


class Command(BaseCommand):
    """Show the keys, add one and seal everything anew with it, drop an old one."""

    requires_system_checks = ()
    help = "List, rotate or drop the keys of account numbers, tax ids, phone numbers and secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("verb", choices=VERBS, help="what to do")
        parser.add_argument("number", type=int, nargs="?", help="the key to drop")

    def handle(self, **options: Any) -> None:
        """Do it, and show the keys as they are then; leave with 1 where it cannot be done."""
        try:
            if options["verb"] == "rotate":
                number = rotate(at=clock.now())
                self.stdout.write(f"Key {number} seals from now on. Copy {settings.KEYRING_FILE}.")
            if options["verb"] in {"rotate", "reseal"}:
                reseal()
            if options["verb"] == "drop":
                if options["number"] is None:
                    raise CommandError("Name the key to drop; `dunwell keys list` shows them.")
                drop(options["number"], at=clock.now())
            for row in key_rows():
                self.stdout.write(_line(row.number, row.values, row.retired, row.is_current))
                if not row.is_here and row.number:
                    raise CommandError(
                        f"Key {row.number} is needed and not in {settings.KEYRING_FILE}."
                        " Bring back a copy that has it."
                    )
        except (KeyringError, SealError, OSError) as error:
            raise CommandError(str(error)) from error


def _line(number: int, values: int, retired: str, is_current: bool) -> str:  # noqa: FBT001
    if not number:
        return f"not sealed: {values:,} values"
    since = f", retired {retired[:16].replace('T', ' ')} UTC" if retired else ""
    return f"key {number}: {values:,} values{', seals now' if is_current else since}"
