"""`dunwell cycle`: run the day's cycle of one company or of all, for every missing day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.cycle import StepDone
from dunwell.actions.gate import Refused
from dunwell.backends import BACKENDS
from dunwell.jobs.cycle import CycleDone
from dunwell.jobs.desk_export_runs import drop_expired
from dunwell.jobs.handed_nights import Engine
from dunwell.jobs.shared_cycles import run_cycles
from dunwell.management.words import counted
from dunwell.models import Company
from dunwell.queries.runs import companies_to_run


class Command(BaseCommand):
    """Run the day's cycle."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = (
        "Run the day's cycle: promises, figures, habits, predictions, scores, worklist, reminders."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day and the company."""
        parser.add_argument("--as-of", metavar="DAY", help="day such as 2026-03-05; else today")
        parser.add_argument("--company", metavar="NAME", help="one company; else all")
        parser.add_argument(
            "--backend",
            choices=[name for name in BACKENDS if name != "polars"],
            help="engine that works out habits and the figures of a big book; else this process",
        )
        parser.add_argument(
            "--master", default="", help="where Sail or Spark runs, such as sc://host:50051"
        )

    def handle(self, **options: Any) -> None:
        """Run the cycle and print what each step changed."""
        as_of = _day(options["as_of"])
        engine = _engine(options["backend"], options["master"])
        companies = companies_to_run(options["company"])
        if not companies:
            raise CommandError(
                f"There is no company named {options['company']!r}."
                if options["company"]
                else "There is no company yet; make one with `dunwell add_company`."
            )
        for company in companies:
            drop_expired(company, at=clock.now())
        refusals: list[str] = []
        self._named: set[int] = set()
        for company, done in run_cycles(companies, as_of, tell=self._tell, engine=engine):
            self._name(company)
            if isinstance(done, Refused):
                refusals.append(f"{company.name}: {done}")
            else:
                self.stdout.write(_told(done))
        if refusals:
            raise CommandError("\n".join(refusals))

    def _name(self, company: Company) -> None:
        if company.pk not in self._named:
            self._named.add(company.pk)
            self.stdout.write(company.name)

    def _tell(self, company: Company, done: StepDone) -> None:
        self._name(company)
        note = "" if done.is_new else "  (done before)"
        self.stdout.write(f"  {done.as_of}  {done.step:<22}{done.changed:>9,} changed{note}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of {text} is not a day; write it as 2026-03-05.") from error


def _engine(backend: str | None, master: str) -> Engine | None:
    if backend is None:
        if master:
            raise CommandError("--master says where a --backend runs; name that too.")
        return None
    return Engine(backend, master)


def _told(done: CycleDone) -> str:
    if not done.days:
        return f"  {done.as_of} was done before; nothing to do."
    left = (
        f" Older days left out, for the last cycle was too long ago: {done.left_out}."
        if done.left_out
        else ""
    )
    days, changed = counted(len(done.days), "day"), counted(done.changed, "record")
    return f"  {days} up to {done.as_of}, {changed} changed.{left}"
