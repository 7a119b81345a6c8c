"""PostgreSQL killed with all its processes in the middle of requests, and the desk going on by itself.

`python -m tests.journeys.server_deaths --most N` starts a server as it is for users (it waits for
its disk), sends requests to the desk in this process, kills the server at some of the points they
pass (before a statement, before and after a commit), starts it again and sends the same request
under its key. It prints one JSON line: {"points", "tried", "cut", "acknowledged", "failures"}.
"""

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.crash import Points, spread
from tests.migrated import made_once

SERVER = "-c listen_addresses='' -c max_connections=20 -c shared_buffers=32MB"
BUSY = 500
"""From this status on an answer says that it was not done."""


class Server:
    """A server that can die at once and be started again; its disk is all that is left of it."""

    def __init__(self, folder):
        self.folder = folder
        self.url = (
            f"postgresql://{postgres.USER}@{str(folder).replace('/', '%2F')}/{postgres.NAME}"
        )

    def control(self, *told):
        command = [str(postgres.binaries() / "pg_ctl"), "-D", str(self.folder / "data"), *told]
        subprocess.run(
            postgres._as_server(command), check=True, stdout=subprocess.DEVNULL, cwd=self.folder
        )

    def start(self):
        told = f"-k {self.folder} {SERVER}"
        self.control("-o", told, "-w", "-l", str(self.folder / "log"), "start")

    def kill(self):
        """Kill the server and its processes, the first one first, and wait until all are gone."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        doors = [os.pidfd_open(pid) for pid in (first, *_children(first))]
        for door in doors:
            signal.pidfd_send_signal(door, signal.SIGKILL)
        for door in doors:
            select.select([door], [], [])
            os.close(door)
        # all are dead, but where nobody reaps them their numbers are still taken
        for left in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / left).unlink(missing_ok=True)


def _children(pid):
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # the name of the program may hold spaces, what follows its bracket does not
            parent = status.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it ended meanwhile
            continue
        if int(parent) == pid:
            yield int(status.parent.name)


@contextmanager
def server():
    """A migrated server that waits for its disk, in a folder of its own."""
    kept = made_once(
        "tar", str(postgres.binaries()), Path(postgres.__file__).read_text(),
        make=postgres._make_kept,
    )  # fmt: skip
    with postgres._folder("dunwell-mortal-") as folder, kept.open("rb") as tar:
        unpack = ["tar", "-x", "-p", "-C", str(folder)]
        subprocess.run(postgres._as_server(unpack), check=True, stdin=tar)
        made = Server(folder)
        made.start()
        try:
            yield made
        finally:
            made.kill()


class Deaths(Points):
    """Counts the points of a request, and does something to the server at the chosen one."""

    def __init__(self, kill_at, hit):
        super().__init__(kill_at)
        self.hit = hit

    def pass_one(self):
        self.seen += 1
        if self.seen == self.kill_at:
            self.hit()


class Desk:
    """One company whose program sends requests by the WSGI door, as a server of pages does."""

    def __init__(self):
        from django.core.wsgi import get_wsgi_application

        from dunwell import clock
        from dunwell.models import Company, Customer, Role
        from tests.actions.ledger_rows import invoice
        from tests.api.conftest import add_token
        from tests.conftest import AT, add_user

        self.door = get_wsgi_application()
        self.company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
        customer = Customer.objects.create(
            company=self.company, number="K1", name="Acme", recorded_at=AT
        )
        self.item = invoice(customer, "R1", 1_000_00).pk
        self.token = add_token(add_user(self.company, "carla", Role.CLERK), self.company).token
        self.today, self.customer, self.acknowledged = str(clock.today("UTC")), customer.pk, 0

    def post(self, path, body, key):
        """The status and body of an answer."""
        from django.test import RequestFactory

        told = RequestFactory().post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
        )  # fmt: skip
        status = []
        answer = self.door(told.environ, lambda line, *_: status.append(int(line.split()[0])))
        text = b"".join(answer)
        answer.close()
        return status[0], text.decode()

    def money(self, number):
        """Money that was acknowledged: the key of its payment."""
        body = {"number": number, "currency": "EUR", "amount_minor": 10_00,
                "value_on": self.today, "customer_id": self.customer}  # fmt: skip
        status, text = self.post("/payments", body, number)
        if status != 201:
            raise RuntimeError(f"money {number} was not taken: {status} {text[:300]}")
        self.acknowledged += 1
        return json.loads(text)["id"]

    def apply(self, payment):
        """Put money on the item, under a key that stays the same."""
        lines = [{"item_id": self.item, "amount_minor": 10_00}]
        return self.post(f"/payments/{payment}/apply", {"lines": lines}, f"apply-{payment}")

    def wrong(self, payment, status, again):
        """What is wrong after a death and a second try, in words."""
        from dunwell.models import Allocation, Payment
        from dunwell.queries.verify import verify_books

        found = [f"{p.id}: {p.rows[:3]}" for p in verify_books(self.company).proofs if p.broken]
        if (rows := Allocation.objects.filter(payment=payment).count()) != 1:
            found.append(f"applied {rows} times")
        if (kept := Payment.objects.count()) != self.acknowledged:
            found.append(f"{kept} of {self.acknowledged} payments are left")
        if again != 200 or not (status == 200 or status >= BUSY):
            found.append(f"answered {status}, then {again}")
        return found


def disturbed(desk, number, kill_at, hit):
    """Apply money while something happens to the server; the key of the payment, answer, points."""
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    payment = desk.money(f"P{number}")
    points, commit = Deaths(kill_at, hit), BaseDatabaseWrapper._commit
    BaseDatabaseWrapper._commit = points.around(commit)
    try:
        with connection.execute_wrapper(points.before_statement):
            status, text = desk.apply(payment)
    finally:
        BaseDatabaseWrapper._commit = commit
    return payment, status, text, points.seen


def cut(folder):
    """End every connection, as a firewall, a failover or an administrator does."""
    import psycopg

    with psycopg.connect(host=str(folder), user=postgres.USER, dbname="postgres") as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [postgres.NAME],
        )


def deaths(running, most):
    """Kill at points of a request, cut at others and between requests; the findings as a dict."""
    desk = Desk()
    _, _, _, total = disturbed(desk, 0, 0, None)
    failures, tried = [], 0

    def check(number, point, hit, after):
        payment, status, text, _ = disturbed(desk, number, point, hit)
        after()
        again, _ = desk.apply(payment)
        if wrong := desk.wrong(payment, status, again):
            failures.append({"point": point, "why": wrong, "answer": text[:300]})

    for point in spread(total, most):
        tried += 1
        check(tried, point, running.kill, running.start)
    cuts = list(spread(total, min(most, 2) or total))
    for place, point in enumerate(cuts, tried + 1):
        check(place, point, lambda: cut(running.folder), lambda: None)
    cut(running.folder)
    desk.money("between-requests")
    running.kill()
    running.start()
    desk.money("after-a-restart")
    return {"points": total, "tried": tried, "cut": len(cuts) + 1,
            "acknowledged": desk.acknowledged, "failures": failures}  # fmt: skip


def main():
    """Try the points and print the findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=0, help="try so many points only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dunwell-deaths-") as files, server() as running:
        os.environ["DUNWELL_DATA_DIR"], os.environ["DUNWELL_DATABASE_URL"] = files, running.url
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        os.environ["DUNWELL_REQUIRE_MFA"] = "0"
        import django

        django.setup()
        sys.stdout.write(json.dumps(deaths(running, given.most)) + "\n")


if __name__ == "__main__":
    main()
