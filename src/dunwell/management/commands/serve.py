"""`dunwell serve`: the pages and the API on one address, by granian."""

import errno
import ipaddress
import logging
import os
import signal
import socket
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from granian import Granian
from granian.constants import Interfaces

HOST, PORT = "127.0.0.1", 8000
THREADS = 16
"""Requests a worker answers at once; each keeps a connection to the database."""

LONGEST_STOP_SECONDS = 30
"""How long a request may go on after the server was told to stop."""

TOLD = frozenset({signal.SIGINT, signal.SIGTERM})
"""What tells a worker to end."""


class Command(BaseCommand):
    """Serve the pages and the API."""

    help = "Serve the pages and the API; on another host than this one only behind HTTPS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address."""
        parser.add_argument("--host", default=HOST)
        parser.add_argument("--port", type=int, default=PORT)
        parser.add_argument("--workers", type=int, default=1)

    def handle(self, **options: Any) -> None:
        """Check the address and the database, then serve until stopped."""
        host, port = options["host"], options["port"]
        check_address(host, port)
        if has_missing_migrations():
            raise CommandError("The database is not up to date; run `dunwell migrate` first.")
        self.stdout.write(f"Serving on http://{host}:{port}/ - stop with Ctrl-C")
        serve(host, port, workers=options["workers"])


def check_address(host: str, port: int) -> None:
    """Raise CommandError where the address is open to others without HTTPS, or taken."""
    if not is_loopback(host) and not settings.HTTPS:
        raise CommandError(
            f"{host} can be reached by others, and passwords would travel unprotected. Put an "
            "HTTPS proxy in front and set DUNWELL_HTTPS=1, or serve on 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken by another program; choose one with --port."
                ) from error
            raise CommandError(f"{host}:{port} cannot be used: {error.strerror}.") from error


def is_loopback(host: str) -> bool:
    """Return whether only programs on this machine reach the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_missing_migrations() -> bool:
    """Return whether the database lacks a migration of this version."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def sign_in_address(token: str, port: int | None = None) -> str:
    """Return the address of a one-time sign-in link: on this machine where a port is given.

    Without one it is where the desk is reached from outside, if DUNWELL_SITE says so.
    """
    path = reverse("sign-in-link", args=[token])
    if port is None and settings.SITE:
        return f"{settings.SITE}{path}"
    return f"http://{HOST}:{port or PORT}{path}"


def serve(host: str, port: int, *, workers: int = 1) -> None:
    """Serve until the process is told to stop; workers count requests in a folder they share."""
    # a worker would inherit the open line, and two that ask on one answer each other's questions
    connections.close_all()
    let_workers_end_when_told()
    logging.getLogger("_granian").addFilter(_is_for_the_owner)
    with tempfile.TemporaryDirectory(prefix="dunwell-counts-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server = Granian(
            "dunwell.wsgi:served",
            factory=True,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            # with a thread its connection and what it has planned are gone
            blocking_threads_idle_timeout=settings.CONNECTION_SECONDS,
            websockets=False,
            workers_kill_timeout=LONGEST_STOP_SECONDS,
        )
        server.serve()


def _is_for_the_owner(record: logging.LogRecord) -> bool:
    """Return whether a line of the server's log is not about our number of threads.

    They wait for the database, and who starts the desk can't set them.
    """
    return "Python threads, which seems quite high" not in record.getMessage()


def let_workers_end_when_told() -> None:
    """Let a worker end by a signal from its first moment on.

    It inherits handlers that wake the process it came from; until it has its own, which takes the
    import of all pages, they would swallow the signal, and who waits for it would wait for ever.
    Python itself forgets what reaches a new process before it has settled there, so such signals
    wait from before the fork until the worker would end by them.
    """
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, TOLD),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD),
        after_in_child=_end_when_told,
    )


def _end_when_told() -> None:
    for told in TOLD:
        signal.signal(told, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD)
