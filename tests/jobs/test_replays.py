"""Past days gone through again: under what was in force nothing differs; under a change it shows."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Refused, system
from dunwell.actions.overrides import set_override
from dunwell.actions.policies import draft_policy
from dunwell.actions.replays import begin_replay, order_replay
from dunwell.jobs.replays import replayed_bytes, run_replay
from dunwell.models import Event, Message, PolicyVersion, Replay, Task
from dunwell.queries.replays import all_changes, replay_answer, replay_rows
from tests.actions.desk import acting
from tests.actions.ledger_rows import payment
from tests.actions.test_reminders import desk, owing, sent, tonight  # noqa: F401  a fixture
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

LAST = TODAY + timedelta(days=13)


def lived(company):
    """Write the reminders of two weeks; return (customer, day, level, channel) of what was sent."""
    for days in range(14):
        tonight(company, days)
        sent(company)
        Message.objects.filter(company=company, status="draft").update(status="sent")
        Task.objects.filter(company=company).update(status="done", done_at=AT)
    rows = Message.objects.filter(company=company).values_list(
        "customer_id", "as_of", "level", "channel"
    )
    return sorted((customer, on, level, channel) for customer, on, level, channel in rows)


def replayed(company, manager, version):
    found = order_replay(
        actor=acting(manager), version=version, from_on=TODAY, to_on=LAST, as_of=LAST, at=AT
    )
    run_replay(found.pk)
    found.refresh_from_db()
    return found


def standing(name="standard"):
    return PolicyVersion.objects.get(name=name)


def changed(manager, **words):
    """A draft of the standard strategy with pieces of its text replaced, its cases left out."""
    text = standing().text.split("cases:")[0]
    for before, after in words.values():
        assert before in text
        text = text.replace(before, after)
    return draft_policy(actor=acting(manager), text=text, at=AT)


def test_replaying_what_was_in_force_gives_what_was_sent(desk, manager):  # noqa: F811
    first = owing(desk, "K1", late=40)
    owing(desk, "K2", late=3, segment="strategic", amount=1_000_00)
    owing(desk, "K3", late=-4)
    set_override(
        actor=acting(manager), customer=first, kind="hold_level", level=1, reason="agreed",
        as_of=TODAY + timedelta(days=3), until_on=TODAY + timedelta(days=8), at=AT,
    )  # fmt: skip
    actual = lived(desk)
    before = (Message.objects.count(), Task.objects.count())
    # the history lies on the days themselves, so it is not seen as made before them
    found = replayed(desk, manager, standing())
    answer = replay_answer(desk, replayed_bytes(found))

    assert (found.status, found.done_days, found.summary) == (
        "done",
        28,
        {"before": len(actual), "after": len(actual)},
    )
    assert (answer.days_changed, answer.customers_changed, answer.changes) == (0, 0, ())
    assert sum(count for _, count, _ in answer.weeks) == len(actual) > 4
    assert (Message.objects.count(), Task.objects.count()) == before
    assert not Event.objects.filter(verb__startswith="replay", customer_id__isnull=False).exists()


def test_a_changed_ladder_shows_each_day_that_differs(desk, manager):  # noqa: F811
    customer = owing(desk, "K1", late=2)
    owing(desk, "K2", late=40)
    draft = changed(manager, step=("level: 1, day: 3", "level: 1, day: 5"))
    found = replayed(desk, manager, draft)
    changes = all_changes(desk, replayed_bytes(found))

    assert [(c.customer_id, c.on, c.before, c.after) for c in changes] == [
        (customer.pk, TODAY + timedelta(days=1), "1 email reminder", ""),
        (customer.pk, TODAY + timedelta(days=4), "", "1 email reminder"),
    ]
    row = replay_rows(desk).rows[0]
    assert (row.strategy, row.version, row.done_ppm, row.error) == ("standard", 2, 1_000_000, "")


def test_what_was_not_yet_known_is_not_used(desk, manager):  # noqa: F811
    customer = owing(desk, "K1", late=3)
    lived(desk)
    payment(customer, "P1", 100_00, as_of=LAST, value_on=TODAY)
    found = replayed(desk, manager, standing())

    # the money is dated before the reminder but was written down weeks after it
    assert found.summary["before"] == found.summary["after"] == 2


def test_a_replay_killed_half_way_begins_anew_and_ends_once(desk, manager):  # noqa: F811
    owing(desk, "K1", late=40)
    order = {
        "actor": acting(manager), "version": standing(), "from_on": TODAY, "to_on": TODAY,
        "as_of": LAST, "at": AT,
    }  # fmt: skip
    found = order_replay(**order)
    begin_replay(actor=system(desk), replay=found)

    assert order_replay(**order).pk == found.pk
    run_replay(found.pk)
    with pytest.raises(Refused, match="This replay has ended; order it again"):
        run_replay(found.pk)
    assert order_replay(**order).pk != found.pk
    assert Replay.objects.get(pk=found.pk).summary == {"before": 1, "after": 1}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to_on": LAST + timedelta(days=1)}, "2026-03-19 has not come"),
        ({"from_on": LAST, "to_on": TODAY}, "The first day lies after the last one"),
        ({"from_on": TODAY - timedelta(days=400)}, "414 days are too many at once"),
        ({"from_on": TODAY - timedelta(days=200)}, "Nothing is known of 2025-08-17"),
    ],
)
def test_days_that_cannot_be_replayed_are_refused(desk, manager, change, sentence):  # noqa: F811
    owing(desk, "K1")
    order = {"version": standing(), "from_on": TODAY, "to_on": LAST, "as_of": LAST, "at": AT}

    with pytest.raises(Refused, match=sentence):
        order_replay(actor=acting(manager), **{**order, **change})
    assert Replay.objects.count() == 0
