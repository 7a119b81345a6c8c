"""`python -m tests.soak [--days 365]`: a simulated year of a small desk in one process, measured.

Each day new items and the account's next statement come in, an outside ledger is synced, the cycle
runs, what is ready is delivered, in the evening once more. Prints JSON: one row of readings per
stretch of days.
Works on a database of its own that is thrown away; with DUNWELL_DATABASE_URL on PostgreSQL.
"""

import argparse
import gc
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import process_time

STRETCHES = 6
CUSTOMERS, ITEMS = 16, 240
PAID = 2
DAYTIME, EVENING = 14, 18
"""Hours of UTC: offices are open from Berlin to New York, and all over the United States."""


def main() -> int:
    """Play so many days and print what the process and the database held meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--days", type=int, default=365)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dunwell-soak-") as folder:
        os.environ["DUNWELL_DATA_DIR"] = folder
        os.environ["DUNWELL_SITE"] = "https://desk.example"
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        sys.stdout.write(json.dumps(_played(told.days, Path(folder))) + "\n")
    return 0


def _played(days: int, folder: Path) -> dict:
    import django

    django.setup()
    import time_machine

    from dunwell.jobs.deliver import deliver
    from dunwell.queries.verify import verify_books
    from tests.jobs.demo_desk import DAY, demo_company
    from tests.migrated import migrate
    from tests.simulator.theirs import Theirs

    migrate()
    rows, begin = [], process_time()
    with time_machine.travel(_at(DAY, 0), tick=False) as clock:
        desk = Desk(demo_company(customers=CUSTOMERS, items=ITEMS), Theirs(letter="T"))
        for number in range(1, days + 1):
            clock.move_to(_at(DAY, number))
            desk.live(number)
            clock.move_to(_at(DAY, number, EVENING))
            deliver(desk.company.pk)
            if number % max(days // STRETCHES, 1) == 0:
                rows.append({"day": number, **readings(folder, desk)})
                sys.stderr.write(json.dumps(rows[-1]) + "\n")
        broken = [proof.id for proof in verify_books(desk.company).proofs if proof.broken]
    return {"rows": rows, "broken": broken, "cpu_s": round(process_time() - begin, 1)}


def _at(first, number: int, hour: int = DAYTIME) -> datetime:
    return datetime.combine(first + timedelta(days=number), time(hour), UTC)


class Desk:
    """The desk and what happens to it every day; all of it a function of the day's number."""

    def __init__(self, company, theirs) -> None:
        from random import Random

        from dunwell.actions.connections import add_connection
        from dunwell.actions.gate import system
        from dunwell.models import Customer

        self.company, self.theirs, self.system = company, theirs, system(company)
        self.chance, self.count, self.day, self.balance = Random(23), 0, None, 0
        self.customers = list(Customer.objects.filter(company=company).order_by("pk"))
        self.link = add_connection(
            actor=self.system, kind="odoo", name="Soak", secret="none", at=_now(),
            settings={"address": "https://erp.example", "database": "d", "user": "u"},
        )  # fmt: skip

    def live(self, number: int) -> None:
        """Live one day: items, bank money, a sync, the cycle, mails."""
        from dunwell import clock
        from dunwell.actions.demo import renew_demo_feeds
        from dunwell.jobs.cycle import run_cycle
        from dunwell.jobs.deliver import deliver

        self.count, self.day = number, clock.today(self.company.zone)
        self._items()
        self._bank()
        self._sync()
        renew_demo_feeds(actor=self.system, as_of=self.day, at=_now())
        run_cycle(self.company.pk, self.day)
        self._tasks()
        deliver(self.company.pk)

    def _tasks(self) -> None:
        """A collector lets drafts go and does what is left to people: nobody else goes on."""
        from dunwell.actions.messages import approve_message
        from dunwell.actions.tasks import complete_task
        from dunwell.models import Message, Task

        for message in Message.objects.filter(company=self.company, status="draft"):
            approve_message(actor=self.system, message=message, at=_now())
        for task in Task.objects.filter(company=self.company, status="open"):
            complete_task(actor=self.system, task=task, at=_now())

    def _items(self) -> None:
        from dunwell.actions.items import add_item

        for place in range(2):
            customer = self.chance.choice(self.customers)
            add_item(
                actor=self.system, customer=customer, number=f"S{self.count}-{place}",
                kind="invoice", currency="EUR", amount_minor=self.chance.choice((50_00, 119_00)),
                issued_on=self.day, due_on=self.day + timedelta(days=14), as_of=self.day, at=_now(),
            )  # fmt: skip

    def _bank(self) -> None:
        """As many items are paid as come in, some of the oldest first, so that others get late."""
        from dunwell.models import OpenItem
        from tests.actions.bank_rows import line, read, sta

        rows = OpenItem.objects.filter(company=self.company, open_minor__gt=0, currency="EUR")
        due = rows.order_by("item__due_on", "item").select_related("item__customer")
        due = [*due[:1], *due[20 : 20 + PAID - 1]]
        lines = [
            line(one.open_minor, one.item.customer.name, one.item.number, on=self.day)
            for one in due
        ]
        data = sta(self.count, self.balance, *lines, on=self.day)
        self.balance += sum(minor for _, minor in lines)
        read(self.company, data, f"{self.day}.sta", as_of=self.day, at=_now())

    def _sync(self) -> None:
        from dunwell.actions.connection_syncs import begin_sync, end_sync, take_page

        self.theirs.change(self)
        told = {"actor": self.system, "at": _now()}
        sync = begin_sync(**told, connection=self.link, as_of=self.day)
        self.link.refresh_from_db()
        pulled = self.theirs.pull(self.link.cursor)
        sync = take_page(**told, sync=sync, pulled=pulled, as_of=self.day)
        end_sync(**told, sync=sync, theirs=self.theirs.open_now())


