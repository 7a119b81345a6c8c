"""The web server as a process: it stops when it is told to, whatever it is at."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from io import StringIO

import pytest
from django.core.management import call_command

from dunwell.management.commands import serve as serving
from tests.migrated import ROOT, put_sqlite
from tests.ports import free_port

LONGEST_STOP_SECONDS = 60
"""More than the server waits for its workers before it kills them, which the test looks for."""


def is_listening(port, server):
    """Wait until somebody listens: a worker says that it has started before it does."""
    while server.poll() is None:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
    return False


@pytest.mark.parametrize(
    "sign", ["Spawning worker-1", "Started worker-1"], ids=["while it starts", "while it serves"]
)
def test_the_server_ends_at_once_when_told_to(tmp_path, sign):
    put_sqlite(tmp_path)
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "django", "serve", "--port", str(port)],
        cwd=ROOT,
        env={
            **own,
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
            "DUNWELL_DATA_DIR": str(tmp_path),
            "PYTHONPATH": str(ROOT / "src"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        heard = ""
        while sign not in heard:
            line = server.stdout.readline()
            assert line, heard
            heard += line
        if sign.startswith("Started"):
            assert is_listening(port, server)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as page:
                assert page.status == 200
        server.send_signal(signal.SIGTERM)
        heard += server.communicate(timeout=LONGEST_STOP_SECONDS)[0]
    finally:
        if server.returncode is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()

    assert "refused to gracefully stop" not in heard
    assert "WARNING" not in heard
    assert ("shutdown completed" in heard, server.returncode) == (True, 0)


TOLD_BEFORE_IT_SETTLED = """
import os, signal
from dunwell.management.commands.serve import let_workers_end_when_told

signal.signal(signal.SIGTERM, lambda *_: None)
parent = os.getpid()
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
let_workers_end_when_told()
worker = os.fork()
if not worker:
    os._exit(3)
_, status = os.waitpid(worker, 0)
assert os.WIFSIGNALED(status), f"the worker went on and ended with {os.waitstatus_to_exitcode(status)}"
heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append("told"))
os.kill(parent, signal.SIGTERM)
assert heard == ["told"], "the server itself no longer hears"
"""


def test_a_worker_ends_that_is_told_to_before_it_has_its_own_handlers():
    done = subprocess.run(
        [sys.executable, "-c", TOLD_BEFORE_IT_SETTLED],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.django_db
def test_no_worker_inherits_an_open_connection_to_the_database(monkeypatch):
    """The command asks for missing migrations first, and forks its workers afterwards."""
    done = []
    # the command sets it for its workers; here it would stay for the tests that come after
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(serving.connections, "close_all", lambda: done.append("closed"))
    monkeypatch.setattr(serving.Granian, "serve", lambda _: done.append("serves"))
    monkeypatch.setattr(serving, "let_workers_end_when_told", lambda: None)
    call_command("serve", port=free_port(), stdout=StringIO())
    assert done == ["closed", "serves"]
