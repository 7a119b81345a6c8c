"""T24: of small changes to what decides about money, days and rules, tests notice enough.

`tests/trust/mutants.py` makes the changes; which parts, and which tests must notice, stands there.
"""

import os
import subprocess
import sys

import pytest

from tests.trust.changes import mutants, source_with
from tests.trust.mutants import PARTS, ROOT

pytestmark = pytest.mark.skipif(
    "DUNWELL_DATABASE_URL" in os.environ, reason="the changes are the same on every database"
)

MODULE = '''"""Sums."""


def upto(last: int) -> int:
    total, n = 0, 0
    while n < last:
        n += 1
        total += n
    return max(total, 0)
'''
TEST = """from small.sums import upto


def test_a_sum():
    assert [upto(n) for n in (1, 4)] == [1, 10]
"""
TRIED = """
from pathlib import Path
from tests.trust.mutants import Part, score

found = score(
    Part(modules=("sums",), tests=(str(Path("test_sums.py").resolve()),)),
    root=Path("small").resolve(), package="small", tell=lambda line: None,
)
print(found.tried, found.per_cent, [f"{one.line}: {one.was} -> {one.now}" for one in found.survivors])
"""


def test_t24_what_no_test_notices_is_named_and_loops_that_run_on_are_ended(tmp_path):
    """Of eleven changes two would run on for ever, and one needs the sum of nothing to be seen."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "__init__.py").touch()
    (tmp_path / "small" / "sums.py").write_text(MODULE)
    (tmp_path / "test_sums.py").write_text(TEST)
    found = [(one.line, one.was, one.now) for one in mutants("small.sums", MODULE)]
    assert (7, "n += 1", "pass") in found

    done = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "11 90 ['9: 0 -> 1']"


@pytest.mark.parametrize("name", PARTS)
def test_t24_a_change_is_still_a_module(name):
    """One in nine is compiled: what does not compile would count as noticed."""
    for module in PARTS[name].modules:
        source = (ROOT / "src/dunwell" / module.replace(".", "/")).with_suffix(".py").read_text()
        found = mutants(module, source)
        assert found
        for one in found[::9]:
            compile(source_with(source, one), module, "exec")


@pytest.mark.release
@pytest.mark.parametrize("name", PARTS)
def test_t24_of_the_changes_to_a_part_enough_are_noticed(name):
    own = {key: value for key, value in os.environ.items() if not key.startswith("DUNWELL_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.mutants", name],
        cwd=ROOT, env=own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
