"""Name servers: asks for texts, mail servers and addresses of a name, within a time."""

from collections.abc import Sequence

import dns.exception
import dns.name
import dns.resolver

from dunwell.formats.mail_domain import Answer, Ask, RecordKind

LIFETIME_SECONDS = 5.0
"""For one question, over all servers and repetitions."""
MOST_FAILED = 3
"""So many questions without an answer, and the rest is not asked: nobody is there."""
MOST_VALUES = 50
DNS_PORT = 53
NO_NAME = (
    dns.name.EmptyLabel,
    dns.name.BadEscape,
    dns.name.LabelTooLong,
    dns.name.NameTooLong,
)
"""What is no name at all has no records."""


def name_servers(
    servers: Sequence[str] = (), *, lifetime_seconds: float = LIFETIME_SECONDS
) -> Ask:
    """Return how to ask the given servers, such as 9.9.9.9 or 127.0.0.1:5353; none: the system's.

    The same question is asked once. Nothing is raised: a server that does not answer, or says
    that it failed, gives the answer `failed`.
    """
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
    except dns.resolver.NoResolverConfiguration:
        return lambda _name, _kind: Answer("failed")
    if servers:
        places = [_place(server) for server in servers]
        resolver.nameservers = [host for host, _ in places]
        resolver.nameserver_ports = dict(places)
    resolver.lifetime = lifetime_seconds
    known: dict[tuple[str, str], Answer] = {}

    def ask(name: str, kind: RecordKind) -> Answer:
        key = (name.lower(), kind)
        if key not in known:
            failed = sum(answer.status == "failed" for answer in known.values())
            is_dead = failed >= MOST_FAILED and failed == len(known)
            known[key] = Answer("failed") if is_dead else _asked(resolver, name, kind)
        return known[key]

    return ask


def _asked(resolver: dns.resolver.Resolver, name: str, kind: RecordKind) -> Answer:
    try:
        found = resolver.resolve(
            dns.name.from_text(name.lower()), kind, raise_on_no_answer=False, search=False
        )
    except (dns.resolver.NXDOMAIN, *NO_NAME):
        return Answer("none")
    except (dns.exception.DNSException, UnicodeError, OSError):
        return Answer("failed")
    values = tuple(_text(record) for record in list(found.rrset or ())[:MOST_VALUES])
    return Answer("found" if values else "none", tuple(sorted(values)))


def _text(record: object) -> str:
    """Return a record as text: of a TXT its parts put together, as receivers do."""
    parts = getattr(record, "strings", None)
    if parts is None:
        return str(record)
    return b"".join(parts).decode("utf-8", "replace")


def _place(server: str) -> tuple[str, int]:
    """Return host and port of a server as it is configured; an IPv6 address has no port."""
    host, colon, port = server.rpartition(":")
    if colon and port.isdigit() and ":" not in host:
        return host, int(port)
    return server, DNS_PORT
