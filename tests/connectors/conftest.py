"""A real mail server on loopback, for every test that sends."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

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
