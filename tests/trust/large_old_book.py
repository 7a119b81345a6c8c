"""A large book of an older version that is upgraded, timed: what it held, and how long for.

    python -m tests.trust.large_old_book 0018 200000

Run with a data folder (and the address of an empty or migrated database) of its own. It prints
one line of JSON; a total, an ageing or a chain that is another afterwards is an assertion that
fails.
"""

import json
import os
import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic, process_time

import django

SEED, CUSTOMERS, PAID = 16, 2_000, 300
TODAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
HOT = ("item", "openitem", "payment", "allocation", "entryline", "customer", "contact", "event")
"""Tables that every page and program reads or writes all day."""
CHANGES = re.compile(
    r'\s*(?:ALTER TABLE|DROP TABLE|CREATE (?:UNIQUE )?INDEX .* ON|CREATE TRIGGER .* ON)'
    rf' "?(?:dunwell_(?:{"|".join(HOT)}))"?\W',
    re.DOTALL,
)  # fmt: skip


def prepare(items: int) -> None:
    """A company with so many invoices of customers with tax numbers; some are paid in part."""
    from dunwell.actions.companies import add_company
    from dunwell.actions.gate import system
    from dunwell.actions.imports import import_ledger
    from dunwell.actions.payments import apply_payment
    from dunwell.models import Customer, Item
    from tests.actions.exports import items_csv, ledger
    from tests.actions.ledger_rows import payment

    company = add_company(
        name="Large", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    chance, rows = Random(SEED), []
    for number in range(items):
        issued = TODAY - timedelta(days=chance.randrange(200))
        owner, minor = chance.randrange(CUSTOMERS), chance.randrange(1, 9_000_00)
        text = f"{minor // 100}.{minor % 100:02d}"
        rows.append(
            f"C{owner};Firm {owner};R{number:07d};invoice;{issued};"
            f"{issued + timedelta(days=chance.choice((14, 30, 60)))};"
            f"{chance.choice(('EUR', 'EUR', 'EUR', 'USD'))};{text};{text}"
        )
    import_ledger(
        actor=system(company), ledger=ledger(items_csv(*rows)), as_of=TODAY, at=AT
    )  # fmt: skip
    for customer in Customer.objects.filter(company=company):
        customer.vat_id = f"DE8{customer.pk:08d}"
        customer.save(update_fields=["vat_id", "vat_id_mark"])
    for item in Item.objects.filter(company=company).order_by("pk")[:PAID]:
        money = payment(
            item.customer, f"P{item.number}", item.amount_minor, currency=item.currency
        )  # fmt: skip
        part = chance.randint(1, item.amount_minor)
        apply_payment(
            actor=system(company), payment=money, amounts={item: part}, as_of=TODAY, at=AT
        )  # fmt: skip


def state() -> tuple:
    """What must be the same afterwards: totals, ageings of two days, chain, tax numbers."""
    from dunwell.models import Company, Customer, Event
    from dunwell.queries.control_totals import control_totals
    from dunwell.queries.past_aging import aging_on

    company = Company.objects.get(name="Large")
    days = (TODAY, TODAY - timedelta(days=40), TODAY + timedelta(days=1))
    return (
        control_totals(),
        [aging_on(company, as_of=day, known_on=max(day, TODAY)) for day in days],
        list(Event.objects.order_by("seq").values_list("seq", "hash")),
        [one.vat_id for one in Customer.objects.order_by("pk")],
    )


class Watch:
    """When the first change of a hot table came, and how long the longest one took."""

    def __init__(self) -> None:
        self.first, self.longest, self.told = None, 0.0, ""

    def __call__(self, execute, sql, params, many, context):
        """Run a statement, and note it down where it changes a hot table."""
        begin = monotonic()
        result = execute(sql, params, many, context)
        if CHANGES.match(str(sql)):
            self.first = self.first or begin
            if monotonic() - begin > self.longest:
                self.longest, self.told = monotonic() - begin, str(sql)[:90]
        return result


def main(target: str, items: int) -> None:
    """Fill a book, bring it back to a version, upgrade it, and print what was compared."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from dunwell.formats.sealed_archive import key_of
    from dunwell.jobs.upgrades import upgrade
    from dunwell.management.commands.backup import backup_key
    from tests.migrated import migrate

    migrate()
    prepare(items)
    before = state()
    call_command("migrate", "dunwell", target, verbosity=0)
    folder = Path(os.environ["DUNWELL_DATA_DIR"]).with_name("backups")
    watch, wall, cpu = Watch(), monotonic(), process_time()
    with connection.execute_wrapper(watch):
        done = upgrade(folder, key=key_of(backup_key(None)), at=AT)
    end = monotonic()
    assert state() == before
    told = {
        "items": items,
        "migrations": len(done.applied),
        "checks": done.checks["Large"],
        "sealed": done.opened,
        "chain": len(before[2]),
        "upgrade_s": round(end - wall, 1),
        "upgrade_cpu_s": round(process_time() - cpu, 1),
        "held_s": round(end - (watch.first or end), 1),
        "longest_change_s": round(watch.longest, 2),
        "longest_change": watch.told,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
