"""T18: whatever an outside system does wrong ends in the one typed error of its connector.

Every connector meets every fault, with other bytes in every round: two rounds by default, eight in
the long tier (more than 1,000 runs). Nothing is left over: no thread, no open line, which pytest
would tell as a warning, and warnings are errors.
"""

import random
import socket
import struct
import threading
from contextlib import contextmanager, suppress

import pytest

from dunwell.connectors.bureau_http import HttpBureau
from dunwell.connectors.imap import ImapError, ImapServer, imap_folder
from dunwell.connectors.language_model import LanguageModel, LanguageModelError
from dunwell.connectors.message_http import GatewayLine
from dunwell.connectors.payment_stripe import StripeGateway
from dunwell.connectors.smtp import MailError, MailServer, mail_line
from dunwell.connectors.virus_scanner import ScannerError, VirusScanner
from dunwell.connectors.webhook_http import WebhookDoor, WebhookError
from dunwell.engine.checkout_facts import PaymentGatewayError
from dunwell.formats.bureau_answers import BureauError, BureauRequest
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.message_gateways import Gateway, ShortText
from tests.dealing import is_long_tier
from tests.ports import free_port

SHORT_SECONDS = 0.1
ROUNDS, ROUNDS_OF_THE_LONG_TIER = 2, 8
BUSY_HEAD = b"HTTP/1.1 %d Busy\r\nRetry-After: 60\r\nContent-Length: 2\r\n\r\n{}"


def _asked(line):
    """Read what is asked for as long as it comes at once."""
    line.settimeout(SHORT_SECONDS)
    with suppress(OSError):
        line.recv(65_536)


def answers(raw):
    """A fault that takes the question and answers these bytes, made by chance, then hangs up."""

    def fault(line, chance, _is_over):
        _asked(line)
        line.sendall(raw(chance))

    return fault


def hangs_up(line, _chance, _is_over):
    line.shutdown(socket.SHUT_RDWR)


def resets(line, _chance, _is_over):
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def is_silent(line, _chance, is_over):
    is_over.wait(30)


