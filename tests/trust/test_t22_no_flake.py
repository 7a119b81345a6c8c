"""T22: nothing a test does may depend on the clock of the wall, chance, or trying again.

What can be read from the source of the tests; that no test depends on its neighbours is shown by
`--release`, where a part of the suite runs in an order dealt at chance.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.each

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests").rglob("*.py"))
TRIES_AGAIN = ("flaky", "rerunfailures", "reruns")
CLOCKS = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "timezone.now"}
ALLOWED = {
    (
        "tests/connectors/test_language_model.py",
        "time.sleep",
    ): "a server that lets its answer drip",
    (
        "tests/connectors/test_payment_stripe.py",
        "datetime.now",
    ): "Stripe's package reads the clock",
}
"""What may all the same, and why."""

SHUFFLED = ("tests/engine", "tests/queries")


def calls(path):
    """The calls of a file as `owner.name`, with their lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def test_t22_no_test_looks_at_the_clock_waits_or_tries_again():
    found = []
    for path in FILES:
        # races, crash points and benches are processes of their own, not tests
        if not path.name.startswith("test_"):
            continue
        told = path.relative_to(ROOT).as_posix()
        found += [
            f"{told}:{line} {name}"
            for name, line in calls(path)
            if (name in CLOCKS or name == "time.sleep") and (told, name) not in ALLOWED
        ]
        # chance comes from a generator with a seed, never from the module's own
        if "\nimport random\n" in path.read_text("utf-8"):
            found += [
                f"{told}:{line} {name}"
                for name, line in calls(path)
                if name.startswith("random.") and not name.startswith("random.Random")
            ]
    assert found == []


def test_t22_nothing_runs_a_failed_test_again():
    for path in (ROOT / "pyproject.toml", ROOT / "dev.py", *ROOT.glob("requirements/*")):
        text = path.read_text("utf-8").lower()
        assert [word for word in TRIES_AGAIN if word in text] == [], path.name


@pytest.mark.release
@pytest.mark.parametrize("seed", range(3))
def test_t22_the_order_of_tests_does_not_matter(seed):
    own = {key: value for key, value in os.environ.items() if not key.startswith("DUNWELL_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider",
         "-p", "tests.trust.shuffled", *SHUFFLED],
        cwd=ROOT, env={**own, "SHUFFLE": str(seed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
