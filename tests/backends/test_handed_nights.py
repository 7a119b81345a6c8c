"""The day's cycle with habits and figures made by another engine: the same records, byte for byte."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from dunwell import backends
from dunwell.actions.gate import Refused
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.handed_nights import Engine
from dunwell.models import Run
from tests.backends.kept_nights import forget, kept
from tests.jobs.demo_desk import AT, DAY, demo_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(monkeypatch, time_machine):
    time_machine.move_to(AT, tick=False)
    # as if the book were too big to be cut into parts on any day but a month's last
    for module in ("dunwell.actions.figures", "dunwell.jobs.handed_nights"):
        monkeypatch.setattr(f"{module}.is_big", lambda company: True)
    return demo_company()


def steps_until_habits(monkeypatch):
    """Only the steps that matter here, for the others take long."""
    from dunwell.jobs import cycle

    wanted = {"record_figures", "refresh_habits"}
    monkeypatch.setattr(cycle, "STEPS", tuple(s for s in cycle.STEPS if s[0] in wanted))


def test_figures_and_habits_of_duckdb_are_kept_as_those_of_this_process(company, monkeypatch):
    steps_until_habits(monkeypatch)
    run_cycle(company.pk, DAY)
    alone = kept(company)
    assert all(alone.values())
    forget(company)
    asked, opened = [], backends.open
    monkeypatch.setattr(backends, "open", lambda *told: asked.append(told[0]) or opened(*told))

    run_cycle(company.pk, DAY, engine=Engine("duckdb"))

    assert asked == ["duckdb"]
    assert kept(company) == alone
    assert list((settings.DATA_DIR / "nights").iterdir()) == []


def test_an_engine_that_fails_refuses_the_step_and_the_next_call_goes_on(company, monkeypatch):
    steps_until_habits(monkeypatch)

    def broken(*args, **kwargs):
        raise ConnectionError("nobody listens on port 50051")

    with monkeypatch.context() as patched:
        patched.setattr(backends, "open", broken)
        with pytest.raises(Refused, match="sail did not make the figures of 2026-03-05: nobody"):
            run_cycle(company.pk, DAY, engine=Engine("sail", "sc://127.0.0.1:1"))
    assert not Run.objects.exists()
    assert list((settings.DATA_DIR / "nights").iterdir()) == []
    assert run_cycle(company.pk, DAY).changed


def test_the_command_wants_a_backend_for_a_master():
    with pytest.raises(CommandError, match="name that too"):
        call_command("cycle", "--master", "sc://127.0.0.1:1")


@pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="a file of its own")
def test_the_command_hands_the_night_to_sail(tmp_path):
    """In a process of its own: the client of Sail leaves threads behind."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.backends.handed_cycle", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "equal"
