"""`dunwell sign_in_link USER`: a link that signs a person in once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock
from dunwell.actions.gate import Refused, system
from dunwell.actions.users import LINK_MINUTES, make_sign_in_link
from dunwell.management.commands.serve import sign_in_address
from dunwell.models import User
from dunwell.queries.companies import companies_of


class Command(BaseCommand):
    """Print a sign-in link."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Print a link that signs a person in once; earlier links stop working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whom it is for."""
        parser.add_argument("username", metavar="USER")
        parser.add_argument(
            "--port",
            type=int,
            help="a port of this machine; else the address is DUNWELL_SITE, or port 8000 here",
        )

    def handle(self, **options: Any) -> None:
        """Make the link in the name of the installation."""
        user = User.objects.filter(username=options["username"]).first()
        companies = companies_of(user) if user else []
        if user is None or not companies:
            raise CommandError(f"There is no user {options['username']} with a role in a company.")
        try:
            token = make_sign_in_link(actor=system(companies[0]), user=user, at=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Works once, for {LINK_MINUTES} minutes: {sign_in_address(token, options['port'])}"
        )
