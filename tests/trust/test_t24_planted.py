"""T24: tests can fail. 48 planted bugs; each is noticed by the test that is named for it.

The default tier tries two or three, other ones for every state of the source, the long tier all of them.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dunwell.actions.four_eyes import person
from tests.dealing import dealt, is_long_tier
from tests.trust.planted import BUGS

ROOT = Path(__file__).parents[2]
FAILED = 1
"""Exit code of pytest where a test failed; 0 is all well, above 1 nothing was tested."""

pytestmark = pytest.mark.skipif(
    "DUNWELL_DATABASE_URL" in os.environ, reason="the bugs are the same on every database"
)


def test_t24_every_bug_can_still_be_planted():
    """Its piece of source stands exactly once in its module, and its test is there."""
    assert len(BUGS) >= 40
    for name, bug in BUGS.items():
        source = (
            (ROOT / "src" / bug.module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
        )
        assert source.count(bug.was) == 1, name
        path, _, test = bug.test.partition("::")
        assert f"def {test}" in (ROOT / path).read_text("utf-8"), name


def _due():
    if is_long_tier():
        return BUGS
    quick = {name: bug for name, bug in BUGS.items() if not bug.is_slow}
    # other ones for every state of the source
    size = sum(path.stat().st_size for path in (ROOT / "src").rglob("*.py"))
    return dealt(quick, f"planted {size}", 2)


@pytest.mark.parametrize("name", _due())
def test_t24_a_planted_bug_is_noticed(name):
    own = {key: value for key, value in os.environ.items() if not key.startswith("DUNWELL_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.planted", name],
        cwd=ROOT, env=own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == FAILED, done.stdout[-2000:] + done.stderr[-2000:]
    assert f"FAILED {BUGS[name].test}" in done.stdout, done.stdout[-2000:]


def test_t24_a_token_is_its_owner():
    assert [person(name) for name in ("mona", "mona via erp", "via")] == ["mona", "mona", "via"]