def _now() -> datetime:
    from dunwell import clock

    return clock.now()


def readings(folder: Path, desk: Desk) -> dict:
    """What this process and the database hold now; counts, and bytes where the name says so."""
    from django.db import connection

    from dunwell.actions.reminders import TASK_KINDS
    from dunwell.models import Event, Item, Message

    gc.collect()
    messages = Message.objects.filter(company=desk.company)
    # what a person does stays as it was written: its task is what is done
    ready = messages.filter(status__in=("ready", "claimed", "failed"))
    ready = ready.exclude(channel__in=TASK_KINDS)
    oldest = ready.order_by("recorded_at").first()
    return {
        "own_mb": _own_kb(connection) // 2**10,
        "objects": len(gc.get_objects()),
        **_files(),
        "threads": threading.active_count(),
        "connections": _connections(connection),
        "locks": _locks(connection),
        "outbox_days": (_now() - oldest.recorded_at).days if oldest else 0,
        "wal_mb": sum(one.stat().st_size for one in folder.glob("*-wal")) // 2**20,
        "items": Item.objects.filter(company=desk.company).count(),
        "messages": dict(Counter(messages.values_list("status", flat=True))),
        "events": Event.objects.filter(company=desk.company).count(),
    }


def _files() -> dict[str, int]:
    """Files that are open, and those in which SQLite has temporary tables and their journals.

    It opens these when they outgrow memory, and keeps them until the connection ends.
    """
    # the question itself opened one, which is closed by now
    names = [str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    scratch = sum("/etilqs_" in name for name in names)
    return {"files": len(names) - scratch, "scratch": scratch}


def _own_kb(connection) -> int:
    """Memory that is the program's own: without pages of the database that SQLite keeps or maps,
    which grow with its file up to the bounds of the settings."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA shrink_memory")
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))


def _connections(connection) -> int:
    if connection.vendor != "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def _locks(connection) -> int:
    """Locks that somebody holds beside this question; on SQLite they end with their process."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return cursor.fetchone()[0]


if __name__ == "__main__":
    sys.exit(main())
