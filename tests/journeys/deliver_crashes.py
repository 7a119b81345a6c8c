"""Crashes of delivery: killed at every statement and every hand-over, then called again.

`python -m tests.journeys.deliver_crashes [--sinks files smtp http] [--most N] [--customers N]` prints one JSON
line, by sink: {"points", "tried", "duplicates", "failures": [{"point", "why"}]}. Nothing is lost;
files are never doubled, nor what a provider knows by its Idempotency-Key; by SMTP a kill doubles
at most one message, under the same id, and it is marked as one that may have arrived twice.
"""

import argparse
import email
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import time_machine

from tests.connectors.http_sink import http_sink
from tests.connectors.mail_sink import mail_sink
from tests.crash import Points, SqliteStore, in_child, prepare, spread
from tests.jobs.demo_desk import AT, DAY, demo_company

CUSTOMERS, ITEMS_EACH = 120, 12
SINKS = ("files", "smtp", "http")
SENDING = AT + timedelta(minutes=1)
"""When delivery runs; later than everything that was written, else each message waits."""
LATER = SENDING + timedelta(minutes=11)
"""When claims of a dead worker have run out."""


class Scenario:
    """A demo company whose cycle has run; its reminders are ready to leave by a sink."""

    sink, customers = "files", CUSTOMERS
    addresses: dict[str, str] = {}

    def prepare(self):
        """Fill the database."""
        from dunwell.jobs.cycle import run_cycle

        with time_machine.travel(AT, tick=False):
            items = self.customers * ITEMS_EACH
            run_cycle(demo_company(customers=self.customers, items=items).pk, DAY)

    def lead_to_sink(self):
        """Let the company's mails go to the sink."""
        from dunwell.models import Channel, Company

        Company.objects.update(sending="test" if self.sink == "files" else "live")
        if self.sink == "http":
            Channel.objects.get_or_create(
                company=Company.objects.get(),
                kind="email",
                defaults={
                    "provider": "resend",
                    "address": f"{self.addresses['http']}/resend/",
                    "secret_name": "DUNWELL_CHANNEL_MAIL",
                    "nonce": "n",
                    "by": "admin",
                    "recorded_at": AT,
                },
            )

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
    from dunwell.jobs.mail_providers import ProviderLine

    scenario.lead_to_sink()
    points = Points(kill_at)
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)
    os.replace = points.around(os.replace)
    MailLine.send = points.around(MailLine.send)
    ProviderLine.send = points.around(ProviderLine.send)
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
    marked = Message.objects.filter(may_repeat=True).order_by("id")
    broken = [
        f"{proof.id}: {proof.rows[:3]}"
        for company in Company.objects.all()
        for proof in verify_books(company).proofs
        if proof.broken
    ]
    flagged = list(marked.values_list("message_id", flat=True))
    return {"statuses": statuses, "broken": broken, "flagged": flagged}


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
    why += [f"{key} is not marked" for key in sorted(doubled.keys() - set(found["flagged"]))]
    return why


def kill_points(sinks, *, most=0, customers=CUSTOMERS):
    """Try every point of each sink, or at most so many; return the findings by sink."""
    with tempfile.TemporaryDirectory(prefix="dunwell-deliver-") as name, ExitStack() as opened:
        folder = Path(name)
        store = SqliteStore(folder)
        mails = {"files": store.live / "outbox", "smtp": folder / "mails", "http": folder / "http"}
        mails["smtp"].mkdir()
        mails["http"].mkdir()
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        os.environ["DUNWELL_SMTP_PORT"] = str(opened.enter_context(mail_sink(mails["smtp"])))
        os.environ["DUNWELL_CHANNEL_MAIL"] = "secret"
        scenario = Scenario()
        scenario.customers = customers
        scenario.addresses = {"http": opened.enter_context(http_sink(mails["http"]))}
        import django

        django.setup()
        # imported once, before the children are forked
        import anymail.backends.resend  # noqa: F401

        import dunwell.jobs.cycle
        import dunwell.jobs.deliver  # noqa: F401

        in_child(lambda: prepare(scenario))
        store.keep()
        found = {}
        for sink in sinks:
            scenario.sink = sink
            store.restore()
            found[sink] = _try_all(scenario, store, mails[sink], most)
        return found


def _try_all(scenario, store, mails, most):
    total = in_child(lambda: run_until(scenario, 0))
    first = sum(arrived(mails).values())
    whole = in_child(lambda: finish(scenario))
    failures = [{"point": 0, "why": judged(whole, whole, arrived(mails), most_copies=0)}]
    tried = duplicates = 0
    for point in spread(total, most):
        store.restore()
        _empty(mails)
        if in_child(lambda at=point: run_until(scenario, at)) is not None:
            failures.append({"point": point, "why": ["the child was not killed"]})
            continue
        tried += 1
        found = in_child(lambda: finish(scenario))
        copies = arrived(mails)
        duplicates += sum(copies.values()) - len(copies)
        most = 1 if scenario.sink == "smtp" else 0
        failures.append({"point": point, "why": judged(found, whole, copies, most_copies=most)})
    return {
        "points": total,
        "tried": tried,
        "duplicates": duplicates,
        "sent": first,
        "failures": [failure for failure in failures if failure["why"]],
    }


def _empty(mails):
    for path in (*mails.glob("*.eml"), *mails.glob("*.json")):
        path.unlink()
    if mails.name == "outbox":
        shutil.rmtree(mails, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sinks", nargs="+", choices=SINKS, default=list(SINKS))
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    given = parser.parse_args()
    result = kill_points(given.sinks, most=given.most, customers=given.customers)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(1 if any(found["failures"] for found in result.values()) else 0)
