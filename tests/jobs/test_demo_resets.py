"""A demo back at its first day: the old one whole or the new one whole, and never a real desk."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, transaction

from dunwell.actions.demo import NAME, add_demo_company
from dunwell.actions.demo_resets import drop_unfinished_demos, open_new_demo, order_demo_reset
from dunwell.actions.gate import Forbidden, Refused, staff
from dunwell.jobs import demo_resets
from dunwell.jobs.demo_resets import read_demo_reset
from dunwell.models import Company, Event, Membership, PortalSeat, User
from dunwell.queries.companies import companies_of, open_demo
from dunwell.queries.runs import companies_to_run
from tests.conftest import add_user
from tests.jobs.demo_desk import AT, DAY
from tests.migrated import put_sqlite
from tests.postgres import cluster

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from types import SimpleNamespace
import django
django.setup()
import time_machine
from dunwell import walls
from dunwell.actions import demo_resets as actions
from dunwell.actions.demo import add_demo_company, load_demo_ledger
from dunwell.actions.gate import system
from dunwell.demo.ledger import demo_ledger
from dunwell.jobs import demo_resets
from dunwell.models import Company, Item
from dunwell.queries.companies import open_demo
from dunwell.queries.verify import verify_books

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def made(*, customers, items, tell, is_anew=False):
    # the ledger alone: what the scenes add is tried by the whole reset
    company = add_demo_company(at=at, is_anew=is_anew)
    ledger = demo_ledger(as_of=at.date(), customers=customers, items=items)
    load_demo_ledger(actor=system(company), ledger=ledger, at=at)
    if point == "making":
        die()
    return SimpleNamespace(company=company)

def noted(reset):
    if point == "opened" and reset.status == "done":
        die()
    kept(reset)

def told():
    for one in Company.objects.order_by("pk"):
        has_all = Item.objects.filter(company=one).count() == 240
        print(one.stage, has_all, verify_books(one).broken)

at, point = datetime(2026, 3, 5, 14, tzinfo=UTC), sys.argv[1]
kept, demo_resets._note, demo_resets.make_demo = demo_resets._note, noted, made
if point == "opening":
    # all of it is written, and not committed
    actions.record_event = die
with walls.everything(), time_machine.travel(at, tick=False):
    if point != "again":
        point, later = "", point
        made(customers=16, items=240, tell=print)
        point = later
    else:
        told()
    demo_resets.reset_demo(open_demo(), by="tests", at=at, tell=print)
    told()
"""


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def demo(db, data):
    with time_machine.travel(AT, tick=False):
        yield add_demo_company(at=AT)


def stages():
    return sorted(Company.objects.values_list("name", "stage"))


def lead(company):
    return staff(User.objects.get(username="lead"), company)


def anew():
    return add_demo_company(at=AT, is_anew=True)


def test_the_new_one_is_opened_in_place_of_the_old_and_people_move_along(demo):
    add_user(demo, "gast", "collector")
    made = anew()
    assert (companies_of(User.objects.get(username="lead")), open_demo()) == ([demo], demo)
    assert companies_to_run(None) == [demo]

    open_new_demo(actor=lead(demo), new=made, as_of=DAY, at=AT)

    assert stages() == [(NAME, "open"), (f"{NAME} (put away 2026-03-05 14:00:00)", "retired")]
    assert (open_demo(), companies_to_run(None)) == (made, [made])
    assert companies_of(User.objects.get(username="gast")) == [made]
    assert not Membership.objects.filter(company=demo).exists()
    assert not PortalSeat.objects.filter(company=demo, ended_on=None).exists()
    event = Event.objects.filter(company=demo).order_by("-pk").first()
    assert (event.verb, event.data["opened"]) == ("demo.reset", made.pk)


def test_a_second_reset_that_is_too_late_changes_nothing(demo):
    first, second = anew(), anew()
    actor = lead(demo)
    open_new_demo(actor=actor, new=first, as_of=DAY, at=AT)
    before = stages()

    with pytest.raises(Refused, match="put away already"), transaction.atomic():
        open_new_demo(actor=actor, new=second, as_of=DAY, at=AT)
    with pytest.raises(Refused, match="not there to be opened"), transaction.atomic():
        open_new_demo(actor=lead(first), new=first, as_of=DAY, at=AT)

    assert stages() == before


