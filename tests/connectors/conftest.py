"""Real servers on loopback: for mail, for every test that sends, and for files over SFTP."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine

from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from tests.conftest import AT

ROOT = Path(__file__).parents[2]


@contextmanager
def mail_sink(folder):
    """Start the sink in a process of its own; yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.connectors.sink", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def sink(tmp_path):
    """The sink's port and the folder its messages are in."""
    folder = tmp_path / "sink"
    folder.mkdir()
    with mail_sink(folder) as port:
        yield port, folder


@pytest.fixture
def sftp_world(tmp_path):
    """A folder of a test, served over SFTP; its library is not loaded for other tests."""
    from tests.connectors.sftp_server import SftpWorld, served

    with served(SftpWorld(tmp_path / "sftp")) as world:
        yield world


@pytest.fixture
def at_nine():
    """The clock stands at AT, until a test moves it."""
    with time_machine.travel(AT, tick=False) as time:
        yield time


@pytest.fixture
def link_sftp(company, sftp_world, settings, at_nine):
    """Add a connection to the folder; more settings may be said."""
    settings.CONNECTION_HOSTS = [sftp_world.host]

    def add(*, secret=sftp_world.secret, **more):
        return add_connection(
            actor=system(company), kind="sftp", name="Bank", secret=secret,
            settings={**sftp_world.settings, **more}, at=AT,
        )  # fmt: skip

    return add
