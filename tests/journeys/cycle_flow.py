"""Crash scenario: the day's cycle catches up two missed days of a small demo ledger."""

from datetime import UTC, date, datetime, timedelta

import time_machine

from dunwell.actions.demo import add_demo_company, load_demo_ledger, renew_demo_feeds
from dunwell.actions.gate import system
from dunwell.demo.ledger import demo_ledger
from dunwell.jobs.cycle import run_cycle
from dunwell.models import Company

DAY = date(2026, 3, 5)
"""A Thursday; the cycle has run on the Tuesday before."""
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)


def prepare():
    """A demo company whose cycle ran two days ago for the first time."""
    with time_machine.travel(AT, tick=False):
        company = add_demo_company(at=AT)
        actor = system(company)
        ledger = demo_ledger(as_of=DAY, customers=16, items=240)
        load_demo_ledger(actor=actor, ledger=ledger, at=AT)
        renew_demo_feeds(actor=actor, as_of=DAY, at=AT)
        run_cycle(company.pk, DAY - timedelta(days=2))


def run():
    """The cycle of today, which runs yesterday's first."""
    with time_machine.travel(AT, tick=False):
        run_cycle(Company.objects.get().pk, DAY)
