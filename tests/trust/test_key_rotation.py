"""Keys rotate while others write and read: nobody sees an error, nothing stays under an old key."""

import os
import subprocess
import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from tests.dealing import is_long_tier
from tests.migrated import put_sqlite
from tests.postgres import cluster

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.dealt(one_in=8, of="whole desks")


@pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="has databases of its own")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a13_3_4_keys_rotate_while_others_write_and_read(tmp_path, kind):
    rounds = 20 if is_long_tier() else 2
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    told = {"DJANGO_SETTINGS_MODULE": "dunwell.settings", "DUNWELL_DATA_DIR": str(tmp_path)}
    put_sqlite(tmp_path)
    with cluster() if kind == "postgresql" else nullcontext("") as url, ExitStack() as stack:
        told |= {"DUNWELL_DATABASE_URL": url} if url else {}
        process = {"cwd": ROOT, "env": own | told, "text": True}

        def at_work(what):
            command = [sys.executable, "-W", "ignore", "-m", "tests.trust.key_users", what]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            started = stack.enter_context(subprocess.Popen(command, **pipes, **process))
            assert started.stdout.readline() == "works\n"
            return started

        def keys_said(verb):
            return subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "dunwell", "keys", verb],
                stdout=subprocess.PIPE, check=True, **process,
            ).stdout.splitlines()  # fmt: skip

        workers = [at_work("write"), at_work("read")]
        for _ in range(rounds):
            keys_said("rotate")
        written, read = (int(worker.communicate("\n")[0]) for worker in workers)
        assert [worker.returncode for worker in workers] == [0, 0]
        assert (read > 0, written > 1_200) == (True, True)

        *before, last = keys_said("reseal")
        assert last == f"key {rounds + 1}: {written:,} values, seals now"
        assert [line.split(", ")[0] for line in before] == [
            f"key {number}: 0 values" for number in range(1, rounds + 1)
        ]
