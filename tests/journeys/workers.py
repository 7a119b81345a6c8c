"""Workers who share the day's work on one PostgreSQL, some of them killed in the middle of it.

`python -m tests.journeys.workers --workers 3 --rounds 4` makes three companies, has one worker do
the day alone, and then in each round so many at once, all but one of which are killed at points of
their own (before a statement, before and after a commit, before and after a mail's file is put in
place). It prints one JSON line: {"rounds", "killed", "sent", "failures"}.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import time_machine

from tests.crash import Points, PostgresStore, in_child, in_first_child, prepare
from tests.jobs.demo_desk import AT, DAY
from tests.journeys.deliver_crashes import arrived
from tests.postgres import cluster

NAMES = ("Northwind", "Hansa", "Ostsee")
LATER = AT + timedelta(minutes=12)
"""When the claims of dead workers have run out."""
APART = 0.37
"""How much later each next worker is killed, as a share of the points a lone one passes; all of them
within what one of several passes at least."""


class Day:
    """Three small companies on a day whose cycle has not run."""

    @staticmethod
    def prepare():
        """Fill the database."""
        from dunwell.actions.demo import add_demo_company, load_demo_ledger, renew_demo_feeds
        from dunwell.actions.gate import system
        from dunwell.demo.ledger import demo_ledger
        from dunwell.models import Company

        with time_machine.travel(AT, tick=False):
            for number, name in enumerate(NAMES):
                company = add_demo_company(at=AT)
                Company.objects.filter(pk=company.pk).update(name=name, sending="test")
                company.refresh_from_db()
                ledger = demo_ledger(as_of=DAY, customers=16 + number, items=240)
                load_demo_ledger(actor=system(company), ledger=ledger, at=AT)
                renew_demo_feeds(actor=system(company), as_of=DAY, at=AT)


def worker(kill_at=0, *, at=AT):
    """Do a worker's day: every company's cycle, then its mails; how many points it passed."""
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    from dunwell.jobs.deliver import deliver
    from dunwell.jobs.shared_cycles import run_cycles
    from dunwell.models import Company

    points = Points(kill_at)
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)
    os.replace = points.around(os.replace)
    with time_machine.travel(at, tick=False), connection.execute_wrapper(points.before_statement):
        companies = list(Company.objects.order_by("id"))
        for _ in run_cycles(companies, DAY):
            pass
        for company in companies:
            deliver(company.pk)
    return points.seen


def standing():
    """How things stand by company: what the day left, without keys, and what is broken."""
    from dunwell.models import Company, Habit, KpiValue, Message, Run, WorklistEntry
    from dunwell.queries.verify import verify_books

    found = {}
    for company in Company.objects.order_by("id"):
        mine = {"company": company}
        found[company.name] = {
            "steps": sorted(Run.objects.filter(**mine).values_list("step", "changed")),
            "figures": sorted(
                KpiValue.objects.filter(**mine).values_list("kpi", "currency", "value")
            ),
            "habits": sorted(
                Habit.objects.filter(**mine).values_list("customer__number", "details")
            ),
            "work": sorted(
                WorklistEntry.objects.filter(**mine).values_list("customer__number", "rank")
            ),
            "messages": sorted(
                Message.objects.filter(**mine).values_list(
                    "customer__number", "channel", "status", "subject"
                )
            ),
            "broken": [f"{p.id}: {p.rows[:2]}" for p in verify_books(company).proofs if p.broken],
        }
    return found


def at_once(kills):
    """What each of the workers answered, None of those who were killed."""
    running = []
    for kill_at in kills:
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            os.close(reader)
            answer = in_child(lambda at=kill_at: worker(at))
            with os.fdopen(writer, "w") as pipe:
                json.dump(answer, pipe)
            os._exit(0)
        os.close(writer)
        running.append((pid, reader))
    answers = []
    for pid, reader in running:
        with os.fdopen(reader) as pipe:
            answers.append(json.loads(pipe.read() or '"failed"'))
        os.waitpid(pid, 0)
    return answers


def judged(found, whole, mails):
    """What is wrong, as sentences."""
    why = [f"{name}: {broken}" for name, one in found.items() for broken in one["broken"]]
    why += [
        f"{name}: {what} differ"
        for name, one in found.items()
        for what, rows in one.items()
        if rows != whole[name][what]
    ]
    return why + [f"{key} arrived {number} times" for key, number in mails.items() if number > 1]


def rounds(store, outbox, workers, most):
    """Do the day alone and then by many; the findings as a dict."""
    in_child(lambda: prepare(Day))
    store.keep()
    total = in_first_child(worker)
    in_child(lambda: worker(at=LATER))
    whole, sent = in_child(standing), len(arrived(outbox))
    failures, killed = [], 0
    for number in range(most):
        store.restore()
        kills = [
            1 + int(total * ((number + 1) / (most + 1) + APART * other)) % (total // workers)
            for other in range(workers - 1)
        ]
        answers = at_once([*kills, 0])
        killed += answers.count(None)
        why = ["a worker failed"] if "failed" in answers else []
        if answers[-1] is None:
            why.append("nobody was left")
        in_child(lambda: worker(at=LATER))
        mails = Counter(arrived(outbox))
        why += judged(in_child(standing), whole, mails)
        if len(mails) != sent:
            why.append(f"{len(mails)} of {sent} mails arrived")
        if why:
            failures.append({"kills": kills, "why": why})
    return {"rounds": most, "killed": killed, "sent": sent, "failures": failures}


def main():
    """Try the rounds and print the findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dunwell-workers-") as name, cluster() as url:
        store = PostgresStore(Path(name), url)
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        import django

        django.setup()
        try:
            found = rounds(store, store.live / "outbox", given.workers, given.rounds)
        finally:
            store.drop()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
