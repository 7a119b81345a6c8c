"""`dunwell deliver`: hand over what is ready and tell programs what happened."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dunwell import walls
from dunwell.jobs.autopay import forget_methods
from dunwell.jobs.checkouts import tend_payments
from dunwell.jobs.deliver import deliver
from dunwell.jobs.portal_mails import answer_door
from dunwell.jobs.team_work import turn_clocks
from dunwell.jobs.webhooks import tell_webhooks
from dunwell.models import Company
from dunwell.queries.runs import companies_to_run
from dunwell.queries.site_addresses import count_unaddressed


class Command(BaseCommand):
    """Hand over messages."""

    requires_system_checks = ()  # they read every page: checked where those are served
    help = (
        "Hand payments to their providers and apply what they tell. "
        "Hand over the messages that are ready; the chase gate is asked once more for each. Then "
        "tell the webhooks of the events they have not been told of."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the company."""
        parser.add_argument("--company", metavar="NAME", help="one company; else all")

    def handle(self, **options: Any) -> None:
        """Deliver and print what became of the messages."""
        companies = companies_to_run(options["company"])
        if options["company"] and not companies:
            raise CommandError(f"There is no company named {options['company']!r}.")
        answer_door()
        for company in companies:
            with walls.within(company.pk):
                self.stdout.write(f"{company.name}: {_handed_over(company)}")


def _handed_over(company: Company) -> str:
    forget_methods(company)
    counts = tend_payments(company) + turn_clocks(company) + deliver(company.pk)
    for word, number in tell_webhooks(company.pk).items():
        counts[f"events {word}"] += number
    told = ", ".join(f"{word} {counts[word]:,}" for word in sorted(counts)) or "nothing due"
    if held := count_unaddressed(company):
        told += f"; {held:,} lead to our pages and wait: set DUNWELL_SITE to their address"
    test = company.sending == Company.Sending.TEST
    return f"{told} (test: to the file outbox)" if test else told
