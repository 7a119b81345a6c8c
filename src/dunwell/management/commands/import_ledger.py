"""`dunwell import_ledger FILE... --company NAME`: read files, merge them, print what happened."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.actions.imports import set_profile, start_import
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.formats.findings import LedgerError
from dunwell.formats.profile import read_profile
from dunwell.jobs.imports import run_batch
from dunwell.models import Company, ImportBatch

SHOWN = 20
"""So many findings are printed; all are kept with the import."""


class Command(BaseCommand):
    """Takes CSV, TSV, XLSX or Parquet files that belong to one export."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Import a ledger export: one or more CSV, TSV, XLSX or Parquet files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, the company and how the files are to be read."""
        parser.add_argument("files", nargs="+", type=Path, help="files of one export")
        parser.add_argument("--company", required=True, help="name of the company")
        parser.add_argument("--profile", type=Path, help="YAML file with a column mapping")
        parser.add_argument("--default-currency", default="", help="for rows that name none")
        parser.add_argument("--date-order", default="", choices=["", "dmy", "mdy"])
        parser.add_argument(
            "--lists-all-open",
            action="store_true",
            help="the files list everything that is open: what they no longer list is settled",
        )

    def handle(self, **options: Any) -> None:
        """Import and print the totals and the first findings; leave with 1 when refused."""
        company = Company.objects.filter(name=options["company"], stage="open").first()
        if company is None:
            raise CommandError(f"There is no company named {options['company']}.")
        try:
            batch = self._import(company, options)
        except (Refused, LedgerError, OSError) as error:
            raise CommandError(str(error)) from error
        self._print(batch)

    def _import(self, company: Company, options: dict[str, Any]) -> ImportBatch:
        actor, at = system(company), clock.now()
        size = sum(path.stat().st_size for path in options["files"])
        if size > settings.IMPORT_LIMIT_BYTES:
            most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
            raise Refused(f"The files have {size // 1024 // 1024} MB; {most} MB are allowed.")
        files = [Upload(name=path.name, data=path.read_bytes()) for path in options["files"]]
        # before anything is kept: what cannot be used leaves no import behind
        document = _profile(options["profile"]) if options["profile"] else {}
        chosen = ("default_currency", "date_order", "lists_all_open")
        document |= {name: options[name] for name in chosen if options[name]}
        read_profile(document)
        batch = receive_upload(actor=actor, files=files, at=at)
        if document:
            set_profile(actor=actor, batch=batch, document=document, at=at)
        start_import(actor=actor, batch=batch, at=at)
        as_of = clock.today(company.zone)
        batch = run_batch(batch_id=batch.pk, as_of=as_of, at=at)
        if batch.error:
            raise Refused(batch.error)
        return batch

    def _print(self, batch: ImportBatch) -> None:
        self.stdout.write(f"{batch.name}: {batch.get_status_display()}")
        for key, value in batch.counts.items():
            self.stdout.write(f"  {key.replace('_', ' ')}: {value}")
        for total in batch.totals:
            self.stdout.write(
                f"  {total['role']} {total['currency'] or '-'}: in {total['in_minor']} = imported "
                f"{total['imported_minor']} + known {total['known_minor']} + refused "
                f"{total['refused_minor']} minor units"
            )
        for row in batch.tie or ():
            self.stdout.write(
                f"  open {row['currency']}: {row['told_minor']} in the files, {row['ours_minor']} "
                f"here (minor units), {row['differences']} of {row['items']} documents differ"
            )
        found = batch.findings.order_by("pk")
        for one in found[:SHOWN]:
            self.stdout.write(
                f"  {one.file} row {one.row or '-'} {one.column or '-'} {one.code} "
                f"({one.action}): {one.value} {one.reason}"
            )
        if (more := found.count() - SHOWN) > 0:
            self.stdout.write(f"  and {more} more findings")


def _profile(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not UTF-8; save it as UTF-8.") from error
    return read_profile(text).as_dict()
