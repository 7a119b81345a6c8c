"""The units in deploy/systemd as systemd itself reads them: without a fault, and little exposed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[1] / "deploy" / "systemd"
SERVICES = sorted(path.name for path in SYSTEMD.glob("*.service"))
MOST_EXPOSED = 2.0
"""Of ten; what systemd calls OK ends at 2.9."""

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here"
)


@pytest.fixture
def units(tmp_path):
    """The units with a program that is there: systemd looks for it."""
    for path in SYSTEMD.iterdir():
        told = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", path.read_text("utf-8"))
        (tmp_path / path.name).write_text(told, "utf-8")
    return tmp_path


def analyze(*words):
    done = subprocess.run(
        ["systemd-analyze", *map(str, words)], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def faults(units):
    """What systemd says of our units, and not of others that the machine has."""
    code, told = analyze("verify", "--man=no", *sorted(units.iterdir()))
    return code, [line for line in told.splitlines() if str(units) in line or "dunwell" in line]


def exposure(path):
    code, told = analyze("security", "--offline=true", "--no-pager", path)
    assert code == 0, told
    return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told)[1])


def test_systemd_finds_no_fault_in_any_unit(units):
    assert faults(units) == (0, [])


def test_a_key_or_a_time_that_does_not_exist_would_be_found(units):
    path = units / "dunwell-cycle.timer"
    path.write_text(path.read_text("utf-8").replace("OnCalendar=", "OnCalendr="), "utf-8")

    _code, told = faults(units)

    assert any("OnCalendr" in line for line in told)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_little_exposed(units, name):
    assert exposure(units / name) <= MOST_EXPOSED


def test_a_service_that_lost_its_guards_would_be_found(units):
    path = units / "dunwell.service"
    kept = re.sub(
        r"(?m)^(Protect|Restrict|System|Capab|NoNew|Private).*\n", "", path.read_text("utf-8")
    )
    path.write_text(kept, "utf-8")

    assert exposure(path) > MOST_EXPOSED
