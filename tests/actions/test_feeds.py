from datetime import timedelta

import pytest

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import Feed
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY

YESTERDAY = TODAY - timedelta(days=1)


def record(user, **changes):
    arguments = {"kind": "bank", "name": "Main account", "covers_until_on": YESTERDAY, **changes}
    return record_feed(actor=acting(user), as_of=TODAY, at=AT, **arguments)


def stored():
    return list(
        Feed.objects.order_by("company", "name").values_list(
            "kind", "name", "covers_until_on", "rows", "control_totals"
        )
    )


def test_a_feed_moves_forward_and_an_older_file_leaves_it_alone(company, clerk):
    totals = [{"currency": "EUR", "amount_minor": 12_00}]
    record(clerk, rows=12, control_totals=totals)
    record(clerk, covers_until_on=YESTERDAY - timedelta(days=9), rows=3)
    record(clerk, rows=12)

    assert stored() == [("bank", "Main account", YESTERDAY, 12, totals)]
    assert last_event(company) == (
        "feed.recorded",
        "carla",
        None,
        {"kind": "bank", "name": "Main account", "covers_until_on": "2026-03-04", "rows": 12},
    )
    record(clerk, covers_until_on=TODAY, rows=1)
    assert stored() == [("bank", "Main account", TODAY, 1, [])]
    assert verbs(company) == ["feed.recorded", "feed.recorded"]


def test_a_feed_that_cannot_be_is_refused(company, clerk):
    for change, sentence in [
        ({"kind": "fax"}, "There is no kind of feed fax; use bank, ledger."),
        ({"name": " "}, "Name the feed, for example by its bank account."),
        (
            {"covers_until_on": TODAY + timedelta(days=1)},
            "The feed cannot cover 2026-03-06; today is 2026-03-05.",
        ),
    ]:
        with pytest.raises(Refused) as refusal:
            record(clerk, **change)
        assert str(refusal.value) == sentence
    assert (stored(), verbs(company)) == ([], [])


def test_feeds_need_the_right_and_stay_in_their_company(collector, clerk, rival):
    with pytest.raises(Forbidden, match="feed.record"):
        record(collector)
    record(clerk)
    record(rival, covers_until_on=TODAY)

    assert [row[2] for row in stored()] == [YESTERDAY, TODAY]
