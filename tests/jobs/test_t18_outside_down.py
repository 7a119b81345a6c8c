"""T18: everything outside is down at once; the day goes on, says so, and nothing is dropped.

Slow and half answers of each connector by itself are tried in `tests/connectors`.
"""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from socket import SHUT_WR
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.actions.bureau_pulls import ask_bureau
from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.webhooks import add_webhook
from dunwell.models import BureauPull, Mailbox, Message, WebhookDelivery
from dunwell.queries.verify import verify_books
from tests.actions.mail_rows import imap_box
from tests.actions.test_bureaus import bureau
from tests.conftest import AT, TODAY
from tests.connectors.mail_sink import mail_sink
from tests.jobs.test_channel_delivery import written
from tests.ports import free_port

NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)


class Half(BaseRequestHandler):
    """Answers half a page to whatever is asked, and says no more."""

    def handle(self):
        self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"half"')
        self.request.shutdown(SHUT_WR)
        # hanging up on what was not read would take the half page back from the caller, or not
        while self.request.recv(4096):
            pass


@contextmanager
def outside(mood):
    """The port of everything outside: nobody listens there, or somebody who says half."""
    if mood == "refused":
        yield free_port()
        return
    with ThreadingTCPServer(("127.0.0.1", 0), Half) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def desk(company, customer, settings, tmp_path):
    """A company that sends, tells a program, reads a mailbox and asks a bureau."""
    settings.DATA_DIR = tmp_path
    settings.MAILBOX_SECRETS = {"DUNWELL_MAILBOX_DESK": "secret"}
    company.sending, company.country, company.currency = "live", "DE", "EUR"
    company.save(update_fields=["sending", "country", "currency"])
    load_shipped_policies(company=company, at=AT)
    add_contact(actor=system(company), customer=customer, email="ap@acme.example", at=AT)
    written(customer)
    return company


def said(command, *told, at=NOON, **options):
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command(command, *told, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("mood", ["refused", "half"])
def test_t18_with_everything_outside_down_the_day_goes_on_and_says_so(
    desk, customer, settings, tmp_path, mood
):
    with outside(mood) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.WEBHOOK_HOSTS = [f"127.0.0.1:{port}"]
        add_webhook(
            actor=system(desk), name="ERP", address=f"http://127.0.0.1:{port}/hooks", at=AT
        )
        imap_box(desk, port)
        bureau(desk, "Web", kind="http", address=f"http://127.0.0.1:{port}/")
        ask_bureau(
            actor=system(desk), customer=customer, purpose="application", as_of=TODAY, at=AT
        )

        if mood == "half":
            assert "1 day up to 2026-03-05" in said("cycle", as_of=str(TODAY))
        told = said("deliver")
        assert "failed 1" in told and "events failed" in told
        assert "delayed 1" in said("pull_reports")
        with pytest.raises(CommandError, match="1 mailbox could not be read"):
            said("fetch_mail")

    message, waiting = Message.objects.get(), WebhookDelivery.objects.exclude(status="done")
    assert (message.status, message.attempts, message.error != "") == ("failed", 1, True)
    assert (Mailbox.objects.get().failures, Mailbox.objects.get().error != "") == (1, True)
    pull = BureauPull.objects.get()
    assert (pull.status, pull.error != "") == ("asked", True)
    assert {one.status for one in waiting} <= {"ready", "failed"}
    events = waiting.count()
    assert events > 0
    assert [proof.id for proof in verify_books(desk).proofs if proof.broken] == []

    # what is there again gets all of it
    with mail_sink(tmp_path) as port:
        settings.EMAIL_PORT = port
        told = said("deliver", at=NOON + timedelta(hours=2))
    assert "sent 1" in told
    assert WebhookDelivery.objects.exclude(status="done").count() >= events
