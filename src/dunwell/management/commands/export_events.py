"""`dunwell export_events FILE --company NAME`: the chain of events, to be proved elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell.models import Company
from dunwell.queries.events import chain_lines


class Command(BaseCommand):
    """Write every event of a company into a file that needs no database to be proved."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Write a company's events into a file that `dunwell verify-events` proves anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and the company."""
        parser.add_argument("file", type=Path, help="where the events are written (JSON lines)")
        parser.add_argument("--company", default="", help="its name; needed where there are two")

    def handle(self, **options: Any) -> None:
        """Write the file and print its end, to be noted elsewhere."""
        companies = Company.objects.order_by("name")
        if name := options["company"]:
            companies = companies.filter(name=name)
        found = list(companies[:2])
        if len(found) != 1:
            raise CommandError(f"There is no company {name}." if name else "Name one company.")
        path, last = options["file"], b""
        try:
            with path.open("wb") as file:
                for last in chain_lines(found[0]):
                    file.write(last)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {last.decode().strip()}")
        self.stdout.write(
            "Note the head where who may write to the database cannot, and later run "
            f"`dunwell verify-events {path} --noted HEAD`."
        )
