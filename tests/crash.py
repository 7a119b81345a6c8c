"""Enumerated crashes: kill a flow before statement 1, 2, 3 ... and see that a rerun loses nothing.

A scenario is a module with `prepare()`, which fills an empty database once, and `run()`,
the flow under test, written so that it can be run again after a crash. For every point
the harness restores the prepared database, forks a child that is killed with SIGKILL
right there (before an SQL statement, before or after a COMMIT, before or after a file is
renamed), runs `run()` again in a second child, proves the books and compares every table
with an undisturbed run. Where a kill leaves every row and file as another kill left them, what a
rerun makes of them is known: a kill within a transaction leaves what the one before it left.

    python -m tests.crash tests.journeys.import_flow            # SQLite
    python -m tests.postgres python -m tests.crash tests.journeys.import_flow --most 9
    python -m tests.crash tests.journeys.import_flow --from 1 --to 300    # in parts

It prints one JSON line: {"points", "tried", "states", "failures": [{"point", "why"}]}.
"""

import argparse
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.dealing import drawn
from tests.migrated import migrate
from tests.postgres import MIGRATED, is_of_cluster
from tests.table_digest import digest, state

TOLD_EVERY = 50
"""Points after which a long run says how far it is."""


class Points:
    """Counts the points a crash can hit, and dies at the chosen one."""

    def __init__(self, kill_at):
        self.seen, self.kill_at = 0, kill_at

    def pass_one(self):
        self.seen += 1
        if self.seen == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(self, execute, sql, params, many, context):
        self.pass_one()
        return execute(sql, params, many, context)

    def around(self, function):
        """The function with a point before and one after it."""

        def call(*args, **kwargs):
            self.pass_one()
            result = function(*args, **kwargs)
            self.pass_one()
            return result

        return call


