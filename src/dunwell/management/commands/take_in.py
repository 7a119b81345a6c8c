"""`dunwell take_in FOLDER --company NAME`: empty a folder that files are dropped into."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.jobs.folder_intake import Intake, Kind, Outcome, TakenFile, take_folder
from dunwell.models import Company, ImportProfile

BAD = (Outcome.REFUSED, Outcome.FAILED)


class Command(BaseCommand):
    """Takes each whole file once, and moves it to `done` or `refused`."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Take in the ledgers, bank files and e-invoices that were dropped into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, the company, and what files do not say themselves."""
        parser.add_argument(
            "folder", type=Path, help="with ledger/, invoices/ and bank/ in it; a listed one"
        )
        parser.add_argument("--company", required=True, help="name of the company")
        parser.add_argument(
            "--kind", choices=[one.value for one in Kind], help="of all files, without sub-folders"
        )
        parser.add_argument(
            "--profile", default="", help="saved profile by which ledgers are read"
        )
        parser.add_argument("--currency", default="", help="of accounts whose files tell none")
        parser.add_argument(
            "--quiet-seconds", type=int, default=10, help="so long nobody wrote to a whole file"
        )

    def handle(self, **options: Any) -> None:
        """Take the files, a line for each; leave with 1 when one was refused or failed."""
        company = Company.objects.filter(name=options["company"], stage="open").first()
        if company is None:
            raise CommandError(f"There is no company named {options['company']}.")
        intake = Intake(
            company=company,
            as_of=clock.today(company.zone),
            at=clock.now(),
            quiet_seconds=max(0, options["quiet_seconds"]),
            profile=_profile(company, options["profile"]),
            currency=options["currency"].upper(),
        )
        kind = Kind(options["kind"]) if options["kind"] else None
        bad = 0
        try:
            for one in take_folder(options["folder"], intake=intake, kind=kind):
                self.stdout.write(_line(one))
                bad += one.outcome in BAD
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if bad:
            raise CommandError(f"{bad} could not be taken; the lines above say why.")


def _profile(company: Company, name: str) -> dict[str, Any]:
    """Return the saved profile of the name; an empty one where none is named."""
    if not name:
        return {}
    found = ImportProfile.objects.filter(company=company, name=name).first()
    if found is None:
        raise CommandError(f"{company.name} has no profile named {name}.")
    return dict(found.document)


def _line(one: TakenFile) -> str:
    told = f": {' '.join(one.told.split())}" if one.told else ""
    moved = f" -> {one.moved_to}" if one.moved_to else ""
    return f"{one.place} {one.outcome.value}{told}{moved}"
