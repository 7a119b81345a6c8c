"""`dunwell reset_second_factor USER REASON`: take a lost second factor away, from the server."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.actions.second_factors import reset_second_factor
from dunwell.models import User
from dunwell.queries.companies import companies_of


class Command(BaseCommand):
    """Take a second factor away."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Take away somebody's lost second factor; they set up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose it is, and why."""
        parser.add_argument("username", metavar="USER")
        parser.add_argument("reason", metavar="REASON")

    def handle(self, **options: Any) -> None:
        """Reset it in the name of the installation."""
        at = clock.now()
        user = User.objects.filter(username=options["username"]).first()
        companies = companies_of(user, at=at) if user else []
        if user is None or not companies:
            raise CommandError(f"There is no user {options['username']} with a role in a company.")
        try:
            ended = reset_second_factor(
                actor=system(companies[0]), user=user, reason=options["reason"], at=at
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Reset; {ended} sessions ended.")
