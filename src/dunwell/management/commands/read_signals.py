"""`dunwell read_signals`: read the feeds of signals of one company or of all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell.jobs.signals import read_feeds
from dunwell.queries.runs import companies_to_run


class Command(BaseCommand):
    """Read feeds."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Read the feeds of signals: rates, insolvencies, changes of rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the company."""
        parser.add_argument("--company", metavar="NAME", help="one company; else all")

    def handle(self, **options: Any) -> None:
        """Read and print what the feeds brought."""
        companies = companies_to_run(options["company"])
        if options["company"] and not companies:
            raise CommandError(f"There is no company named {options['company']!r}.")
        for company in companies:
            counts = read_feeds(company.pk)
            told = ", ".join(f"{word} {counts[word]:,}" for word in sorted(counts) if counts[word])
            self.stdout.write(f"{company.name}: {told or 'nothing new'}")