def in_child(function):
    """What the function returned in a forked child; None when the child was killed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        status = 0
        try:
            answer = {"ok": function()}
            _close_connections()
        except BaseException:
            answer, status = {"error": traceback.format_exc()}, 1
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    answer = json.loads(text)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["ok"]


def in_first_child(function):
    """The same; what it imported there is imported here, once for all children to come."""

    def noted():
        known = set(sys.modules)
        answer = function()
        ours = [name for name in sys.modules if name.startswith("dunwell.")]
        return answer, [name for name in ours if name not in known]

    answer, names = in_child(noted)
    for name in names:
        importlib.import_module(name)
    return answer


def _close_connections():
    from django.db import connections

    connections.close_all()


def run_until(scenario, kill_at):
    """Run the flow with a kill point; return how many points it passed."""
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    points = Points(kill_at)
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)
    os.replace = points.around(os.replace)
    with connection.execute_wrapper(points.before_statement):
        scenario.run()
    return points.seen


def healed(scenario, folder, known):
    """What a crash left as a hash, and unless that is known, what finishing the flow made of it."""
    left = state(folder)
    return {"state": left} | ({} if left in known else run_again(scenario))


def run_again(scenario):
    """Finish the flow after a crash; return the digest and the checks that broke."""
    from dunwell.models import Company
    from dunwell.queries.verify import verify_books

    scenario.run()
    broken = [
        f"{proof.id}: {proof.rows[:3]}"
        for company in Company.objects.all()
        for proof in verify_books(company).proofs
        if proof.broken
    ]
    return {"digest": digest(), "broken": broken}


class SqliteStore:
    """The prepared database as a file that is copied back before every crash."""

    def __init__(self, folder):
        self.folder, self.live, self.kept = folder, folder / "live", folder / "kept"
        self.live.mkdir()
        os.environ["DUNWELL_DATA_DIR"] = str(self.live)

    def keep(self):
        shutil.copytree(self.live, self.kept)

    def restore(self):
        shutil.rmtree(self.live)
        shutil.copytree(self.kept, self.live)


class PostgresStore(SqliteStore):
    """The prepared database as a template that a fresh one is made of before every crash."""

    def __init__(self, folder, url):
        super().__init__(folder)
        self.url, parts = url, urlsplit(url)
        self.name = f"crash_{os.getpid()}"
        self.target = {
            "host": unquote(parts.hostname),
            "user": parts.username,
            "dbname": "postgres",
        }
        copied = f' TEMPLATE "{MIGRATED}"' if is_of_cluster(self.target["host"]) else ""
        self._say(f'CREATE DATABASE "{self.name}"{copied}')
        base = url.rsplit("/", 1)[0]
        os.environ["DUNWELL_DATABASE_URL"] = f"{base}/{self.name}"

    def _say(self, statement):
        import psycopg

        with psycopg.connect(**self.target, autocommit=True) as connection:
            connection.execute(statement)

    def keep(self):
        super().keep()
        self._say(f'CREATE DATABASE "{self.name}_kept" TEMPLATE "{self.name}" STRATEGY file_copy')

    def restore(self):
        super().restore()
        self._say(f'DROP DATABASE "{self.name}" WITH (FORCE)')
        self._say(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_kept" STRATEGY file_copy')

    def drop(self):
        for name in (self.name, f"{self.name}_kept"):
            self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def prepare(scenario):
    """Make the tables and let the scenario fill them."""
    migrate()
    scenario.prepare()


def spread(total, most=0):
    """So many of the points 1 to total, in each stretch the one that is dealt; all of them for 0.

    The very last ones are left to the long tier: some flows pass a statement more or less.
    """
    if not 0 < most < total:
        return range(1, total + 1)
    place = 1 + drawn("points") % 7
    return [1 + (8 * number + place) * total // (8 * most) for number in range(most)]


def kill_points(scenario_name, *, url="", most=0, part=(1, None)):
    """Try every point of a scenario, or at most so many, or a part; the findings as a dict."""
    with tempfile.TemporaryDirectory(prefix="dunwell-crash-") as name:
        store = PostgresStore(Path(name), url) if url else SqliteStore(Path(name))
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        import django

        django.setup()
        scenario = importlib.import_module(scenario_name)
        try:
            return _try_all(scenario, store, most, part)
        finally:
            if url:
                store.drop()


def _try_all(scenario, store, most, part):
    in_child(lambda: prepare(scenario))
    store.keep()
    total = in_first_child(lambda: run_until(scenario, 0))
    whole = in_first_child(lambda: run_again(scenario))
    failures = [{"point": 0, "why": whole["broken"]}] if whole["broken"] else []
    tried, known = 0, {}
    first, last = part[0], part[1] or total
    for point in (one for one in spread(total, most) if first <= one <= last):
        store.restore()
        if in_child(lambda at=point: run_until(scenario, at)) is not None:
            failures.append({"point": point, "why": ["the child was not killed"]})
            continue
        tried += 1
        found = in_child(lambda: healed(scenario, store.live, known))
        left = found["state"]
        if left not in known:
            known[left] = _wrong(found, whole, getattr(scenario, "DECIDED_ANEW", ()))
        failures += [{"point": point, "why": known[left]}] if known[left] else []
        if tried % TOLD_EVERY == 0:
            sys.stderr.write(f"point {point} of {total}: {len(failures)} failed\n")
    return {"points": total, "tried": tried, "states": len(known), "failures": failures}


def _wrong(found, whole, anew):
    """What a rerun broke, and where it ends elsewhere than the undisturbed run.

    But for the tables `anew`, which a scenario names: what a call that goes on decides once more.
    """
    differ = [
        table
        for table, made in whole["digest"].items()
        if found["digest"][table] != made and table not in anew
    ]
    return found["broken"] + [
        f"{table}: {found['digest'][table]} for {whole['digest'][table]}" for table in differ
    ]


def main():
    """Try the points and print the findings; leave with 1 when a rerun did not heal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", help="module with prepare() and run()")
    parser.add_argument("--most", type=int, default=0, help="try so many points only")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first point to try")
    parser.add_argument("--to", type=int, dest="last", help="the last point to try")
    given = parser.parse_args()
    url = os.environ.pop("DUNWELL_DATABASE_URL", "")
    part = (given.first, given.last)
    result = kill_points(given.scenario, url=url, most=given.most, part=part)
    sys.stdout.write(json.dumps(result) + "\n")
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
