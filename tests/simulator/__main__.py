"""`python -m tests.simulator [--seed N] [--steps 100] [--sequences 1]`: plays, tells, measures.

Works on a database of its own that is thrown away; with DUNWELL_DATABASE_URL (as
`python -m tests.postgres` sets it) on PostgreSQL. Exit 1 with the failing seed.
"""

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path
from time import process_time


def main() -> int:
    """Play and print what was done; with one sequence, every step."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--sequences", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dunwell-simulator-") as folder:
        os.environ["DUNWELL_DATA_DIR"] = folder
        # frames of a few rows: handing them to other threads costs more than it gains
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
        return _play(told, Path(folder))


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def _play(told: argparse.Namespace, folder: Path) -> int:
    import django

    django.setup()
    from tests.migrated import put_sqlite
    from tests.simulator.play import Failed, Played, play
    from tests.simulator.world import STEPS

    if "DUNWELL_DATABASE_URL" not in os.environ:
        put_sqlite(folder)
    played, begin = Played(), process_time()
    tell = _say if told.sequences == 1 else None
    try:
        for seed in range(told.seed, told.seed + told.sequences):
            play(seed, told.steps, into=played, tell=tell)
    except Failed as failure:
        _say(failure)
        traceback.print_exception(failure.__cause__)
        return 1
    seconds = process_time() - begin
    for name in STEPS:
        _say(f"{name}: {played.done[name]} done, {played.refused[name]} refused")
    _say(f"{played.sequences} sequences of {told.steps} in {seconds:.1f} CPU s; {played.head}")
    return 0


sys.exit(main())
