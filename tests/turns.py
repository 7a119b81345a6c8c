"""Which tests take long, as measured; they take turns: `python -m tests.turns LIST LOG…` adds to one.

What takes long on PostgreSQL alone has a list of its own. A log is what `pytest --durations=0 --durations-min=0.1` printed; the
pace of its machine, at that hour, is told by what stands on the list already. Where several tests of a file wait for one
beginning, its line names the file and the fixture, and is written by hand.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean, median

LIST = Path(__file__).with_name("turns.txt")
ON_POSTGRESQL = Path(__file__).with_name("turns_postgresql.txt")
"""Seconds and what took them: `file::test`, or `file @fixture` for all that wait for a fixture."""
LONG_SECONDS = 0.2
"""From here on a test takes turns. Of parameters the mean counts."""
ENOUGH = 20
"""Tests on the list that a log must tell of before it is judged by them."""
_PART = re.compile(r"^([\d.]+)s (call|setup|teardown) +(.+?) *$")


def measured(*lists):
    """{name: seconds} of the lists."""
    lines = [line for one in lists for line in one.read_text(encoding="utf-8").splitlines()]
    return {name: float(seconds) for seconds, name in (line.split(" ", 1) for line in lines)}


def entry_of(item, among):
    """The name on the list that a test of pytest goes by, or None for one that is quick."""
    file = item.nodeid.split("::")[0]
    names = [f"{file} @{fixture}" for fixture in item.fixturenames]
    return next((name for name in (*names, item.nodeid.split("[")[0]) if name in among), None)


def seconds_of(lines, beginnings):
    """{name: mean seconds} of the tests that a log tells of, without beginnings of whole files."""
    cases = defaultdict(float)
    for found in filter(None, map(_PART.match, lines)):
        seconds, part, name = found.groups()
        if part == "call" or name.split("::")[0] not in beginnings:
            cases[name] += float(seconds)
    tests = defaultdict(list)
    for name, seconds in cases.items():
        tests[name.split("[")[0]].append(seconds)
    return {name: mean(each) for name, each in tests.items()}


def paced(known, found):
    """What was found, in the seconds of the list: on a busy machine everything takes longer."""
    slower = [
        found[name] / seconds for name, seconds in known.items() if found.get(name) and seconds
    ]
    pace = median(slower) if len(slower) >= ENOUGH else 1
    return {name: seconds / pace for name, seconds in found.items()}


def added(known, found):
    """The list with what was found to take long; what is on it stays, at the longer time."""
    more = {name: seconds for name, seconds in found.items() if seconds >= LONG_SECONDS}
    return {name: max(known.get(name, 0), more.get(name, 0)) for name in known | more}


def main(path, *logs):
    """Read logs of runs and write what took long."""
    path = Path(path)
    known = measured(path)
    beginnings = {name.split(" @")[0] for name in measured(LIST) if " @" in name}
    for log in logs:
        lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
        known = added(known, paced(known, seconds_of(lines, beginnings)))
    text = "".join(f"{seconds:.1f} {name}\n" for name, seconds in sorted(known.items()))
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
