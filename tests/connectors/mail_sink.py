"""A real mail server on loopback; programs that set Django up by themselves use it too."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def mail_sink(folder, *tls):
    """Start the sink in a process of its own; yield its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.connectors.sink", str(folder), *tls],
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
