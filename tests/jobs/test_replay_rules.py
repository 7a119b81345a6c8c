"""A replay asks the contact rules as they were: what they blocked is not sent again."""

from datetime import UTC, datetime, time, timedelta

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.gate import system
from dunwell.actions.replays import order_replay
from dunwell.actions.restrictions import record_restriction
from dunwell.jobs.deliver import deliver
from dunwell.jobs.replays import replayed_bytes, run_replay
from dunwell.models import ContactAttempt, Customer, Message, Replay, Task
from dunwell.queries.contact_replays import debts_on
from dunwell.queries.ledgers import Books
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_reminders import desk, owing, tonight  # noqa: F401  a fixture
from tests.conftest import AT, TODAY, add_customer
from tests.jobs.test_contact_gate import publish
from tests.jobs.test_replays import standing

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DAYS = 8


@pytest.fixture
def house(desk, settings, tmp_path):  # noqa: F811
    settings.DATA_DIR = tmp_path
    return desk


def moment(days, hour=10):
    return datetime.combine(TODAY + timedelta(days=days), time(hour), UTC)


def lived(company, said=None):
    """Run two weeks with the mails really handed over; `said` has what happens on a day."""
    for days in range(DAYS):
        tonight(company, days)
        with time_machine.travel(moment(days), tick=False):
            deliver(company.pk)
        for happening in (said or {}).get(days, ()):
            happening()
        Task.objects.filter(company=company).update(status="done", done_at=AT)
        Message.objects.filter(company=company, status="draft").update(status="sent")
    rows = (
        Message.objects.filter(company=company)
        .exclude(status="cancelled")
        .values_list("customer_id", "as_of", "level", "channel")
    )
    return sorted(rows)


def course(company, found):
    """What one side of a replay contacted."""
    import io

    rows = pl.read_parquet(io.BytesIO(replayed_bytes(found))).filter(pl.col("side") == "before")
    day = pl.col("contacted_day").cast(pl.Date)
    return sorted(rows.select("customer_id", day, "level", "channel").iter_rows())


def again(company, manager, days=DAYS):
    """Replay the days under the strategy in force."""
    found = order_replay(
        actor=acting(manager), version=standing(), from_on=TODAY,
        to_on=TODAY + timedelta(days=days - 1), as_of=TODAY + timedelta(days=DAYS), at=AT,
    )  # fmt: skip
    run_replay(found.pk)
    found.refresh_from_db()
    return found


def words(customer, kind, days, hour=12):
    return lambda: record_restriction(
        actor=system(customer.company), customer=customer, kind=kind,
        as_of=TODAY + timedelta(days=days), at=moment(days, hour),
    )  # fmt: skip


def call(customer, days, hour=14):
    return lambda: log_attempt(
        actor=system(customer.company), customer=customer, channel="call", outcome="conversation",
        as_of=TODAY + timedelta(days=days), at=moment(days, hour),
    )  # fmt: skip


def test_a_replay_of_what_was_in_force_is_what_was_really_sent(house, manager):
    silenced = owing(house, "K1", late=40)
    called = owing(house, "K2", late=40)
    owing(house, "K3", late=3, segment="strategic", amount=1_000_00)
    begged_off = owing(house, "K4", late=40)
    actual = lived(
        house,
        {
            0: [words(begged_off, "cease", 0)],
            5: [words(silenced, "attorney", 5), call(called, 5)],
        },
    )

    found = again(house, manager)

    assert course(house, found) == actual
    assert found.summary == {"before": len(actual), "after": len(actual)}
    days = {customer.pk: [] for customer in (silenced, called, begged_off)}
    for customer, on, *_ in actual:
        days.setdefault(customer, []).append((on - TODAY).days)
    # the ladder asks on day 6 again: one word and one call stand against it
    assert (days[silenced.pk], days[begged_off.pk]) == ([0], [0])
    assert days[called.pk][:2] == [0, 7]


def test_a_course_meets_the_contacts_it_made_itself(house, manager):
    publish(house, caps="[{max: 1, window_days: 7}]")
    customer = owing(house, "K1", late=40)

    found = again(house, manager)

    # nothing was really sent; the ladder asks on the sixth day, the cap of seven days on the next
    assert course(house, found) == [
        (customer.pk, TODAY, 1, "email"),
        (customer.pk, TODAY + timedelta(days=7), 2, "email"),
    ]
    assert ContactAttempt.objects.count() == Message.objects.count() == 0


def test_the_queries_of_a_day_do_not_grow_with_customers(house, manager):
    counts = []
    for numbers in (["A"], ["B", "C", "D"]):
        for number in numbers:
            owing(house, number, late=40)
        with CaptureQueriesContext(connection) as queries:
            again(house, manager, 1)
        counts.append(len(queries))
        Replay.objects.all().delete()
    assert counts[0] == counts[1]


def test_debts_of_a_past_day_are_those_known_then(house):
    american = add_customer(house, "U1", currency="USD", country="US")
    invoice(american, "R1", 100_00, currency="USD")
    paid = payment(american, "P1", 40_00, currency="USD", value_on=TODAY)
    mixed = add_customer(house, "U2")
    invoice(mixed, "R2", 100_00)

    ledger = Books(house).whole()
    rows = debts_on(ledger, [american.pk, mixed.pk], on=TODAY).sort("customer_id").rows()

    assert [row[:2] for row in rows] == [(american.pk, 100_00), (mixed.pk, None)]
    assert paid.customer_id == american.pk
    assert debts_on(ledger, [american.pk], on=TODAY - timedelta(days=1)).rows() == []
    assert Customer.objects.count() == 2
