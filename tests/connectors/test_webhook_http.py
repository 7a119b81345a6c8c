"""Telling programs over HTTP: only public addresses, no redirects, no waiting for ever."""

import socket
import threading
from contextlib import suppress

import pytest

from dunwell.connectors.webhook_http import WebhookDoor, WebhookError
from tests.connectors.webhook_receiver import webhook_receiver

PRIVATE = [
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://localhost/x",
    "https://10.1.2.3/x",
    "https://192.168.0.9:8443/x",
    "https://172.16.0.1/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/x",
    "https://0.0.0.0/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[fe80::1]/x",
    "https://[fd00::1]/x",
    "https://224.0.0.1/x",
]
NOT_HTTPS = [
    "http://93.184.215.14/x",
    "ftp://example.com/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/_HELO",
    "https://",
    "https://user:secret@93.184.215.14/x",
    "https://93.184.215.14:99999/x",
    "https://[/x",
    "",
]


@pytest.fixture
def no_sockets(monkeypatch):
    """Every connection that is tried anyway."""
    tried = []
    monkeypatch.setattr(
        socket, "create_connection", lambda *told, **_: tried.append(told) or 1 / 0
    )
    return tried


@pytest.mark.parametrize("address", PRIVATE + NOT_HTTPS)
def test_an_address_inside_or_of_another_kind_is_refused_for_good_without_a_socket(
    address, no_sockets
):
    with pytest.raises(WebhookError) as refusal:
        WebhookDoor().tell(address, b"{}", {})

    assert refusal.value.permanent
    assert no_sockets == []


def test_a_name_that_leads_inside_is_refused_even_when_one_of_its_addresses_is_public(
    monkeypatch, no_sockets
):
    found = [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(WebhookError, match=r"leads to 10\.0\.0\.5"):
        WebhookDoor().tell("https://hooks.example/x", b"{}", {})
    assert no_sockets == []


def test_the_connection_is_made_to_the_address_that_was_checked(monkeypatch):
    """A name server that answers otherwise the second time (DNS rebinding) gains nothing."""
    asked, tried = [], []
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *_, **__: asked.append(host) or [(2, 1, 6, "", ("93.184.215.14", 443))],
    )

    def refuse(told, timeout):
        tried.append(told)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(WebhookError, match="cannot be reached") as refusal:
        WebhookDoor().tell("https://hooks.example/x", b"{}", {})

    assert (asked, tried) == (["hooks.example"], [("93.184.215.14", 443)])
    assert not refusal.value.permanent


def test_a_host_the_operator_lists_is_told_with_path_headers_and_body():
    with webhook_receiver(204) as receiver:
        door = WebhookDoor(inside=[receiver.host])

        assert door.tell(receiver.address, b'{"a":1}', {"webhook-id": "evt_1_1"}) == 204
    ((path, headers, body),) = receiver.heard
    assert (path, body) == ("/hooks?from=dunwell", b'{"a":1}')
    assert (headers["webhook-id"], headers["host"]) == ("evt_1_1", receiver.host)


def test_a_redirect_is_not_followed():
    with webhook_receiver(302) as receiver:
        assert WebhookDoor(inside=[receiver.host]).tell(receiver.address, b"{}", {}) == 302
    assert len(receiver.heard) == 1


def test_a_program_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        held = []
        thread = threading.Thread(target=lambda: held.append(listener.accept()))
        thread.start()
        with pytest.raises(WebhookError, match=r"no answer within 0\.05 seconds"):
            WebhookDoor(inside=[host], timeout_seconds=0.05).tell(f"http://{host}/", b"{}", {})
        thread.join()
        held[0][0].close()


def test_a_program_that_speaks_no_http_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"

        def answer():
            line, _ = listener.accept()
            with line:
                line.recv(65_536)
                line.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(WebhookError):
            WebhookDoor(inside=[host]).tell(f"http://{host}/", b"{}", {})
        thread.join()


def half_answer(listener):
    """Take one call, answer with half a page, and say no more."""
    line, _ = listener.accept()
    with line:
        line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"half"')
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


@pytest.mark.parametrize(
    "reach",
    [
        lambda door, address: door.tell(address, b"{}", {}),
        lambda door, address: door.fetch(address, most_bytes=1000),
        lambda door, address: door.ask("GET", address, headers={}, most_bytes=1000),
    ],
    ids=["tell", "fetch", "ask"],
)
def test_an_answer_that_breaks_off_is_no_answer(reach):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=half_answer, args=(listener,))
        thread.start()
        with pytest.raises(WebhookError, match="IncompleteRead"):
            reach(WebhookDoor(inside=[host]), f"http://{host}/")
        thread.join()


@pytest.mark.parametrize(
    "begun", ["HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]
)
def test_an_answer_that_drips_in_is_late_as_a_whole(begun):
    """Each wait is short and the whole would take ten times as long as is allowed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        is_over = threading.Event()

        def drip():
            line, _ = listener.accept()
            with line, suppress(OSError):
                line.sendall(begun.encode())
                for _ in range(900):
                    line.sendall(b"x")
                    if is_over.wait(0.01):
                        return
                line.sendall(b"\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(WebhookError, match=r"no answer within 0\.5 seconds"):
                WebhookDoor(inside=[host], timeout_seconds=0.5).tell(f"http://{host}/", b"{}", {})
        finally:
            is_over.set()
            thread.join()
