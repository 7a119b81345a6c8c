"""The process that checks invoices against rules, with bounds on its time and memory.

One process is kept warm; it is ended and started anew when it hangs, grows or crashes. Its file
is `formats/einvoice/rule_worker.py`.
"""

import json
import os
import selectors
import subprocess  # nosec B404 -- runs our own file alone
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from dunwell.formats.einvoice import rule_worker

SECONDS = 30.0
"""Of one invoice against one set of rules, its first compilation included."""

MOST_MEMORY = 1_500_000_000
"""Bytes the process may hold."""

MOST_ANSWER = 50_000_000
"""Bytes of one report."""

MOST_CHECKS = 5_000
"""After so many a new process is started, whatever the runtime has kept."""

LOOK_SECONDS = 0.2
PIECE = 1 << 16
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class RuleProcessError(RuntimeError):
    """The rules gave no verdict; the invoice is not known to keep to them or to break them."""


@dataclass(kw_only=True, slots=True)
class RuleProcess:
    """A process that checks one invoice at a time; started when it is first asked."""

    seconds: float = SECONDS
    most_memory: int = MOST_MEMORY
    command: tuple[str, ...] = (sys.executable, "-I", str(rule_worker.__file__))
    _running: subprocess.Popen[bytes] | None = None
    _checks: int = 0
    _lock: Lock = field(default_factory=Lock)

    def report(self, sheet: Path, xml: str) -> bytes:
        """Return the SVRL report of a compiled schematron on an invoice.

        Raises RuleProcessError when the process hangs, grows, crashes, or cannot run the rules.
        """
        asked = json.dumps({"sheet": str(sheet), "xml": xml}).encode() + b"\n"
        with self._lock:
            try:
                answer = json.loads(self._answer(asked))
            except (OSError, ValueError, RuleProcessError) as error:
                self._end()
                raise RuleProcessError(f"{sheet.name}: {error}") from error
            if "svrl" not in answer:
                raise RuleProcessError(f"{sheet.name}: {answer.get('error', 'no answer')}")
            return str(answer["svrl"]).encode()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    @property
    def process_id(self) -> int | None:
        """The number of the running process; None before it is asked and after it ended."""
        return self._running.pid if self._running and self._running.poll() is None else None

    def _answer(self, asked: bytes) -> bytes:
        running = self._started()
        if running.stdin is None or running.stdout is None:  # pragma: no cover -- made with pipes
            raise RuleProcessError("the process has no pipes")
        until = time.monotonic() + self.seconds
        os.set_blocking(running.stdin.fileno(), False)
        os.set_blocking(running.stdout.fileno(), False)
        left, found = memoryview(asked), bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(running.stdin, selectors.EVENT_WRITE)
            ready.register(running.stdout, selectors.EVENT_READ)
            while not found.endswith(b"\n"):
                self._check_bounds(running, until, found)
                for key, _ in ready.select(LOOK_SECONDS):
                    if key.fileobj is running.stdin:
                        left = left[os.write(running.stdin.fileno(), left[:PIECE]) :]
                        if not left:
                            ready.unregister(running.stdin)
                    elif piece := os.read(running.stdout.fileno(), PIECE):
                        found += piece
                    else:
                        raise RuleProcessError("the process that checks ended on its own")
        return bytes(found)

    def _check_bounds(
        self, running: subprocess.Popen[bytes], until: float, found: bytearray
    ) -> None:
        if time.monotonic() > until:
            raise RuleProcessError(f"no verdict within {self.seconds:g} seconds")
        if len(found) > MOST_ANSWER:
            raise RuleProcessError("the report is too large")
        if held_memory(running.pid) > self.most_memory:
            raise RuleProcessError(f"more than {self.most_memory // 10**6} MB of memory")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._checks >= MOST_CHECKS:
            self._end()
        if self._running is None or self._running.poll() is not None:
            self._end()
            self._running = subprocess.Popen(  # noqa: S603  # nosec B603 -- our own file, no word of a user's
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
                close_fds=True,
            )
        self._checks += 1
        return self._running

    def _end(self) -> None:
        running, self._running, self._checks = self._running, None, 0
        if running is None:
            return
        running.kill()
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                pipe.close()
        running.wait()


def held_memory(process_id: int) -> int:
    """Return the bytes a process holds; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0
