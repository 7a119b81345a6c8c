"""`dunwell verify [--company NAME]`: prove the books; exit code 1 when something breaks."""

import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dunwell.management.words import counted
from dunwell.models import Company
from dunwell.queries.verify import Proof, verify_books


class Command(BaseCommand):
    """Prints one line per check and the rows that break it."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Prove every invariant of the books from plain SQL; list the rows that break one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the company's name; without it all companies are verified."""
        parser.add_argument("--company", default="", help="name of one company (default: all)")

    def handle(self, **options: str) -> None:
        """Verify and print; leave with 1 when a check found something."""
        name = options["company"]
        companies = Company.objects.order_by("name")
        if name:
            companies = companies.filter(name=name)
            if not companies:
                raise CommandError(f"There is no company named {name}.")
        broken = 0
        for company in companies:
            verification = verify_books(company)
            broken += verification.broken
            self.stdout.write(
                f"{company.name}: {len(verification.proofs)} checks, {verification.broken} broken"
            )
            for proof in verification.proofs:
                self._print(proof)
        if broken:
            sys.exit(1)

    def _print(self, proof: Proof) -> None:
        mark = "BROKEN" if proof.broken else "ok"
        self.stdout.write(f"  {mark:6} {proof.id:16} {proof.proves}")
        if proof.broken:
            rows = counted(proof.broken, "row")
            self.stdout.write(f"         broken by {rows}: {', '.join(proof.columns)}")
            for row in proof.rows:
                self.stdout.write(f"         {' | '.join(row)}")
