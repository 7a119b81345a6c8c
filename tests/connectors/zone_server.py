"""A name server on loopback with a zone of the test, over real UDP."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def zone_server(zone, *, silent=(), failing=()):
    """Yield `127.0.0.1:port` of a server that knows (name, kind) -> texts of records.

    Names in `silent` get no answer, names in `failing` that the server failed; names without
    any record do not exist.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(
            target=_serve, args=(server, zone, set(silent), set(failing)), daemon=True
        )
        thread.start()
        host, port = server.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"", (host, port))
            thread.join()


def _serve(server, zone, silent, failing):
    while True:
        data, sender = server.recvfrom(4096)
        if not data:
            return
        question = dns.message.from_wire(data)
        (asked,) = question.question
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), asked.rdtype.name
        if name in silent:
            continue
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        values = zone.get((name, kind), ())
        if name in failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif values:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(answer.to_wire(), sender)
