"""`dunwell statements --company NAME --from DAY --to DAY --out PATH`: statements of account."""

import zipfile
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.formats.account_statement_files import KINDS
from dunwell.formats.account_statement_words import LANGUAGES
from dunwell.jobs.statements import RUNNING, StatementRun, write_statements
from dunwell.management.words import counted
from dunwell.models import Company
from dunwell.queries.account_documents import checked_span
from dunwell.queries.statements import SCOPES


class Command(BaseCommand):
    """Issues statements and writes their files into a folder or a zip, with an index."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = (
        "Issue statements of account for a company's customers over a span, and write their files "
        "into a folder or a zip."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the company, the span, where to write, whom to state and which kinds of file."""
        parser.add_argument("--company", required=True, help="name of the company")
        parser.add_argument(
            "--from", required=True, dest="from_on", type=_day, help="first day, YYYY-MM-DD"
        )
        parser.add_argument(
            "--to", required=True, dest="to_on", type=_day, help="last day, YYYY-MM-DD"
        )
        parser.add_argument(
            "--known",
            dest="known_on",
            type=_day,
            help="as recorded by the end of this day (default: today)",
        )
        parser.add_argument("--out", required=True, help="folder, or file that ends in .zip")
        parser.add_argument(
            "--scope",
            choices=SCOPES,
            default="balance",
            help="customers with a balance now, with a posting in the span, or all",
        )
        parser.add_argument("--segment", default="", help="customers of one segment only")
        parser.add_argument(
            "--language",
            choices=("", *LANGUAGES),
            default="",
            help="language of all statements (default: each customer's)",
        )
        parser.add_argument(
            "--kinds",
            nargs="+",
            choices=tuple(KINDS),
            default=["pdf"],
            help="kinds of file to write (default: pdf)",
        )

    def handle(self, **options: Any) -> None:
        """Issue and write; print how many."""
        company = Company.objects.filter(name=options["company"], stage="open").first()
        if company is None:
            raise CommandError(f"There is no company named {options['company']}.")
        at, as_of = clock.now(), clock.today(company.zone)
        days = {name: options[name] for name in ("from_on", "to_on", "known_on")}
        try:
            span = checked_span(**days, as_of=as_of)
        except ValueError as error:
            raise CommandError(str(error)) from error
        run = StatementRun(
            id="command",
            from_on=span.from_on,
            to_on=span.to_on,
            known_on=span.known_on,
            scope=options["scope"],
            segment=options["segment"],
            language=options["language"],
            kinds=tuple(options["kinds"]),
            user="system",
            user_id=None,
            begun_at=at,
            status=RUNNING,
        )
        out = Path(options["out"])
        try:
            count = self._write(out, company=company, run=run, as_of=as_of, at=at)
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{company.name}: {count} statements in {out}")

    def _write(self, out: Path, *, company: Company, run: StatementRun, **when: Any) -> int:
        """Write into a zip or a folder; return how many statements."""
        told: dict[str, Any] = {"actor": system(company), "run": run, **when}
        note = self._note
        if out.suffix == ".zip":
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                return write_statements(**told, put=archive.writestr, note=note)
        out.mkdir(parents=True, exist_ok=True)

        def put(name: str, data: bytes) -> None:
            (out / name).write_bytes(data)

        return write_statements(**told, put=put, note=note)

    def _note(self, done: int) -> None:
        self.stdout.write(f"{counted(done, 'customer')} done", self.style.NOTICE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write the day as YYYY-MM-DD") from error
