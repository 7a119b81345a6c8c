"""`dunwell add_company NAME --admin USER`: the first company and its admin, for real use."""

from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dunwell import clock
from dunwell.actions.companies import add_company, add_first_admin
from dunwell.actions.gate import Refused, system
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.users import LINK_MINUTES, make_sign_in_link
from dunwell.management.commands.serve import sign_in_address


class Command(BaseCommand):
    """Add a company and print a sign-in link."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Add a company, its strategies and its first admin, and print a sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what a company needs."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--admin", metavar="USER", required=True)
        parser.add_argument("--email", default="", help="the admin's address")
        parser.add_argument("--zone", default="UTC", help="time zone such as Europe/Berlin")
        parser.add_argument("--country", default="DE", help="ISO 3166 code; decides holidays")
        parser.add_argument("--currency", default="EUR", help="home currency, ISO 4217")
        parser.add_argument("--language", default="en", choices=["en", "de"])

    def handle(self, **options: Any) -> None:
        """Make all of it, or nothing."""
        if options["zone"] not in available_timezones():
            raise CommandError(f"{options['zone']} is no time zone; write it as Europe/Berlin.")
        at = clock.now()
        try:
            with transaction.atomic():
                company = add_company(
                    name=options["name"],
                    zone=options["zone"],
                    country=options["country"].upper(),
                    currency=options["currency"].upper(),
                    language=options["language"],
                    at=at,
                )
                load_shipped_policies(company=company, at=at)
                admin = add_first_admin(
                    company=company, username=options["admin"], email=options["email"], at=at
                )
                token = make_sign_in_link(actor=system(company), user=admin, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{company.name} is ready; {admin.username} is its admin.")
        self.stdout.write(f"Sign in within {LINK_MINUTES} minutes: {sign_in_address(token)}")
