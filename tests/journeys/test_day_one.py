"""Day one: a ledger export goes in, and a ranked list and reminders with reasons come out."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.imports import start_import
from dunwell.actions.messages import cancel_message
from dunwell.actions.policies import draft_policy, load_shipped_policies, publish_policy
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.cycle_steps import LAST_STEP
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import Message, PolicyVersion, Task, WorklistEntry
from dunwell.queries.dry_run import dry_run, next_run_day
from tests.actions.ledger_rows import breaks
from tests.table_digest import digest

DAY = date(2026, 3, 5)
AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
EXPORT = """\
Customer No;Customer Name;Country;Email;Invoice No;Invoice Date;Due Date;Currency;Amount;Open Amount
K1;Acme GmbH;DE;pay@acme.example;R1;02.01.2026;01.02.2026;EUR;1000,00;1000,00
K1;Acme GmbH;DE;pay@acme.example;R2;20.02.2026;22.03.2026;EUR;200,00;200,00
K2;Beta Ltd;GB;ap@beta.example;R3;13.12.2025;12.01.2026;GBP;500,00;125,50
K3;Gamma SARL;FR;;R4;15.01.2026;14.02.2026;EUR;80,00;80,00
K4;Delta Inc;US;ap@delta.example;R5;20.01.2026;19.02.2026;EUR;5,00;5,00
K5;Epsilon AG;AT;buch@epsilon.example;R6;01.02.2026;03.03.2026;EUR;300,00;0,00
K6;Zeta BV;NL;ap@zeta.example;R7;04.03.2026;03.04.2026;EUR;70,00;70,00
"""
SECOND_VERSION = """\
strategy:
  name: standard
  valid_from: 2026-03-06
  segments: [standard]
  min_open_minor: {home: 50000}
  min_days_between: 6
  grace_days: 2
  steps:
    - {level: 1, day: 3, channel: email, template: second_reminder, needs_approval: true}
cases:
  - {name: with approval from the start, days_past_due: 3, open_minor: 50000, expect: {level: 1, needs_approval: true}}
"""


@pytest.fixture
def desk(db, settings, tmp_path):
    """A company on its first day with the export imported and the cycle run."""
    settings.DATA_DIR = tmp_path
    with time_machine.travel(AT, tick=False):
        company = add_company(
            name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR",
            language="en", at=AT,
        )  # fmt: skip
        load_shipped_policies(company=company, at=AT)
        actor = system(company)
        batch = receive_upload(
            actor=actor, files=[Upload(name="open items.csv", data=EXPORT.encode())], at=AT
        )
        batch = check_batch(batch_id=batch.pk, at=AT)
        assert (batch.decisions, batch.error) == ([], "")
        start_import(actor=actor, batch=batch, at=AT)
        batch = run_batch(batch_id=batch.pk, as_of=DAY, at=AT)
        assert batch.status == "done"
        run_cycle(company.pk, DAY)
        yield company


def test_the_worklist_is_ranked_and_says_why(desk):
    rows = WorklistEntry.objects.filter(company=desk).order_by("rank")
    found = [
        (row.rank, row.customer.number, row.to_collect_minor, row.oldest_days, row.currency)
        for row in rows.select_related("customer")
        if row.to_collect_minor
    ]
    assert found == [(1, "K1", 1000_00, 32, "EUR"), (2, "K3", 80_00, 19, "EUR"),
                     (3, "K4", 5_00, 14, "EUR")]  # fmt: skip
    first = rows[0].reasons
    assert (first["item_count"], first["largest_item_minor"], first["contact"]) == (
        1,
        1000_00,
        {
            "level": 1,
            "channel": "email",
            "template": "reminder",
            "strategy": "standard",
            "decision": "clear",
        },
    )
    assert breaks(desk) == {}


def test_reminders_lie_ready_and_the_others_carry_their_reason(desk):
    ready = Message.objects.filter(company=desk).order_by("customer__number")
    assert list(ready.values_list("customer__number", "status", "level", "to")) == [
        ("K1", "ready", 1, "pay@acme.example")
    ]
    why = {
        row.customer.number: [reason["reason"] for reason in row.blocked]
        for row in WorklistEntry.objects.exclude(blocked=[]).select_related("customer")
    }
    assert why == {
        "K2": ["below_minimum"],
        "K3": ["no_contact"],
        "K4": ["below_minimum"],
    }
    tasks = Task.objects.filter(company=desk).values_list("customer__number", "kind")
    assert list(tasks) == [("K3", "contact_missing")]


def test_a_new_version_acts_from_its_day_only(desk):
    first = PolicyVersion.objects.get(company=desk, name="standard")
    draft = draft_policy(actor=system(desk), text=SECOND_VERSION, at=AT)
    PolicyVersion.objects.filter(pk=draft.pk).update(author="somebody else")
    draft.refresh_from_db()
    publish_policy(actor=system(desk), version=draft, as_of=DAY, at=AT)
    message = Message.objects.get()
    assert (message.strategy_version, message.template) == (first.pk, "reminder")
    cancel_message(actor=system(desk), message=message, reason="a test", at=AT)
    night = next_run_day(desk, today=DAY, last_step=LAST_STEP)
    run_cycle(desk.pk, night)
    found = Message.objects.exclude(pk=message.pk).values_list(
        "customer__number", "as_of", "status", "template", "strategy_version"
    )
    assert list(found) == [("K1", DAY + timedelta(days=1), "draft", "second_reminder", draft.pk)]
    assert list(Task.objects.filter(kind="approve").values_list("customer__number")) == [("K1",)]


def test_the_dry_run_tells_what_a_draft_would_change(desk):
    cancel_message(actor=system(desk), message=Message.objects.get(), reason="a test", at=AT)
    text = SECOND_VERSION.replace("{home: 50000}", "{home: 100}")
    draft = draft_policy(actor=system(desk), text=text, at=AT)
    before = digest()
    run = dry_run(desk, as_of=DAY, version_id=draft.pk)
    changed = {change.number: (change.before, change.after) for change in run.difference.changes}
    assert changed == {
        "K1": ("level 1, email, reminder", "level 1, email, second_reminder, with approval"),
        "K4": (None, "level 1, email, second_reminder, with approval"),
    }
    assert (run.difference.added, run.difference.altered, run.difference.dropped) == (1, 1, 0)
    assert (run.difference.demand_before, run.difference.demand_after) == (
        (("EUR", 1000_00),),
        (("EUR", 1005_00),),
    )
    assert [(step.strategy, step.level, step.customers, step.demand) for step in run.steps] == [
        ("standard", 1, 2, (("EUR", 1005_00),))
    ]
    assert (digest(), dry_run(desk, as_of=DAY, version_id=10**9)) == (before, None)
