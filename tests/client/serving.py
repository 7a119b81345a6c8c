"""A desk served by granian in a process of its own, over a data folder that ends with it."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.migrated import put_sqlite
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def served_desk(factory="tests.client.live_desk:make_application", **setting):
    """Yield the address, what the factory told in tokens.json, and the environment it runs in."""
    with tempfile.TemporaryDirectory(prefix="dunwell-client-") as folder:
        port = free_port()
        put_sqlite(Path(folder))
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")
        }
        environment = {
            **own, **setting, "DUNWELL_DATA_DIR": folder, "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "dunwell.settings",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.client.live_desk", str(port), factory],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process)
            told = json.loads((Path(folder) / "tokens.json").read_text(encoding="utf-8"))
            yield address, told, environment
        finally:
            process.terminate()
            process.wait()


def wait_for(address, process, seconds=120):
    """Return when the desk answers; fail when it ended or never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health/"):
                return
        except OSError:
            select.select([], [], [], 0.2)
    pytest.fail("the desk was not served")
