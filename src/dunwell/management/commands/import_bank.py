"""`dunwell import_bank COMPANY FILE...`: read bank files, record them, print what happened."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.bank_files import receive_bank_files
from dunwell.actions.gate import Refused, system
from dunwell.actions.uploads import Upload
from dunwell.jobs.bank_files import read_file
from dunwell.management.words import counted
from dunwell.models import BankFile, Company
from dunwell.queries.bank import feed_rows


class Command(BaseCommand):
    """Takes any bank file the desk reads; the same file again adds nothing."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = (
        "Import bank files: statements, reports, notifications; their money in becomes payments."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the company and the files."""
        parser.add_argument("company", help="name of the company")
        parser.add_argument("files", nargs="+", type=Path, help="bank files")
        parser.add_argument("--currency", default="", help="of accounts whose files tell none")

    def handle(self, **options: Any) -> None:
        """Import and print counts and coverage; leave with 1 when a file was refused."""
        company = Company.objects.filter(name=options["company"], stage="open").first()
        if company is None:
            raise CommandError(f"There is no company named {options['company']}.")
        at, as_of = clock.now(), clock.today(company.zone)
        try:
            uploads = [Upload(name=path.name, data=path.read_bytes()) for path in options["files"]]
            received = receive_bank_files(actor=system(company), files=uploads, at=at)
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        currency = options["currency"].upper()
        files = [
            read_file(file_id=file.pk, as_of=as_of, at=at, currency=currency) for file in received
        ]
        for file in files:
            self._print(file)
        for row in feed_rows(company, as_of=as_of):
            until = row.covers_until_on or "no day"
            gaps = f", {row.gaps} gaps" if row.gaps else ""
            self.stdout.write(f"{row.account} {row.currency}: covers until {until}{gaps}")
        refused = [file for file in files if file.status == BankFile.Status.REFUSED]
        if refused:
            raise CommandError(f"Refused: {len(refused)} of {counted(len(files), 'file')}.")

    def _print(self, file: BankFile) -> None:
        self.stdout.write(f"{file.name}: {file.get_status_display()} {file.format}".rstrip())
        if file.error:
            self.stdout.write(f"  {file.error}")
        for key, value in file.counts.items():
            if value:
                self.stdout.write(f"  {key.replace('_', ' ')}: {value}")
