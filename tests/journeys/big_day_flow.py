"""Crash scenario of a big day: one bank statement of many lines, and the cycle over many items.

Most lines pay an item by its number, some name none. `long_day_flow` is the same, larger.
"""

from datetime import UTC, datetime, timedelta

import time_machine

from dunwell.actions.bank_files import receive_bank_files
from dunwell.actions.companies import add_company
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.imports import import_ledger
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.uploads import Upload
from dunwell.jobs.bank_files import read_received
from dunwell.jobs.cycle import run_cycle
from dunwell.models import Company
from tests.actions.bank_rows import line, sta
from tests.actions.exports import items_csv, ledger
from tests.conftest import TODAY

LINES, ITEMS = 200, 400
CUSTOMERS = 40
AT = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
UNSAID = 7
"""One line in so many says nothing about what it pays."""


def amount_of(number):
    """What an item is about, in minor units; no two neighbours alike."""
    return 10_00 + 7 * number % 90_00


def prepare(items=ITEMS):
    """A company with so many open items, most of them overdue."""
    with time_machine.travel(AT - timedelta(days=1), tick=False):
        now, day = AT - timedelta(days=1), TODAY - timedelta(days=1)
        company = add_company(
            name="Big day", zone="UTC", country="DE", currency="EUR", language="en", at=now
        )
        load_shipped_policies(company=company, at=now)
        rows = []
        for number in range(items):
            issued = day - timedelta(days=20 + number % 60)
            owner, minor = number % CUSTOMERS, amount_of(number)
            text = f"{minor // 100}.{minor % 100:02d}"
            rows.append(
                f"C{owner};Firm {owner};R{number:07d};invoice;{issued};"
                f"{issued + timedelta(days=14)};EUR;{text};{text}"
            )
        told = {"actor": system(company), "as_of": day, "at": now}
        import_ledger(**told, ledger=ledger(items_csv(*rows)))
        for kind in ("bank", "ledger"):
            record_feed(**told, kind=kind, name=kind, covers_until_on=day)


def statement(lines=LINES):
    """The day's statement: so many receipts."""
    told = [
        line(
            amount_of(number), f"Firm {number % CUSTOMERS}",
            "thank you" if number % UNSAID == 0 else f"R{number:07d}",
            on=TODAY, ref=f"L{number}",
        )
        for number in range(lines)
    ]  # fmt: skip
    return sta(1, 0, *told, on=TODAY)


def run(lines=LINES):
    """The statement comes in and is matched, then the day's cycle runs."""
    with time_machine.travel(AT, tick=False):
        company = Company.objects.get(name="Big day")
        file = Upload(name="day.sta", data=statement(lines))
        receive_bank_files(actor=system(company), files=[file], at=AT)
        read_received(company_id=company.pk, as_of=TODAY, at=AT)
        run_cycle(company.pk, TODAY)
