"""Sail: Spark's frames without a JVM, by a server of its own or one that runs already."""

import select
import socket
import subprocess  # nosec B404 -- our own interpreter and fixed words
import sys
import time
from pathlib import Path

from dunwell.backends.spark import Spark

STARTING_S = 60
"""So long a server may take until it listens."""


class Server:
    """A Sail server on loopback, a process of its own; `close` ends it."""

    def __init__(self) -> None:
        self.port = _free_port()
        code = "import sys; from pysail.cli import main; main()"
        told = ("spark", "server", "--ip", "127.0.0.1", "--port", str(self.port))
        self._process = subprocess.Popen(  # noqa: S603  # nosec B603
            [sys.executable, "-c", code, *told],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    @property
    def address(self) -> str:
        """Where it listens, as a master."""
        return f"sc://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + STARTING_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                select.select([], [], [], 0.05)
            else:
                return
        self.close()
        raise RuntimeError(f"Sail's server did not start within {STARTING_S} s; is pysail there?")


class Sail(Spark):
    """Spark's adapter on Sail; without a `master` it starts a server and ends it."""

    name = "sail"

    def __init__(self, folder: Path, *, out: Path | None = None, master: str = "") -> None:
        self._server = None if master else Server()
        try:
            super().__init__(
                folder, out=out, master=self._server.address if self._server else master
            )
        except BaseException:  # PySpark leaves the program where it finds no Spark
            if self._server is not None:
                self._server.close()
            raise

    def close(self) -> None:
        """End the session, and the server that was started for it."""
        super().close()
        if self._server is not None:
            self._server.close()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
