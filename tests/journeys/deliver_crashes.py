"""Crashes of delivery: killed at every statement and every hand-over, then called again.

`python -m tests.journeys.deliver_crashes [--sink files|smtp] [--every N]` prints one JSON
line: {"points", "tried", "duplicates", "failures": [{"point", "why"}]}. Nothing may be lost;
files are never doubled; by SMTP a kill doubles at most one message, under the same id.
"""

import argparse
import email
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import time_machine

from tests.connectors.conftest import mail_sink
from tests.crash import Points, SqliteStore, in_child, prepare
from tests.jobs.demo_desk import AT, DAY, demo_company

DEMO = {"customers": 120, "items": 1_500}
SENDING = AT + timedelta(minutes=1)
"""When delivery runs; later than everything that was written, else each message waits."""
LATER = SENDING + timedelta(minutes=11)
"""When claims of a dead worker have run out."""


class Scenario:
    """A demo company whose cycle has run; its reminders are ready."""

    def __init__(self, sending):
        self.sending = sending

    def prepare(self):
        """Fill the database."""
        from dunwell.jobs.cycle import run_cycle
        from dunwell.models import Company

        with time_machine.travel(AT, tick=False):
            company = demo_company(**DEMO)
            Company.objects.update(sending=self.sending)
            run_cycle(company.pk, DAY)

    def run(self, at):
        """Deliver once."""
        from dunwell.jobs.deliver import deliver
        from dunwell.models import Company

        with time_machine.travel(at, tick=False):
            deliver(Company.objects.get().pk)


def run_until(scenario, kill_at):
    """Deliver with a kill point around every statement, commit and hand-over; return how many."""
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    from dunwell.connectors.smtp import MailLine

    points = Points(kill_at)
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)
    os.replace = points.around(os.replace)
    MailLine.send = points.around(MailLine.send)
    with connection.execute_wrapper(points.before_statement):
        scenario.run(SENDING)
    return points.seen


def finish(scenario):
    """Deliver again, at once and when dead claims have run out; return how things stand."""
    from dunwell.models import Company, Message
    from dunwell.queries.verify import verify_books

    scenario.run(SENDING)
    scenario.run(LATER)
    statuses = dict(Message.objects.order_by("id").values_list("message_id", "status"))
    broken = [
        f"{proof.id}: {proof.rows[:3]}"
        for company in Company.objects.all()
        for proof in verify_books(company).proofs
        if proof.broken
    ]
    return {"statuses": statuses, "broken": broken}


def arrived(folder):
    """How often each message id arrived."""
    return Counter(
        email.message_from_bytes(path.read_bytes())["Message-ID"] for path in folder.rglob("*.eml")
    )


def judged(found, whole, copies, *, most_copies):
    """What is wrong after a crash and a second call, as sentences."""
    why = list(found["broken"])
    if found["statuses"] != whole["statuses"]:
        why.append("some messages ended in another status")
    sent = {key for key, status in whole["statuses"].items() if status == "sent"}
    why += [f"{key} was lost" for key in sorted(sent - copies.keys())]
    why += [f"{key} was never to be sent" for key in sorted(copies.keys() - sent)]
    doubled = {key: number for key, number in copies.items() if number > 1}
    if sum(number - 1 for number in doubled.values()) > most_copies:
        why.append(f"doubled: {doubled}")
    return why


def kill_points(sink, *, every=1):
    """Try every nth point; return the findings."""
    with tempfile.TemporaryDirectory(prefix="dunwell-deliver-") as name:
        folder = Path(name)
        store = SqliteStore(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        if sink == "files":
            return _try_all("test", store, store.live / "outbox", every)
        mails = folder / "mails"
        mails.mkdir()
        with mail_sink(mails) as port:
            os.environ["DUNWELL_SMTP_PORT"] = str(port)
            return _try_all("live", store, mails, every)


def _try_all(sending, store, mails, every):
    import django

    django.setup()
    import dunwell.jobs.cycle
    import dunwell.jobs.deliver  # noqa: F401  imported once, before the children are forked

    scenario = Scenario(sending)
    in_child(lambda: prepare(scenario))
    store.keep()
    total = in_child(lambda: run_until(scenario, 0))
    first = sum(arrived(mails).values())
    whole = in_child(lambda: finish(scenario))
    failures = [{"point": 0, "why": judged(whole, whole, arrived(mails), most_copies=0)}]
    tried = duplicates = 0
    for point in range(1, total + 1, every):
        store.restore()
        _empty(mails)
        if in_child(lambda at=point: run_until(scenario, at)) is not None:
            failures.append({"point": point, "why": ["the child was not killed"]})
            continue
        tried += 1
        found = in_child(lambda: finish(scenario))
        copies = arrived(mails)
        duplicates += sum(copies.values()) - len(copies)
        most = 0 if sending == "test" else 1
        failures.append({"point": point, "why": judged(found, whole, copies, most_copies=most)})
    return {
        "points": total,
        "tried": tried,
        "duplicates": duplicates,
        "sent": first,
        "failures": [failure for failure in failures if failure["why"]],
    }


def _empty(mails):
    for path in mails.glob("*.eml"):
        path.unlink()
    if mails.name == "outbox":
        shutil.rmtree(mails, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sink", choices=["files", "smtp"], default="files")
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    result = kill_points(given.sink, every=given.every)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(1 if result["failures"] else 0)
