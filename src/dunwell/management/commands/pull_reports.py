"""`dunwell pull_reports`: ask bureaus what waits to be asked, of one company or of all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell.jobs.bureau import pull_reports
from dunwell.queries.runs import companies_to_run


class Command(BaseCommand):
    """Ask bureaus."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Ask credit bureaus the questions that wait, and record what they answer and cost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the company."""
        parser.add_argument("--company", metavar="NAME", help="one company; else all")

    def handle(self, **options: Any) -> None:
        """Ask and print what became of the questions."""
        companies = companies_to_run(options["company"])
        if options["company"] and not companies:
            raise CommandError(f"There is no company named {options['company']!r}.")
        for company in companies:
            counts = pull_reports(company.pk)
            told = ", ".join(f"{word} {counts[word]:,}" for word in sorted(counts))
            self.stdout.write(f"{company.name}: {told or 'nothing to ask'}")
