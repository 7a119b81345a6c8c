"""Pages of replays and overrides: order, look on, see what differs, depart and follow again."""

from datetime import timedelta

import pytest

from dunwell.actions.overrides import set_override
from dunwell.actions.replays import order_replay
from dunwell.jobs.replays import run_replay
from dunwell.models import PolicyVersion, Replay, StrategyOverride
from tests.actions.desk import acting
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def version(desk, manager):  # noqa: F811
    owing(desk, "K1", late=2)
    return PolicyVersion.objects.get(name="standard")


def finished(manager, version, **days):
    found = order_replay(
        actor=acting(manager),
        version=version,
        **{"from_on": TODAY, "to_on": TODAY, "as_of": TODAY, "at": AT, **days},
    )
    run_replay(found.pk)
    return found


def test_a_replay_is_ordered_and_answers_with_its_figures(come_in, manager, version):
    browser = come_in(manager)
    page = browser.get(f"/strategies/{version.pk}/replay/").content.decode()
    assert "No days were replayed under this version yet." in page
    answer = browser.post(
        f"/strategies/{version.pk}/replay/",
        {"from_on": TODAY.isoformat(), "to_on": TODAY.isoformat()},
    )
    found = Replay.objects.get()

    assert (answer.status_code, answer["Location"]) == (302, f"/strategies/replays/{found.pk}/")
    page = browser.get(f"/strategies/replays/{found.pk}/").content.decode()
    assert "No customer would have been treated otherwise." in page
    assert "standard version 1" in page


def test_days_that_cannot_be_replayed_are_told_beside_the_form(come_in, manager, version):
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    answer = come_in(manager).post(
        f"/strategies/{version.pk}/replay/", {"from_on": TODAY.isoformat(), "to_on": tomorrow}
    )

    assert answer.status_code == 422
    assert "2026-03-06 has not come; replay days up to 2026-03-05." in answer.content.decode()
    assert Replay.objects.count() == 0


def test_progress_is_a_bar_until_it_ends(come_in, manager, version):
    found = order_replay(
        actor=acting(manager), version=version, from_on=TODAY, to_on=TODAY, as_of=TODAY, at=AT
    )
    browser = come_in(manager)
    running = browser.get(f"/strategies/replays/{found.pk}/progress/")
    run_replay(found.pk)
    ended = browser.get(f"/strategies/replays/{found.pk}/progress/")

    assert 'role="progressbar"' in running.content.decode()
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")


def test_the_export_has_a_row_per_day_that_differs(come_in, manager, version):
    found = finished(manager, version)
    answer = come_in(manager).get(f"/strategies/replays/{found.pk}/export.csv")

    assert answer.content.decode("utf-8-sig").splitlines() == [
        "Day,Customer number,Customer,As it was,With this version"
    ]


def test_who_may_not_replay_is_told_so_and_others_see_nothing(come_in, rival, clerk, version):
    assert come_in(clerk).get(f"/strategies/{version.pk}/replay/").status_code == 403
    assert come_in(rival).get(f"/strategies/{version.pk}/replay/").status_code == 404


def test_an_override_is_set_and_ended_on_the_customers_page(come_in, collector, version):
    customer = version.company.customers.get()
    browser, path = come_in(collector), f"/customers/{customer.pk}/overrides/"
    browser.post(path, {"kind": "skip", "level": "2", "reason": "agreed"})
    override = StrategyOverride.objects.get()
    page = browser.get(path).content.decode()
    assert "Skip a level: 2" in page and "agreed" in page
    browser.post(f"/overrides/{override.pk}/end/", {"reason": "paid"})
    override.refresh_from_db()

    assert override.ended_on == TODAY
    assert "ended" in browser.get(path).content.decode()
    wrong = browser.post(path, {"kind": "skip", "reason": "x"})
    assert wrong.status_code == 422 and "State a level between 0 and 99" in wrong.content.decode()


def test_the_pages_ask_the_same_whatever_the_rows(
    come_in, manager, version, django_assert_max_num_queries
):
    customer = add_customer(version.company, "K9")
    browser = come_in(manager)
    counts = []
    for level in range(3):
        set_override(
            actor=acting(manager), customer=customer, kind="skip", level=level, reason="x",
            as_of=TODAY, at=AT,
        )  # fmt: skip
        finished(manager, version)
        with django_assert_max_num_queries(60) as asked:
            browser.get(f"/customers/{customer.pk}/overrides/")
            browser.get(f"/strategies/{version.pk}/replay/")
        counts.append(len(asked))

    assert counts[0] == counts[2]
