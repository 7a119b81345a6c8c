"""T18: a program that fails most of the time is told everything in the end, and nothing is dropped.

One attempt after the other meets a fault drawn from a seed, until enough faults were met: sixty by
default, a thousand in the long tier. Then the program is well again.
"""

import json
import random
import socket
import threading
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.webhook_deliveries import ATTEMPTS
from dunwell.actions.webhooks import add_webhook, retry_delivery
from dunwell.models import Event, WebhookDelivery
from dunwell.queries.verify import verify_books
from tests.conftest import AT
from tests.dealing import is_long_tier
from tests.jobs.webhook_world import note, tell

FAULTS, FAULTS_OF_THE_LONG_TIER = 60, 1_000
NOTES = 12
"""Events of one wave; there are as many waves as it takes."""
WELL = b"HTTP/1.1 204 No Content\r\n\r\n"
WRONG = {
    "hung up": b"",
    "status 500": b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
    "status 429": b"HTTP/1.1 429 X\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n",
    "status 302": b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nConten",
    "half a body": b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"half"',
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "no length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


class Program:
    """Hears whole requests and answers each as it feels; keeps what it took and what it did not."""

    def __init__(self, listener, chance):
        self.listener, self.chance = listener, chance
        self.is_well = self.is_over = False
        self.taken, self.faults = [], []

    def serve(self):
        while True:
            line, _ = self.listener.accept()
            with line:
                if self.is_over:
                    return
                body = self._heard(line)
                fault = None if self.is_well else self.chance.choice([None, *WRONG, *WRONG])
                if fault is None:
                    self.taken.append(json.loads(body)["data"]["seq"])
                else:
                    self.faults.append(fault)
                line.sendall(WELL if fault is None else WRONG[fault])
                line.shutdown(socket.SHUT_WR)
                # hanging up on what was not read would take the answer back from the caller, or not
                while line.recv(4096):
                    pass

    @staticmethod
    def _heard(line):
        with line.makefile("rb") as told:
            length = 0
            for row in iter(told.readline, b"\r\n"):
                name, _, value = row.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            return told.read(length)


@pytest.fixture
def program(settings):
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        settings.WEBHOOK_HOSTS = [f"127.0.0.1:{port}"]
        made = Program(listener, random.Random("a program that fails"))
        made.address = f"http://127.0.0.1:{port}/hooks"
        thread = threading.Thread(target=made.serve)
        thread.start()
        try:
            yield made
        finally:
            made.is_over = True
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def test_t18_a_program_that_fails_most_of_the_time_is_told_everything_in_the_end(
    company, customer, program
):
    actor, at = system(company), AT
    endpoint = add_webhook(actor=actor, name="ERP", address=program.address, at=AT)
    wanted = FAULTS_OF_THE_LONG_TIER if is_long_tier() else FAULTS
    counts = dict.fromkeys(("told", "failed", "dead"), 0)

    def tell_on():
        nonlocal at
        for outcome, count in tell(company, at).items():
            counts[outcome] += count
        at += timedelta(hours=1)

    while len(program.faults) < wanted:
        if not WebhookDelivery.objects.exclude(status__in=("done", "dead")).exists():
            for n in range(NOTES):
                note(customer, f"note {n}", at=at)
        tell_on()
    program.is_well = True
    for dead in WebhookDelivery.objects.filter(status="dead"):
        assert (dead.attempts, dead.error != "") == (ATTEMPTS, True)
        retry_delivery(actor=actor, delivery=dead, at=at)
    # the longest wait between two attempts is a day
    at += timedelta(days=2)
    tell_on()

    events = set(
        Event.objects.filter(company=company, seq__gte=min(program.taken)).values_list(
            "seq", flat=True
        )
    )
    assert events == set(program.taken)
    assert set(program.faults) == set(WRONG)
    # each failed attempt was counted, and nothing taken is told again
    assert counts["failed"] + counts["dead"] == len(program.faults)
    assert counts["told"] == len(program.taken) == len(set(program.taken))
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"done"}
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.error) == (0, "")
    assert [proof.id for proof in verify_books(company).proofs if proof.broken] == []