def test_what_was_cut_off_is_never_opened(demo):
    half = anew()
    assert drop_unfinished_demos(actor=lead(demo), at=AT) == 1
    with pytest.raises(Refused, match="not there to be opened"), transaction.atomic():
        open_new_demo(actor=lead(demo), new=half, as_of=DAY, at=AT)
    assert open_demo() == demo


def test_a_real_company_is_never_put_back_whatever_is_typed(company, admin, data):
    actor = staff(admin, company)
    for act in (
        lambda: order_demo_reset(actor=actor, typed=company.name, at=AT),
        lambda: drop_unfinished_demos(actor=actor, at=AT),
        lambda: open_new_demo(actor=actor, new=company, as_of=DAY, at=AT),
        lambda: demo_resets.begin_demo_reset(actor=actor, typed=company.name, at=AT),
        lambda: demo_resets.reset_demo(company, by="x", at=AT, tell=print),
    ):
        with pytest.raises(Refused, match="Only a demo company"):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(stage="retired")
    assert read_demo_reset() is None


def test_the_name_has_to_be_typed_and_the_right_to_be_held(demo):
    with pytest.raises(Refused, match="Type the name of the company, Dunwell Demo GmbH"):
        order_demo_reset(actor=lead(demo), typed="Dunwell", at=AT)
    anna = staff(User.objects.get(username="anna"), demo)
    for act in (
        lambda: order_demo_reset(actor=anna, typed=NAME, at=AT),
        lambda: open_new_demo(actor=anna, new=demo, as_of=DAY, at=AT),
        lambda: drop_unfinished_demos(actor=anna, at=AT),
    ):
        with pytest.raises(Forbidden, match=r"demo\.reset"):
            act()
    assert not Event.objects.filter(verb="demo.reset_ordered").exists()


def test_two_clicks_are_one_reset(demo, monkeypatch):
    begun = []
    monkeypatch.setattr(demo_resets, "begin", lambda work, *, key: begun.append(key) or True)
    clicks = [demo_resets.begin_demo_reset(actor=lead(demo), typed=NAME, at=AT) for _ in range(2)]
    assert (clicks, begun, read_demo_reset().status) == ([True, False], ["demo-reset"], "running")


def test_one_whose_process_died_has_failed_and_may_be_begun_again(demo, data):
    path = data / "demo-reset" / "state.json"
    path.parent.mkdir(parents=True)
    told = {"by": "lead", "begun_at": "2026-03-05T13:00:00+00:00", "status": "running"}
    path.write_text(json.dumps({**told, "done_ppm": 400_000, "error": ""}))
    assert (read_demo_reset().status, read_demo_reset().error) == (
        "failed",
        demo_resets.CUT_OFF,
    )


def test_the_whole_reset_makes_a_demo_of_the_same_size(db, data):
    from dunwell.jobs.demo import make_demo

    with time_machine.travel(AT, tick=False):
        old = make_demo(customers=16, items=240, tell=lambda text: None).company
        new = demo_resets.reset_demo(old, by="tests", at=AT, tell=lambda text: None)
        done = read_demo_reset()
    counts = [c.items.filter(batch__isnull=False).count() for c in (old, new)]
    assert (new.name, counts, done.status, done.percent) == (NAME, [240, 240], "done", 100)


@pytest.mark.dealt(one_in=10, of="long files")
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("making", ["open True 0", "making True 0"]),
        ("opening", ["open True 0", "making True 0"]),
        ("opened", ["retired True 0", "open True 0"]),
    ],
)
def test_a_reset_killed_at_any_moment_leaves_the_old_demo_or_the_new_one(
    tmp_path, point, left, vendor
):
    with ExitStack() as stack:
        own = {"DUNWELL_DATA_DIR": str(tmp_path)}
        if vendor == "sqlite":
            put_sqlite(tmp_path)
        else:
            own["DUNWELL_DATABASE_URL"] = stack.enter_context(cluster())
        killed_and_again(own, point, left)


def killed_and_again(own, point, left):
    """Kill a reset at a point, look at what is left, and reset again."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")},
        "DJANGO_SETTINGS_MODULE": "dunwell.settings",
        **own,
        "PYTHONPATH": str(ROOT / "src"),
    }
    killed, again = (
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", KILLED, at],
            env=env, cwd=ROOT, capture_output=True, text=True, check=False,
        )
        for at in (point, "again")
    )  # fmt: skip

    assert (killed.returncode, again.returncode) == (-signal.SIGKILL, 0), again.stderr
    assert again.stdout.splitlines() == [
        *left,
        "retired True 0",
        "retired True 0",
        "open True 0",
    ]