def is_silent_in_the_middle(line, chance, is_over):
    _asked(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n" + b"x" * chance.randrange(89))
    is_over.wait(30)


def greets_and_hangs_up(line, _chance, _is_over):
    line.sendall(b"220 ready\r\n* OK ready\r\n")
    _asked(line)


def _page(status, body):
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


FAULTS = {
    "refused": None,
    "hangs up": hangs_up,
    "resets": resets,
    "silent": is_silent,
    "silent in the middle": is_silent_in_the_middle,
    "greets and hangs up": greets_and_hangs_up,
    "says 500": answers(lambda _: BUSY_HEAD % 500),
    "says 503": answers(lambda _: BUSY_HEAD % 503),
    "says 429": answers(lambda _: BUSY_HEAD % 429),
    "says 401": answers(lambda _: _page(401, b"{}")),
    "redirects": answers(lambda _: b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
    "says 421": answers(lambda _: b"421 4.3.2 closing\r\n* BYE closing\r\n"),
    "half a head": answers(lambda chance: b"HTTP/1.1 200 OK\r\nContent-Ty"[: chance.randrange(1, 26)]),
    "half a body": answers(
        lambda chance: b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n" + b"{" * chance.randrange(89)
    ),
    "half a piece": answers(
        lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{}\r\n"
    ),
    "no piece": answers(
        lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
    ),
    "a line without end": answers(lambda _: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000),
    "too many lines": answers(lambda _: b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 300 + b"\r\n"),
    "a length below zero": answers(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"),
    "another page": answers(lambda chance: _page(200, chance.randbytes(400))),
    "another answer": answers(lambda _: _page(200, b'[{"id": null}]')),
    "any bytes": answers(lambda chance: chance.randbytes(chance.randrange(1, 4000))),
    "any text": answers(lambda chance: chance.randbytes(300).hex().encode() + b"\r\n"),
}  # fmt: skip


class Wrong:
    """A system that does one thing wrong with each call; the fault is named before it."""

    def __init__(self, listener):
        self.listener, self.port = listener, listener.getsockname()[1]
        self.now = None

    def serve(self):
        while True:
            line, _ = self.listener.accept()
            with line, suppress(OSError):
                if self.now is None:
                    return
                fault, chance, is_over = self.now
                fault(line, chance, is_over)

    @contextmanager
    def doing(self, fault, chance):
        """Do this with every call of a block; what keeps still goes on when it is over."""
        is_over = threading.Event()
        self.now = (fault, chance, is_over)
        try:
            yield
        finally:
            is_over.set()


@pytest.fixture
def wrong():
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        system = Wrong(listener)
        thread = threading.Thread(target=system.serve)
        thread.start()
        try:
            yield system
        finally:
            system.now = None
            socket.create_connection(("127.0.0.1", system.port)).close()
            thread.join()


def tell(port):
    door = WebhookDoor(inside=[f"127.0.0.1:{port}"], timeout_seconds=SHORT_SECONDS)
    return door.tell(f"http://127.0.0.1:{port}/hooks", b"{}", {})


def fetch(port):
    door = WebhookDoor(inside=[f"127.0.0.1:{port}"], timeout_seconds=SHORT_SECONDS)
    return door.fetch(f"http://127.0.0.1:{port}/feed", most_bytes=1000)


def send_text(port):
    line = GatewayLine(
        gateway=Gateway(name="Texts", dialect="json"), address=f"http://127.0.0.1:{port}/",
        timeout_seconds=SHORT_SECONDS,
    )  # fmt: skip
    return line.send(ShortText(message_id="<1@dunwell>", to="+491511234567", text="Hello"))


def ask_bureau(port):
    bureau = HttpBureau(
        bureau="Alpha", address=f"http://127.0.0.1:{port}/", timeout_seconds=SHORT_SECONDS,
        pause=lambda _: None,
    )  # fmt: skip
    return bureau.ask(
        BureauRequest(reference="r", customer_number="1", name="Acme", purpose="review")
    )


def reword(port):
    model = LanguageModel(
        address=f"http://127.0.0.1:{port}/v1", model="m", timeout_seconds=SHORT_SECONDS
    )
    return model.ask(system="Reword.", text="Hello")


def pay(port):
    gateway = StripeGateway(
        key="k", address=f"http://127.0.0.1:{port}", timeout_seconds=SHORT_SECONDS
    )
    return gateway.state_of("cs_1")


def mail(port):
    server = MailServer(host="127.0.0.1", port=port, timeout_seconds=SHORT_SECONDS)
    with mail_line(server) as line:
        line.send(b"Subject: x\r\n\r\nx", sender="a@x.example", to="b@y.example")


def read_mail(port):
    server = ImapServer(
        host="127.0.0.1", port=port, user="u", password="p", is_encrypted=False,
        timeout_seconds=SHORT_SECONDS,
    )  # fmt: skip
    with imap_folder(server) as folder:
        folder.new_uids(0)


def read_mail_encrypted(port):
    server = ImapServer(
        host="127.0.0.1", port=port, user="u", password="p", timeout_seconds=SHORT_SECONDS
    )
    with imap_folder(server) as folder:
        folder.new_uids(0)


def scan(port):
    return VirusScanner(address=f"127.0.0.1:{port}", timeout_seconds=SHORT_SECONDS).scan(b"x" * 99)


SAYS = {"says 500", "says 503", "says 429", "says 401", "redirects"}
PAGES = {"another page", "another answer"}
CONNECTORS = {
    # a webhook is told by the status alone, and what it is belongs to the job
    tell: (WebhookError, SAYS | PAGES | {"a length below zero", "too many lines"}),
    fetch: (WebhookError, PAGES | {"a length below zero"}),
    send_text: (CarrierError, set()),
    ask_bureau: (BureauError, set()),
    reword: (LanguageModelError, set()),
    pay: (PaymentGatewayError, set()),
    mail: (MailError, set()),
    read_mail: (ImapError, set()),
    read_mail_encrypted: (ImapError, set()),
    scan: (ScannerError, set()),
}
"""How each is called, its error, and what is an answer to it and no fault."""


@pytest.mark.parametrize("call", CONNECTORS, ids=lambda call: call.__name__)
def test_t18_every_fault_of_an_outside_system_is_the_typed_error_of_its_connector(call, wrong):
    error, answered = CONNECTORS[call]
    before = threading.active_count()
    failed, said = [], []
    rounds = ROUNDS_OF_THE_LONG_TIER if is_long_tier() else ROUNDS
    for n in range(rounds):
        for name, fault in FAULTS.items():
            chance = random.Random(f"{n} {name} {call.__name__}")
            port = wrong.port if fault else free_port()
            with wrong.doing(fault or hangs_up, chance):
                try:
                    call(port)
                except error as told:
                    failed.append(str(told).strip())
                else:
                    said.append(name)

    assert set(said) <= answered
    assert len(failed) + len(said) == rounds * len(FAULTS)
    assert all(failed)
    assert threading.active_count() == before


def test_t18_a_name_that_cannot_be_and_a_line_that_cannot_be_encrypted_are_errors(wrong):
    name = f"{'a' * 64}.example"
    with pytest.raises(WebhookError, match="not known to the name server"):
        WebhookDoor().tell(f"https://{name}/", b"{}", {})
    with wrong.doing(FAULTS["any bytes"], random.Random(1)):
        door = WebhookDoor(inside=[f"127.0.0.1:{wrong.port}"], timeout_seconds=SHORT_SECONDS)
        with pytest.raises(WebhookError, match="no encrypted connection"):
            door.tell(f"https://127.0.0.1:{wrong.port}/", b"{}", {})
