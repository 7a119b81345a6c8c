"""Making the demo: on a day off, by the command, and what is refused."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.actions.gate import Refused, system
from dunwell.jobs.demo import make_demo
from dunwell.models import Company, Dispute, Invoice, Message, SignInLink, Task
from dunwell.queries.kpi_slices import WHOLE, derived_figures, kept_figures
from dunwell.queries.ledgers import Books
from tests.jobs.demo_desk import AT, DAY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)


def test_on_a_day_off_the_last_business_day_is_run_too(db):
    sunday = AT + timedelta(days=3)
    with time_machine.travel(sunday, tick=False):
        demo = make_demo(tell=lambda text: None, customers=30, items=400)
    days = set(Message.objects.filter(status="ready").values_list("as_of", flat=True))
    assert (demo.summary.as_of, days) == (DAY + timedelta(days=3), {DAY + timedelta(days=1)})


def test_the_figures_of_its_first_day_are_those_of_the_rows_behind_them(db):
    with time_machine.travel(AT, tick=False):
        company = make_demo(tell=lambda text: None, customers=30, items=400).company
    kept = kept_figures(company, as_of=DAY, dimension="company")
    derived = derived_figures(Books(company), as_of=DAY, dimensions=WHOLE)
    now = {one.currency: one.inputs for one in derived if one.dimension == "company"}
    assert {one.currency: one.inputs for one in kept} == now
    assert Dispute.objects.filter(closed_on=None, case__isnull=False).exists()


def test_only_a_demo_company_has_an_invented_past(company):
    from dunwell.actions.demo import answer_demo_messages, renew_demo_feeds

    with pytest.raises(Refused, match="Only a demo company has invented bank data"):
        renew_demo_feeds(actor=system(company), as_of=DAY, at=AT)
    with pytest.raises(Refused, match="Only a demo company has an invented past"):
        answer_demo_messages(actor=system(company), as_of=DAY, at=AT)


WAYS_IN = ("Sign in (once", "As the debtor ")


def test_the_command_prints_a_summary_that_adds_up(db, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path / "new"
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("demo", no_serve=True, customers=16, items=160, stdout=out)
    lines = out.getvalue().splitlines()
    items = 160 + Invoice.objects.filter(status="issued").count()
    assert f"Dunwell Demo GmbH, 2026-03-05: 16 customers, {items} items" in lines
    assert [line for line in lines if line.startswith("  First on the worklist")]
    assert (lines[-1].startswith("Ready after "), (tmp_path / "new").is_dir()) == (True, True)
    assert SignInLink.objects.count() == 0
    assert Task.objects.exclude(company=Company.objects.get()).count() == 0
    # and served at once, again and again: each start shows new ways in
    monkeypatch.setattr("dunwell.management.commands.demo.serve", lambda host, port: None)
    with time_machine.travel(AT, tick=False):
        for _ in range(6):
            call_command("demo", customers=16, items=160, port=1 << 15, stdout=out)
    shown = out.getvalue().splitlines()
    assert [sum(line.startswith(way) for line in shown) for way in WAYS_IN] == [6, 6]


def test_sizes_that_cannot_show_every_habit_are_refused(db):
    with pytest.raises(CommandError, match="too few to show every habit"):
        call_command("demo", no_serve=True, customers=5, items=50)
