"""`dunwell demo`: a company with a sample ledger, its day run, and served with a sign-in link."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.actions.portal_links import make_demo_link
from dunwell.actions.users import LINK_MINUTES, make_sign_in_link
from dunwell.engine.money import from_minor
from dunwell.jobs.demo import CUSTOMERS, ITEMS, Demo, make_demo
from dunwell.jobs.demo_debtors import demo_seat
from dunwell.jobs.demo_resets import reset_demo
from dunwell.management.commands.serve import HOST, PORT, check_address, serve, sign_in_address
from dunwell.models import User
from dunwell.queries.companies import open_demo
from dunwell.queries.desk import DeskSummary
from dunwell.queries.portal_links import portal_address


class Command(BaseCommand):
    """Make and serve the demo."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Make the demo company, run the day's cycle, print a summary and serve it here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size and whether to serve."""
        parser.add_argument("--no-serve", action="store_true", help="stop after the summary")
        parser.add_argument("--port", type=int, default=PORT)
        parser.add_argument("--customers", type=int, default=CUSTOMERS)
        parser.add_argument("--items", type=int, default=ITEMS)
        parser.add_argument(
            "--reset", action="store_true", help="put the demo back to its first day"
        )

    def handle(self, **options: Any) -> None:
        """Do it, with a line of progress for every part."""
        started = time.monotonic()
        if not options["no_serve"]:
            check_address(HOST, options["port"])
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        self._progress("bringing the database up to date")
        call_command("migrate", verbosity=0)
        if options["reset"]:
            self._reset()
        try:
            demo = make_demo(
                customers=options["customers"], items=options["items"], tell=self._progress
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        for line in summary_lines(demo):
            self.stdout.write(line)
        self.stdout.write(f"\nReady after {time.monotonic() - started:.1f} s.")
        if options["no_serve"]:
            return
        user = User.objects.filter(username=demo.username).first()
        if user is None:
            raise CommandError(f"The demo's user {demo.username} was removed.")
        token = make_sign_in_link(actor=system(demo.company), user=user, at=clock.now())
        address = sign_in_address(token, options["port"])
        self.stdout.write(f"\nSign in (once, within {LINK_MINUTES} minutes): {address}")
        if (seat := demo_seat(demo.company)) is not None:
            site = f"http://{HOST}:{options['port']}"
            link = make_demo_link(actor=system(demo.company), seat=seat, at=clock.now())
            told = f"As the debtor {seat.customer.name} (another browser window): "
            self.stdout.write(told + portal_address(link, site))
        self.stdout.write("Stop with Ctrl-C.")
        self.stdout.flush()
        serve(HOST, options["port"])

    def _reset(self) -> None:
        """Make the demo anew in place of the one there is."""
        company = open_demo()
        if company is None:
            raise CommandError("There is no demo company to put back.")
        try:
            reset_demo(company, by="command line", at=clock.now(), tell=self._progress)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _progress(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()


def summary_lines(demo: Demo) -> list[str]:
    """Return the desk as lines of text."""
    desk, home = demo.summary, demo.company.currency
    lines = [
        "",
        f"{demo.company.name}, {desk.as_of}: {desk.customers:,} customers, {desk.items:,} items",
        "",
        "  Currency            Open         Overdue    Open items   DSO days",
    ]
    lines += [
        f"  {row.currency:<8}{_money(row.open_minor, row.currency):>16}"
        f"{_money(row.overdue_minor, row.currency):>16}{row.items:>14,}"
        f"{'n/a' if row.dso_days is None else row.dso_days:>11}"
        for row in desk.currencies
    ]
    lines += [
        "",
        f"  First on the worklist               To collect {home}   Expected extra   Oldest",
    ]
    lines += [
        f"  {row.rank}. {row.number} {row.name[:30]:<32}"
        f"{_money(row.to_collect_minor, home):>10}{_money(row.expected_extra_minor, home):>17}"
        f"{row.oldest_days:>5} days"
        for row in desk.first
    ]
    return [*lines, "", *_counted(desk)]


def _counted(desk: DeskSummary) -> list[str]:
    parts = {
        "Reminders of the day": desk.messages,
        "Not contacted, because": desk.blocked,
        "Open tasks": desk.tasks,
        "Promises": desk.promises,
        "Customers pay": desk.habits,
        "Disputes": {"open": desk.disputes_open},
    }
    return [
        f"  {name + ':':<24}"
        + (", ".join(f"{word.replace('_', ' ')} {n:,}" for word, n in counts.items()) or "none")
        for name, counts in parts.items()
    ]


def _money(amount_minor: int, currency: str) -> str:
    return f"{from_minor(amount_minor, currency):,}"
