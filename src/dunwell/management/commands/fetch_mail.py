"""`dunwell fetch_mail [COMPANY ...]`: look into the mailboxes, take in what customers wrote."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import clock, walls
from dunwell.jobs.fetch_mail import fetch_mail
from dunwell.jobs.reading import read_new
from dunwell.management.words import counted
from dunwell.models import Company


class Command(BaseCommand):
    """Safe to run every minute: what is known already adds nothing."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = "Look into the mailboxes of companies and take in what customers wrote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the companies; all without any."""
        parser.add_argument("companies", nargs="*", metavar="company", help="names of companies")

    def handle(self, **options: Any) -> None:
        """Fetch and print what came; leave with 1 when a mailbox could not be read."""
        names = options["companies"]
        found = Company.objects.order_by("name")
        if names:
            found = found.filter(name__in=names)
        if missing := sorted(set(names) - set(found.values_list("name", flat=True))):
            raise CommandError(f"There is no company named {missing[0]}.")
        failed = 0
        for company in found:
            with walls.within(company.pk):
                fetched = fetch_mail(company.pk, at=clock.now())
                read_new(company.pk)
            messages = counted(fetched.messages, "new message")
            mailboxes = counted(fetched.mailboxes, "mailbox", "mailboxes")
            self.stdout.write(f"{company.name}: {messages} from {mailboxes}")
            for name, error in fetched.errors:
                failed += 1
                self.stdout.write(f"  {name}: {error}")
        if failed:
            mailboxes = counted(failed, "mailbox", "mailboxes")
            raise CommandError(f"{mailboxes} could not be read.")
