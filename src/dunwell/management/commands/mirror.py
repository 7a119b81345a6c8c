"""`dunwell mirror refresh|status|drop`: the ledger's history in Parquet, for cheaper reading."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.jobs.mirror import drop_mirror, refresh_mirror
from dunwell.management.words import counted
from dunwell.models import Company
from dunwell.queries.mirror import mirror_folder
from dunwell.queries.mirror_status import STANDS, mirror_status


class Command(BaseCommand):
    """Makes, describes or removes the columnar mirror of one company or of all."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Refresh, describe or remove the columnar mirror of the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, for whom, and whether everything is read anew."""
        parser.add_argument("what", choices=("refresh", "status", "drop"))
        parser.add_argument("--company", default="", help="name of one company (default: all)")
        parser.add_argument(
            "--whole", action="store_true", help="refresh: read everything anew, not only new rows"
        )

    def handle(self, **options: Any) -> None:
        """Do it for each company and print a line."""
        companies = Company.objects.order_by("name")
        if options["company"]:
            companies = companies.filter(name=options["company"])
            if not companies:
                raise CommandError(f"There is no company named {options['company']}.")
        for company in companies:
            try:
                told = self._told(company, options["what"], whole=options["whole"])
            except Refused as error:
                raise CommandError(f"{company.name}: {error}") from error
            self.stdout.write(f"{company.name}: {told}")

    def _told(self, company: Company, what: str, *, whole: bool) -> str:
        if what == "drop":
            return "removed" if drop_mirror(company) else "there was none"
        if what == "refresh":
            done = refresh_mirror(company, at=clock.now(), whole=whole)
            how = "made anew" if done.is_whole else "brought up to date"
            return (
                f"{how}: {done.read} rows read, {done.rows} mirrored, {done.bytes // 1024} KiB "
                f"in {mirror_folder(company)}"
            )
        status = mirror_status(company)
        if status.state != STANDS:
            return f"{status.state}: {status.reason}"
        return (
            f"stands since {status.made_at}: {counted(status.rows, 'row')} in "
            f"{counted(status.files, 'file')} of {counted(status.buckets, 'bucket')}, "
            f"{status.bytes // 1024} KiB; came since, and read from the ledger: "
            f"{counted(status.behind, 'row')}"
        )
